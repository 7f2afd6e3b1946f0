#include "report/test_report.hpp"

#include "output/style.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace corokit::moulinette {
namespace {

std::string event_line(const TimelineEvent& event) {
  const double milliseconds = std::chrono::duration<double, std::milli>(event.time).count();
  return fmt::format("  {:>11.3f} ms  {} {}\n", milliseconds, event.task, event.event);
}

}  // namespace

std::string timeline_text(const std::vector<TimelineEvent>& timeline, std::size_t lines) {
  std::string text;
  const std::size_t left_out = timeline.size() > lines ? timeline.size() - lines + 1 : 0;
  const std::size_t first = lines / 4;  // the end of a timeline says more than its beginning
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    if (left_out > 0 && i >= first && i < first + left_out) {
      if (i == first) text += fmt::format("  {:>11}     {} events\n", "…", left_out);
      continue;
    }
    text += event_line(timeline[i]);
  }
  return text;
}

std::string debugger_command(const std::string& executable, const Graded& graded) {
  const auto broken = std::ranges::find_if(
      graded.tests, [](const TestResult& result) { return result.run.outcome != Outcome::passed; });
  const TestResult& result = broken == graded.tests.end() ? graded.tests.front() : *broken;
  std::string command = fmt::format("gdb --args {} {}", executable, result.test.name);
  if (broken != graded.tests.end()) command += fmt::format(" --schedule {}", result.run.seed.value_or(0));
  return command;
}

std::string test_report(const Graded& graded, const Session& session) {
  constexpr std::size_t kAll = 200;
  const Style style(session.output.colour);
  const TestResult& result = graded.tests.front();
  const bool good = result.run.outcome == Outcome::passed;
  std::string text = fmt::format("{}  {}\n\n", style.strong(graded.exercise), graded.implementation);
  if (!graded.compiler.empty()) return text + graded.compiler;
  for (const NormFinding& finding : graded.norm)
    text += fmt::format("{}: {}: {}\n", style.bad("refused"), finding.symbol, finding.why);
  const std::string outcome(word(result.run.outcome));
  text += fmt::format(
      "{} {}{}\n", style.strong(good ? result.test.name : std::string(result.broken_part())),
      good ? style.good(outcome) : style.bad(outcome),
      good ? fmt::format(" under {} schedules", result.run.schedules) : ": " + result.run.message);
  if (!result.run.timeline.empty())
    text += fmt::format("\n{}\n{}", style.strong("What happened:"), timeline_text(result.run.timeline, kAll));
  if (!result.run.output.empty())
    text += fmt::format("\n{}\n{}", style.strong("What the solution printed:"), result.run.output);
  if (text.back() != '\n') text += '\n';
  return text;
}

}  // namespace corokit::moulinette
