#include "report/test_report.hpp"

#include "output/style.hpp"
#include "output/terminal_words.hpp"
#include "report/graded_in.hpp"
#include "report/hints.hpp"
#include "report/norm_line.hpp"
#include "report/schedule_drawing.hpp"
#include "report/timeline_table.hpp"
#include "running/outcome_words.hpp"
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

std::string test_report(const Graded& of_program, const Session& session) {
  constexpr std::size_t kAll = 200;
  const Style style(session.output.colour);
  const TerminalWords say(session.output.language);
  const Graded graded = graded_in(say.language(), of_program, session.spec_in(say.language()));
  const TestResult& result = graded.tests.front();
  const bool good = result.run.outcome == Outcome::passed;
  std::string text = fmt::format("{}  {}\n\n", style.strong(graded.exercise), graded.implementation);
  text += graded.compiler;  // warnings as well
  if (graded.verdict == Verdict::did_not_compile) return text;
  const std::string refused = outcome_in(say.language(), std::string(word(Outcome::refused)));
  for (const NormFinding& finding : graded.norm.findings)
    text += say("{}: {}", style.bad(refused), norm_line(finding, say.language())) + "\n";
  const std::string outcome = outcome_in(say.language(), std::string(word(result.run.outcome)));
  const std::string name = style.strong(good ? result.test.name : std::string(result.broken_part()));
  if (good)
    text += fmt::format("{} {} {}\n", name, style.good(outcome),
                        result.run.schedules == 1 ? say("under 1 schedule")
                                                  : say("under {} schedules", result.run.schedules));
  else
    text += fmt::format("{} {}\n", name, say("{}: {}", style.bad(outcome), result.run.message));
  const auto& replayed = result.run.replayed;
  if (replayed && replayed->outcome == result.run.outcome)
    text += fmt::format("\n{}\n{}\n{}\n{}\n", style.strong(say("What happened, made short:")),
                        say("Moves: {}", moves_in_words(*replayed, say.language())),
                        schedule_drawing(*replayed, session.output, kAll),
                        say("Replay: {}", replay_token(graded.exercise, result.run)));
  else if (!result.run.timeline.empty())
    text += fmt::format("\n{}\n{}", style.strong(say("What happened:")),
                        timeline_table(result.run.timeline, kAll, say.language()));
  if (!result.run.output.empty())
    text += fmt::format("\n{}\n{}", style.strong(say("What the solution printed:")),
                        printable_lines(result.run.output));
  if (text.back() != '\n') text += '\n';
  return text;
}

}  // namespace corokit::moulinette
