#include "report/evidence.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <tuple>

namespace corokit::moulinette {
namespace {

std::string schedules(std::uint64_t count) {
  return fmt::format("{} schedule{}", count, count == 1 ? "" : "s");
}

std::string within(unsigned preemptions) {
  if (preemptions == 0) return "without a preemption";
  return fmt::format("with at most {} preemption{}", preemptions, preemptions == 1 ? "" : "s");
}

std::string words(const ExploredPart& part) {
  if (part.all && part.schedules == 1) return "the only schedule that there is: exhausted";
  if (part.all) return fmt::format("all {} that there are: exhausted", schedules(part.schedules));
  if (part.ended)
    return fmt::format("all {} {}: exhausted", schedules(part.schedules),
                       within(part.preemptions.value_or(0)));
  if (part.preemptions)
    return fmt::format("{}, among them all {}: not exhausted", schedules(part.schedules),
                       within(*part.preemptions));
  return fmt::format("{}: not exhausted", schedules(part.schedules));
}

bool knows_less(const ExploredPart& one, const ExploredPart& other) {
  const auto rank = [](const ExploredPart& part) {
    return std::tuple(part.all, part.ended, part.preemptions.has_value(), part.preemptions.value_or(0),
                      part.schedules);
  };
  return rank(one) < rank(other);
}

/// Returns: how each part was explored, in the implementation of which the least was played.
std::vector<ExploredPart> least_explored(const Validated& validated) {
  std::vector<ExploredPart> parts;
  for (const Row& row : validated.rows) {
    for (const TestResult& result : row.graded.tests) {
      if (!result.explored) continue;
      for (const ExploredPart& part : result.explored->parts) {
        const auto known = std::ranges::find(parts, part.part, &ExploredPart::part);
        if (known == parts.end())
          parts.push_back(part);
        else if (knows_less(part, *known))
          *known = part;
      }
    }
  }
  return parts;
}

}  // namespace

std::string evidence(const TestResult& result, std::uint64_t seed) {
  const TestRun& run = result.run;
  if (!run.coverage.empty() || !run.finding.empty())
    return run.outcome == Outcome::passed ? run.coverage : "a schedule, which always ends so";
  if (run.schedules == 0) return "nothing that was played";
  if (run.outcome != Outcome::passed)
    return run.seed ? fmt::format("schedule {}, which always ends so", *run.seed)
                    : "a run on the thread pool, which may end otherwise";
  std::string text = fmt::format("{} at random from seed {}, then the thread pool: not exhausted",
                                 schedules(run.schedules - 1), seed);
  if (!result.explored) return text;
  for (const ExploredPart& part : result.explored->parts)
    text += fmt::format("; {} depth first, {}", part.part, words(part));
  return text;
}

std::string evidence_of_rung(const Validated& validated) {
  std::string text = "What is played of the right implementations:\n";
  for (const Row& row : validated.rows) {
    if (!is_right(row.role)) continue;
    for (const TestResult& result : row.graded.tests)
      text += fmt::format("  {}, {}: {}\n", row.graded.implementation, result.test.name,
                          result.run.coverage.empty() ? "nothing" : result.run.coverage);
  }
  return text;
}

std::string evidence_summary(const Validated& validated, const Session& session) {
  const std::vector<ExploredPart> parts = least_explored(validated);
  std::string names;
  std::size_t exhausted = 0;
  for (const ExploredPart& part : parts) {
    if (!part.ended) continue;
    names += (exhausted++ == 0 ? ": " : ", ") + part.part;
  }
  return fmt::format(
      "A pass rests on {} of each test at random from seed {}, which exhaust nothing, and one run on the\n"
      "thread pool. A kill rests on the schedule that fails. Right implementations are also played depth "
      "first, with\n"
      "the subject's numbers: {} of {} parts are exhausted with at most 2 preemptions{}.\n",
      schedules(session.spec.schedules), session.play.seed, exhausted, parts.size(), names);
}

std::string evidence_details(const Validated& validated) {
  std::string text = "\nDepth first, in the right implementation of which the least was played:\n";
  const std::vector<ExploredPart> parts = least_explored(validated);
  std::size_t width = 0;
  for (const ExploredPart& part : parts) width = std::max(width, part.part.size());
  for (const ExploredPart& part : parts) text += fmt::format("  {:<{}}  {}\n", part.part, width, words(part));
  text += "\nThe schedules that kill:\n";
  for (const Row& row : validated.rows) {
    std::string kills;
    for (const TestResult& result : row.graded.tests) {
      if (result.run.outcome == Outcome::passed || result.run.schedules == 0) continue;
      kills += fmt::format("{}{} {}", kills.empty() ? "" : ", ", result.broken_part(),
                           result.run.seed ? std::to_string(*result.run.seed) : "on the thread pool");
    }
    if (is_wrong(row.role) && !kills.empty())
      text += fmt::format("  {}: {}\n", row.graded.implementation, kills);
  }
  return text;
}

}  // namespace corokit::moulinette
