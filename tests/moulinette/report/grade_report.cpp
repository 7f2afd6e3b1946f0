#include "report/grade_report.hpp"

#include "output/style.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <set>

namespace corokit::moulinette {
namespace {

class Writer {
 public:
  Writer(const Graded& graded, const Session& session)
      : graded_(graded), session_(session), style_(session.output.colour) {}

  std::string text() {
    line("{}  {}", style_.strong(graded_.exercise), graded_.implementation);
    line("");
    if (graded_.verdict == Verdict::did_not_compile) {
      compiler();
    } else if (graded_.verdict == Verdict::refused) {
      norm();
    } else {
      tests();
      outcomes();
      missing();
      total();
    }
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void compiler();
  void tests();
  void norm();
  void outcomes();
  void missing();
  void total();

  const Graded& graded_;
  const Session& session_;
  Style style_;
  std::string out_;
};

void Writer::compiler() {
  out_ += graded_.compiler;
  line("");
  line("{}: {}", style_.bad("did not compile"), explanation(Outcome::did_not_compile));
  line("Score 0/{}. Repair the first error above, then grade again.", graded_.max_score);
}

void Writer::norm() {
  for (const NormFinding& finding : graded_.norm) {
    const std::string where = finding.line > 0 ? fmt::format("line {}: ", finding.line) : "";
    line("{}: {}{}: {}", style_.bad("refused"), where, finding.symbol, finding.why);
  }
  line("");
  line("{}: {}", style_.bad("refused"), explanation(Outcome::refused));
  line("Score 0/{}. Do without what is named above, then grade again.", graded_.max_score);
}

void Writer::tests() {
  std::size_t width = 0;
  for (const TestResult& result : graded_.tests) width = std::max(width, result.test.name.size());
  for (const TestResult& result : graded_.tests) {
    const bool good = result.run.outcome == Outcome::passed;
    std::string name = fmt::format("{:<{}}", result.test.name, width + 1);
    std::string points = fmt::format("{:>3} / {}", result.points, result.test.points);
    const std::string outcome = fmt::format("{:<13}", good ? "passed" : word(result.run.outcome));
    line("  {} {} {:<11}{}", good ? style_.good(outcome) : style_.bad(outcome), name, points,
         good ? style_.soft(fmt::format("{} schedules", result.run.schedules)) : "");
    if (good || result.run.message.empty()) continue;
    const PartSpec* part = result.test.find_part(result.run.part);
    line("      {}{}", part ? part->name + ": " : "", result.run.message);
  }
  line("");
}

/// Explains once each outcome that occurred, except for passed and failed.
void Writer::outcomes() {
  std::set<Outcome> seen{Outcome::passed, Outcome::failed};
  for (const TestResult& result : graded_.tests) {
    if (!seen.insert(result.run.outcome).second) continue;
    line("{}: {}", style_.bad(word(result.run.outcome)), explanation(result.run.outcome));
  }
  if (seen.size() > 2) line("");
}

void Writer::missing() {
  if (graded_.score == 0 && graded_.verdict != Verdict::interrupted) {
    line("No points yet: this is where everybody starts. {}", session_.spec.first_step);
    line("The subject: {}", (session_.file_to_fill_in().parent_path() / session_.spec.subject).string());
    return;
  }
  bool first = true;
  for (const TestResult& result : graded_.tests) {
    if (result.run.outcome == Outcome::passed || result.run.outcome == Outcome::interrupted) continue;
    if (std::exchange(first, false)) line("{}", style_.strong("Missing:"));
    const PartSpec* part = result.test.find_part(result.run.part);
    line("  {}: {}", part ? part->name : result.test.name, part ? part->what : result.test.what);
    line("    {}: {}", part ? "the trap" : "hint", part ? part->trap : result.test.hint);
  }
  if (!first) line("");
}

void Writer::total() {
  line("{}", style_.soft(fmt::format("To play the same schedules again: --seed {}", graded_.seed)));
  const std::string score = style_.strong(fmt::format("Score {}/{}", graded_.score, graded_.max_score));
  switch (graded_.verdict) {
    case Verdict::passed:
      line("{}: {}, {} of {} XP", score, style_.good("passed"), session_.spec.earned_xp(graded_.score),
           session_.spec.xp);
      break;
    case Verdict::interrupted:
      line("{}: interrupted, so the other tests did not run to their end", score);
      break;
    default:
      line("{}: {} ({} are needed)", score, style_.bad("not passed"), graded_.pass);
  }
}

}  // namespace

std::string grade_report(const Graded& graded, const Session& session) {
  return Writer(graded, session).text();
}

}  // namespace corokit::moulinette
