#include "report/grade_report.hpp"

#include "ladder/ladder.hpp"
#include "output/style.hpp"
#include "output/terminal_words.hpp"
#include "report/graded_in.hpp"
#include "report/norm_line.hpp"
#include "report/schedule_drawing.hpp"
#include "report/timeline_table.hpp"
#include "running/outcome_words.hpp"
#include "running/printable.hpp"
#include "running/run_messages.hpp"

#include <simulation/terminal_text.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>
#include <sstream>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kOutcomes = 13;         // columns of how a test ended, at least
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
      : session_(session),
        hint_(hint),
        style_(session.output.colour),
        say_(session.output.language),
        spec_(session.spec_in(say_.language())),
        graded_(graded_in(say_.language(), graded, spec_)) {}

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
  /// A line of fixed words.
  template <class... Values>
  void says(TerminalText text, const Values&... values) {
    line("{}", say_(text, values...));
  }
  /// Returns: how a test ended.
  std::string ended(Outcome outcome) const { return outcome_in(say_.language(), std::string(word(outcome))); }
  /// Returns: what the grader says by itself, in the language of the report.
  std::string known(std::string_view english) const {
    const std::string text(english);
    return say_.language() == Language::french ? run_message_in_french(text) : text;
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

  const Session& session_;
  const std::optional<Hint>& hint_;
  const Style style_;
  const TerminalWords say_;
  const Spec spec_;  // in the language of the report
  const Graded graded_;
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
  if (left_out > 0) line("{}", style_.soft(say_("… and {} lines more, which --json shows", left_out)));
}

void Writer::compiler() {
  lines_of(graded_.compiler, kLinesOfErrors);
  line("");
  says("{}: {}", style_.bad(ended(Outcome::did_not_compile)), known(explanation(Outcome::did_not_compile)));
  says("Score 0/{}. Repair the first error above, then grade again.", graded_.max_score);
}

void Writer::norm() {
  constexpr std::size_t kMost = 20;
  const std::vector<NormFinding>& findings = graded_.norm.findings;
  for (std::size_t i = 0; i < std::min(findings.size(), kMost); ++i)
    says("{}: {}", style_.bad(ended(Outcome::refused)), norm_line(findings[i], say_.language()));
  if (findings.size() > kMost)
    line("{}", style_.soft(say_("… and {} more, which --json shows", findings.size() - kMost)));
  norm_level();
  line("");
  says("{}: {}", style_.bad(ended(Outcome::refused)), known(explanation(Outcome::refused)));
  says("Score 0/{}. Do without what is named above, then grade again.", graded_.max_score);
}

/// What the norm has not read.
void Writer::norm_level() {
  if (!graded_.norm.note.empty()) line("{}", style_.soft("  " + say_("norm: {}", graded_.norm.note)));
}

void Writer::warnings() {
  if (graded_.compiler.empty()) return;
  lines_of(graded_.compiler, kLinesOfWarnings);
  line("");
}

void Writer::tests(const TestResult* first) {
  std::size_t width = 0;
  std::size_t longest = kOutcomes;
  for (const TestResult& result : graded_.tests) {
    width = std::max(width, result.test.name.size());
    longest = std::max(longest, explorer::columns(ended(result.run.outcome)));
  }
  for (const TestResult& result : graded_.tests) {
    const std::string outcome = fmt::format("{:<{}}", ended(result.run.outcome), longest);
    std::string rest =
        fmt::format("{:<{}} {:>3} / {}", result.test.name, width, result.points, result.test.points);
    if (is_good(result)) {
      rest += result.run.coverage.empty() ? "" : "   " + style_.soft(result.run.coverage);
    } else if (&result != first) {
      const PartSpec* part = result.test.find_part(result.run.part);
      rest = cut(fmt::format("{}   {}", rest,
                             part ? say_("{}: {}", part->name, result.run.message) : result.run.message),
                 kLineOfOther);
    }
    line("  {} {}", is_good(result) ? style_.good(outcome) : style_.bad(outcome), rest);
  }
  if (!session_.spec.is_rung)
    line("{}", style_.soft("  " + say_("the schedules of --seed {}", graded_.seed)));
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
    if (!session_.spec.is_rung) labelled(say_("moves"), moves_in_words(*run.replayed, say_.language()));
    out_ += schedule_drawing(*run.replayed, session_.output, kLinesOfDrawing);
    line("");
    labelled(say_("replay"), fmt::format("./moulinette replay {}{}{}", replay_token(graded_.exercise, run),
                                         file(), sanitizer()));
    return;
  }
  if (run.replayed)
    labelled(say_("moves"),
             say_("not known: when that schedule was played again, it {}", ended(run.replayed->outcome)));
  if (run.timeline.empty()) return;
  labelled(say_("timeline"),
           run.seed ? say_("of that schedule, in virtual time") : say_("of that run, in real time"));
  out_ += timeline_table(run.timeline, kLinesOfTimeline, say_.language());
}

void Writer::in_full(const TestResult& result) {
  const TestRun& run = result.run;
  const PartSpec* part = result.test.find_part(run.part);
  line("{}",
       style_.strong(say_("{}: {}", result.test.name + (part ? ", " + part->name : ""), ended(run.outcome))));
  labelled(say_("checks"), part ? part->what : result.test.what);
  labelled(say_("found"), run.message);
  if (run.outcome != Outcome::failed) labelled("", known(explanation(run.outcome)));
  schedule(run);
  if (run.schedules > 0 && !session_.spec.is_rung) {
    const std::string schedule =
        run.seed ? std::to_string(*run.seed) : fmt::format("0 --seed {}", graded_.seed);
    labelled(say_("again"), command(fmt::format("--test {} --schedule {}", result.test.name, schedule)));
  }
  if (run.outcome == Outcome::crashed && !session_.manifest.sanitized && !session_.spec.is_rung)
    labelled(say_("its line"), command("--asan"));
  if (graded_.nearest) {
    labelled(say_("known"), say_("a wrong solution that the kit knows behaves like that: {}",
                                 graded_.nearest->header.wrong));
    labelled("", say_("What makes it plausible: {}", graded_.nearest->header.plausible));
  }
  if (hint_) {
    labelled(say_("hint"), say_("{} ({} of {})", hint_->text, hint_->number, hint_->of));
  } else {
    labelled(say_("a hint"), command("--hint"));
  }
  line("");
}

void Writer::second_looks() {
  for (const SecondLook& look : graded_.second_looks) {
    const bool is_found = look.outcome == SecondLook::Outcome::found;
    const std::string found =
        look.policy == CheckPolicy::fail
            ? say_("found in {}: {}", look.test, look.message)
            : say_("found in {}: {} (a warning: it costs nothing here)", look.test, look.message);
    const std::string text = is_found ? style_.bad(found)
                             : look.outcome == SecondLook::Outcome::clean
                                 ? say_("nothing was found")
                                 : style_.soft(say_("not checked: {}", look.message));
    line("  {:<{}} {}", look.name == "memory" ? say_("memory") : say_("security"), kOutcomes, text);
  }
  if (!graded_.second_looks.empty()) line("");
}

void Writer::beginning() {
  if (graded_.score > 0 || graded_.verdict == Verdict::interrupted) return;
  says("No points yet: this is where everybody starts. {}", spec_.first_step);
  says("The subject: {}",
       lesson_of({spec_, session_.file_to_fill_in().parent_path(), {}}, say_.language()).string());
}

void Writer::total() {
  const std::string score = style_.strong(say_("Score {}/{}", graded_.score, graded_.max_score));
  switch (graded_.verdict) {
    case Verdict::passed:
      says("{}: {}, {} of {} XP", score, style_.good(say_("passed")),
           session_.spec.earned_xp(graded_.score, true), session_.spec.xp);
      break;
    case Verdict::interrupted:
      says("{}: interrupted, so the other tests did not run to their end", score);
      break;
    default:
      says("{}: {} ({} are needed)", score, style_.bad(say_("not passed")), graded_.pass);
  }
}

/// A line that names the sandbox, and says what it lacks.
void Writer::sandboxed() {
  if (!graded_.sandbox) return;
  if (*graded_.sandbox == SandboxLevel::full)
    return line("{}", style_.soft(say_("sandbox: {}", word(SandboxLevel::full))));
  line("{}",
       style_.soft(say_("sandbox: {}. {}", word(*graded_.sandbox), known(what_remains(*graded_.sandbox)))));
}

}  // namespace

std::string grade_report(const Graded& graded, const Session& session, const std::optional<Hint>& hint) {
  return Writer(graded, session, hint).text();
}

}  // namespace corokit::moulinette
