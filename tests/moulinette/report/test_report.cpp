#include "report/test_report.hpp"

#include "output/style.hpp"
#include "report/hints.hpp"
#include "report/norm_line.hpp"
#include "report/schedule_drawing.hpp"
#include "report/timeline_table.hpp"
#include "running/printable.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {

std::string debugger_command(const std::string& executable, const Graded& graded) {
  const TestResult* broken = first_broken(graded);
  const TestResult& result = broken ? *broken : graded.tests.front();
  std::string command = fmt::format("gdb --args {} {}", executable, result.test.name);
  if (broken) command += fmt::format(" --schedule {}", result.run.seed.value_or(0));
  return command;
}

std::string test_report(const Graded& graded, const Session& session) {
  constexpr std::size_t kAll = 200;
  const Style style(session.output.colour);
  const TestResult& result = graded.tests.front();
  const bool good = result.run.outcome == Outcome::passed;
  std::string text = fmt::format("{}  {}\n\n", style.strong(graded.exercise), graded.implementation);
  text += graded.compiler;  // warnings as well
  if (graded.verdict == Verdict::did_not_compile) return text;
  for (const NormFinding& finding : graded.norm.findings)
    text += fmt::format("{}: {}\n", style.bad("refused"), norm_line(finding));
  const std::string outcome(word(result.run.outcome));
  text += fmt::format("{} {}{}\n", style.strong(good ? result.test.name : std::string(result.broken_part())),
                      good ? style.good(outcome) : style.bad(outcome),
                      good ? fmt::format(" under {} {}", result.run.schedules,
                                         result.run.schedules == 1 ? "schedule" : "schedules")
                           : ": " + result.run.message);
  const auto& replayed = result.run.replayed;
  if (replayed && replayed->outcome == result.run.outcome)
    text += fmt::format("\n{}\nMoves: {}\n{}\nReplay: {}\n", style.strong("What happened, made short:"),
                        moves_in_words(*replayed), schedule_drawing(*replayed, session.output, kAll),
                        replay_token(graded.exercise, result.run));
  else if (!result.run.timeline.empty())
    text +=
        fmt::format("\n{}\n{}", style.strong("What happened:"), timeline_table(result.run.timeline, kAll));
  if (!result.run.output.empty())
    text += fmt::format("\n{}\n{}", style.strong("What the solution printed:"),
                        printable_lines(result.run.output));
  if (text.back() != '\n') text += '\n';
  return text;
}

}  // namespace corokit::moulinette
