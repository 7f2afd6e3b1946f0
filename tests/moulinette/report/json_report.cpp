#include "report/json_report.hpp"

#include "process/capped_text.hpp"
#include "report/evidence.hpp"
#include "report/schedule_drawing.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

namespace {

std::string shortened(const std::string& output) {
  constexpr std::size_t kKept = 2000;
  CappedText kept(kKept);
  kept.append(output);
  return kept.text();
}

Json explored(const TestResult& result) {
  if (!result.explored) return {};
  Json parts = Json::array();
  for (const ExploredPart& part : result.explored->parts)
    parts.push_back({{"part", part.part},
                     {"schedules", part.schedules},
                     {"all_with_preemptions", part.preemptions ? Json(*part.preemptions) : Json()},
                     {"exhausted", part.ended},
                     {"all", part.all}});
  return parts;
}

/// Returns: the schedule that failed, made short and drawn; empty if it was not played again.
std::string drawn(const TestRun& run) {
  constexpr std::size_t kLines = 60;
  if (!run.replayed || run.replayed->outcome != run.outcome) return "";
  return schedule_drawing(*run.replayed, OutputOptions(), kLines);
}

}  // namespace

Json to_json(const Graded& graded) {
  Json tests = Json::array();
  for (const TestResult& result : graded.tests) {
    Json timeline = Json::array();
    for (const TimelineEvent& event : result.run.timeline)
      timeline.push_back({{"nanoseconds", event.time.count()}, {"task", event.task}, {"event", event.event}});
    tests.push_back({{"name", result.test.name},
                     {"points", result.points},
                     {"max_points", result.test.points},
                     {"outcome", word(result.run.outcome)},
                     {"part", result.broken_part()},
                     {"message", result.run.message},
                     {"finding", result.run.finding},
                     {"where", result.run.where},
                     {"schedules", result.run.schedules},
                     {"schedule", result.broken_part().empty() ? Json() : Json(result.run.seed.value_or(0))},
                     {"timeline", std::move(timeline)},
                     {"replay", replay_token(graded.exercise, result.run)},
                     {"drawing", drawn(result.run)},
                     {"rests_on", evidence(result, graded.seed)},
                     {"explored", explored(result)},
                     {"output", shortened(result.run.output)}});
  }
  Json norm = Json::array();
  for (const NormFinding& finding : graded.norm)
    norm.push_back({{"symbol", finding.symbol}, {"why", finding.why}, {"line", finding.line}});
  return {{"exercise", graded.exercise},
          {"implementation", graded.implementation},
          {"verdict", word(graded.verdict)},
          {"score", graded.score},
          {"max_score", graded.max_score},
          {"passed", graded.passed()},
          {"seed", graded.seed},
          {"compiler", graded.compiler},
          {"tests", std::move(tests)},
          {"norm", std::move(norm)},
          {"nearest", graded.nearest ? Json{{"name", graded.nearest->name},
                                            {"wrong", graded.nearest->header.wrong},
                                            {"plausible", graded.nearest->header.plausible}}
                                     : Json()}};
}

Json to_json(const std::vector<Validated>& validated) {
  Json implementations = Json::array();
  Json unmet = Json::array();
  for (const Validated& exercise : validated) {
    for (const std::string& sentence : exercise.roster) unmet.push_back(sentence);
    for (const std::string& sentence : exercise.unequal) unmet.push_back(sentence);
    for (const Row& row : exercise.rows) {
      implementations.push_back(to_json(row.graded));
      for (const std::string& sentence : row.unmet) unmet.push_back(sentence);
    }
  }
  return {{"ok", std::ranges::all_of(validated, &Validated::ok)},
          {"implementations", std::move(implementations)},
          {"unmet", std::move(unmet)}};
}

}  // namespace corokit::moulinette
