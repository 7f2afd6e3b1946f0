#include "report/grade_report.hpp"

#include "output/style.hpp"
#include "report/norm_line.hpp"
#include "report/schedule_drawing.hpp"
#include "report/timeline_table.hpp"
#include "running/printable.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>
#include <sstream>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kLineOfOther = 90;      // columns of a line on a test that is not shown in full
constexpr std::size_t kLinesOfWarnings = 12;  // of the compiler, that are shown
constexpr std::size_t kLinesOfErrors = 60;
constexpr std::size_t kLinesOfTimeline = 24;
constexpr std::size_t kLinesOfDrawing = 16;

bool is_good(const TestResult& result) {
  return result.run.outcome == Outcome::passed;
}

/// Returns: the text up to its end or to `most` columns, without cutting a UTF-8 sequence.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// Returns: the text as one argument for a shell.
std::string argument(const std::string& text) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("/._-+", c);
  };
  if (std::ranges::all_of(text, is_plain)) return text;
  if (printable(text) != text) {  // a terminal would act on it
    std::string bytes = "$'";
    for (const char c : text) bytes += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    return bytes + "'";
  }
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

class Writer {
 public:
  Writer(const Graded& graded, const Session& session, const std::optional<Hint>& hint)
      : graded_(graded), session_(session), hint_(hint), style_(session.output.colour) {}

  std::string text() {
    line("{}  {}", style_.strong(graded_.exercise), printable(graded_.implementation));
    line("");
    if (graded_.verdict == Verdict::did_not_compile) {
      compiler();
    } else if (graded_.verdict == Verdict::refused) {
      norm();
    } else {
      warnings();
      const TestResult* first = first_broken(graded_);
      tests(first);
      second_looks();
      if (first) in_full(*first);
      beginning();
      total();
    }
    sandboxed();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  /// A line "  label   text".
  void labelled(std::string_view label, std::string_view text) { line("  {:<10} {}", label, text); }
  void lines_of(const std::string& text, std::size_t most);

  void compiler();
  void norm();
  void norm_level();
  void warnings();
  void tests(const TestResult* first);
  void schedule(const TestRun& run);
  void in_full(const TestResult& result);
  void second_looks();
  void beginning();
  void total();
  void sandboxed();

  /// The file as an argument, after a space; nothing if it is the one that the student fills in.
  std::string file() const;
  /// The option that asks for the sanitizer, after a space; nothing if there is none.
  std::string sanitizer() const { return session_.sanitizer.empty() ? "" : " " + session_.sanitizer; }
  /// The command that grades this file, with more arguments.
  std::string command(const std::string& arguments) const;

  const Graded& graded_;
  const Session& session_;
  const std::optional<Hint>& hint_;
  Style style_;
  std::string out_;
};

void Writer::lines_of(const std::string& text, std::size_t most) {
  std::istringstream lines(text);
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (std::string one; std::getline(lines, one);) {
    if (shown < most) {
      line("{}", printable(one));
      ++shown;
    } else {
      ++left_out;
    }
  }
  if (left_out > 0) line("{}", style_.soft(fmt::format("… and {} lines more, which --json shows", left_out)));
}

void Writer::compiler() {
  lines_of(graded_.compiler, kLinesOfErrors);
  line("");
  line("{}: {}", style_.bad("did not compile"), explanation(Outcome::did_not_compile));
  line("Score 0/{}. Repair the first error above, then grade again.", graded_.max_score);
}

void Writer::norm() {
  constexpr std::size_t kMost = 20;
  const std::vector<NormFinding>& findings = graded_.norm.findings;
  for (std::size_t i = 0; i < std::min(findings.size(), kMost); ++i)
    line("{}: {}", style_.bad("refused"), norm_line(findings[i]));
  if (findings.size() > kMost)
    line("{}", style_.soft(fmt::format("… and {} more, which --json shows", findings.size() - kMost)));
  norm_level();
  line("");
  line("{}: {}", style_.bad("refused"), explanation(Outcome::refused));
  line("Score 0/{}. Do without what is named above, then grade again.", graded_.max_score);
}

/// What the norm has not read.
void Writer::norm_level() {
  if (!graded_.norm.note.empty()) line("{}", style_.soft("  norm: " + graded_.norm.note));
}

void Writer::warnings() {
  if (graded_.compiler.empty()) return;
  lines_of(graded_.compiler, kLinesOfWarnings);
  line("");
}

void Writer::tests(const TestResult* first) {
  std::size_t width = 0;
  for (const TestResult& result : graded_.tests) width = std::max(width, result.test.name.size());
  for (const TestResult& result : graded_.tests) {
    const std::string outcome = fmt::format("{:<13}", word(result.run.outcome));
    std::string rest =
        fmt::format("{:<{}} {:>3} / {}", result.test.name, width, result.points, result.test.points);
    if (is_good(result)) {
      rest += result.run.coverage.empty() ? "" : "   " + style_.soft(result.run.coverage);
    } else if (&result != first) {
      const PartSpec* part = result.test.find_part(result.run.part);
      rest = cut(fmt::format("{}   {}{}", rest, part ? part->name + ": " : "", result.run.message),
                 kLineOfOther);
    }
    line("  {} {}", is_good(result) ? style_.good(outcome) : style_.bad(outcome), rest);
  }
  if (!session_.spec.is_rung)
    line("{}", style_.soft(fmt::format("  the schedules of --seed {}", graded_.seed)));
  norm_level();
  line("");
}

std::string Writer::file() const {
  const std::filesystem::path file = graded_.implementation;
  return file == session_.file_to_fill_in() ? "" : " " + argument(file.string());
}

std::string Writer::command(const std::string& arguments) const {
  return fmt::format("./moulinette grade {}{}{} {}", graded_.exercise, file(), sanitizer(), arguments);
}

/// The schedule that failed, made short; as it was if it is not the same when it is played again.
void Writer::schedule(const TestRun& run) {
  if (run.replayed && run.replayed->outcome == run.outcome) {
    if (!session_.spec.is_rung) labelled("moves", moves_in_words(*run.replayed));
    out_ += schedule_drawing(*run.replayed, session_.output, kLinesOfDrawing);
    line("");
    labelled("replay", fmt::format("./moulinette replay {}{}{}", replay_token(graded_.exercise, run), file(),
                                   sanitizer()));
    return;
  }
  if (run.replayed)
    labelled("moves", fmt::format("not known: when that schedule was played again, it {}",
                                  word(run.replayed->outcome)));
  if (run.timeline.empty()) return;
  labelled("timeline", run.seed ? "of that schedule, in virtual time" : "of that run, in real time");
  out_ += timeline_table(run.timeline, kLinesOfTimeline);
}

void Writer::in_full(const TestResult& result) {
  const TestRun& run = result.run;
  const PartSpec* part = result.test.find_part(run.part);
  line("{}", style_.strong(fmt::format("{}{}: {}", result.test.name, part ? ", " + part->name : "",
                                       word(run.outcome))));
  labelled("checks", part ? part->what : result.test.what);
  labelled("found", run.message);
  if (run.outcome != Outcome::failed) labelled("", explanation(run.outcome));
  schedule(run);
  if (run.schedules > 0 && !session_.spec.is_rung) {
    const std::string schedule =
        run.seed ? std::to_string(*run.seed) : fmt::format("0 --seed {}", graded_.seed);
    labelled("again", command(fmt::format("--test {} --schedule {}", result.test.name, schedule)));
  }
  if (run.outcome == Outcome::crashed && !session_.manifest.sanitized && !session_.spec.is_rung)
    labelled("its line", command("--asan"));
  if (graded_.nearest) {
    labelled("known",
             "a wrong solution that the kit knows behaves like that: " + graded_.nearest->header.wrong);
    labelled("", "What makes it plausible: " + graded_.nearest->header.plausible);
  }
  if (hint_) {
    labelled("hint", fmt::format("{} ({} of {})", hint_->text, hint_->number, hint_->of));
  } else {
    labelled("a hint", command("--hint"));
  }
  line("");
}

void Writer::second_looks() {
  for (const SecondLook& look : graded_.second_looks) {
    const bool is_found = look.outcome == SecondLook::Outcome::found;
    const std::string found =
        fmt::format("found in {}: {}{}", look.test, look.message,
                    look.policy == CheckPolicy::fail ? "" : " (a warning: it costs nothing here)");
    const std::string text = is_found ? style_.bad(found)
                             : look.outcome == SecondLook::Outcome::clean
                                 ? "nothing was found"
                                 : style_.soft("not checked: " + look.message);
    line("  {:<13} {}", look.name, text);
  }
  if (!graded_.second_looks.empty()) line("");
}

void Writer::beginning() {
  if (graded_.score > 0 || graded_.verdict == Verdict::interrupted) return;
  line("No points yet: this is where everybody starts. {}", session_.spec.first_step);
  line("The subject: {}", (session_.file_to_fill_in().parent_path() / session_.spec.subject).string());
}

void Writer::total() {
  const std::string score = style_.strong(fmt::format("Score {}/{}", graded_.score, graded_.max_score));
  switch (graded_.verdict) {
    case Verdict::passed:
      line("{}: {}, {} of {} XP", score, style_.good("passed"), session_.spec.earned_xp(graded_.score, true),
           session_.spec.xp);
      break;
    case Verdict::interrupted:
      line("{}: interrupted, so the other tests did not run to their end", score);
      break;
    default:
      line("{}: {} ({} are needed)", score, style_.bad("not passed"), graded_.pass);
  }
}

/// A line that says what the sandbox lacks.
void Writer::sandboxed() {
  if (!graded_.sandbox || *graded_.sandbox == SandboxLevel::full) return;
  line("{}",
       style_.soft(fmt::format("sandbox: {}. {}", word(*graded_.sandbox), what_remains(*graded_.sandbox))));
}

}  // namespace

std::string grade_report(const Graded& graded, const Session& session, const std::optional<Hint>& hint) {
  return Writer(graded, session, hint).text();
}

}  // namespace corokit::moulinette
