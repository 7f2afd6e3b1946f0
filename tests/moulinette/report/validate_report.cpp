#include "report/validate_report.hpp"

#include "output/style.hpp"
#include "report/evidence.hpp"
#include "report/limits_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace corokit::moulinette {
namespace {

constexpr std::size_t kColumn = 4;

char letter(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return '.';
    case Outcome::failed:
      return 'F';
    case Outcome::crashed:
      return 'C';
    case Outcome::hung:
      return 'H';
    case Outcome::exited_early:
      return 'E';
    case Outcome::did_not_compile:
      return 'X';
    case Outcome::refused:
      return 'R';
    case Outcome::interrupted:
      return '-';
  }
  return '?';
}

class Writer {
 public:
  Writer(const Validated& validated, const Session& session)
      : validated_(validated), session_(session), style_(session.output.colour) {
    for (const Row& row : validated.rows) width_ = std::max(width_, row.graded.implementation.size());
  }

  std::string text() {
    legend();
    for (const Row& row : validated_.rows) matrix_row(row);
    line("");
    line(
        "{}",
        style_.soft(
            ". passed  F failed  C crashed  H hung  E exited early  X did not compile  R refused  - not run  "
            "[ ] claims to kill"));
    line("");
    if (session_.spec.is_rung) {
      out_ += evidence_of_rung(validated_);
    } else {
      out_ += evidence_summary(validated_, session_);
      if (session_.output.verbose) out_ += evidence_details(validated_) + limits_in_use(validated_.uses);
    }
    line("");
    verdict();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void legend();
  void matrix_row(const Row& row);
  std::string cell(const Row& row, const TestResult& result) const;
  std::string ending(const Row& row) const;
  void verdict();

  const Validated& validated_;
  const Session& session_;
  Style style_;
  std::size_t width_ = 0;
  std::string out_;
};

void Writer::legend() {
  const Spec& spec = session_.spec;
  const std::string played =
      spec.is_rung ? "explored"
                   : fmt::format("each under {} schedules and once on the thread pool", spec.schedules);
  line("{}: {} implementations, {} tests, {}", style_.strong(spec.exercise), validated_.rows.size(),
       spec.tests.size(), played);
  line("");
  for (std::size_t i = 0; i < spec.tests.size(); ++i) line("  {:>2}  {}", i + 1, spec.tests[i].name);
  line("");
  std::string head = fmt::format("{:{}}", "", width_ + 15);
  for (std::size_t i = 0; i < spec.tests.size(); ++i) head += fmt::format("{:^{}}", i + 1, kColumn);
  line("{}", head);
}

std::string Writer::cell(const Row& row, const TestResult& result) const {
  const bool claimed = std::ranges::any_of(
      row.header.killed_by, [&result](const std::string& claim) { return result.test.has(claim); });
  const char shown = letter(result.run.outcome);
  const std::string text = claimed ? fmt::format("[{}] ", shown) : fmt::format(" {}  ", shown);
  if (result.run.outcome == Outcome::passed) return claimed ? style_.bad(text) : style_.soft(text);
  if (row.role == Role::slow && result.run.outcome == Outcome::hung) return style_.good(text);
  if (is_wrong(row.role)) return claimed ? style_.good(text) : text;
  return row.role == Role::stub ? text : style_.bad(text);
}

std::string Writer::ending(const Row& row) const {
  if (!row.unmet.empty()) return style_.bad("NOT AS EXPECTED");
  if (row.role == Role::slow) return style_.good("too slow");
  if (!is_wrong(row.role)) return style_.good(fmt::format("{}/{}", row.graded.score, row.graded.max_score));
  return style_.good("killed by ") + fmt::format("{}", fmt::join(killers(row.header, row.graded), ", "));
}

void Writer::matrix_row(const Row& row) {
  std::string text = fmt::format("  {:<11}  {:<{}}", word(row.role), row.graded.implementation, width_);
  for (const TestResult& result : row.graded.tests) text += cell(row, result);
  line("{} {}", text, ending(row));
}

void Writer::verdict() {
  if (validated_.interrupted) {
    line("{}: interrupted; tests marked - did not run.", style_.bad("not ok"));
    return;
  }
  for (const std::string& sentence : validated_.roster) line("  {}", sentence);
  for (const std::string& sentence : validated_.unequal) line("  {}", sentence);
  for (const std::string& sentence : validated_.limits) line("  {}", sentence);
  for (const Row& row : validated_.rows) {
    for (const std::string& sentence : row.unmet) line("  {}", sentence);
  }
  if (!validated_.ok()) {
    line("{}: the kit is not as spec.json and the headers promise.", style_.bad("not ok"));
    return;
  }
  const auto right =
      std::ranges::count_if(validated_.rows, [](const Row& row) { return is_right(row.role); });
  const auto wrong =
      std::ranges::count_if(validated_.rows, [](const Row& row) { return is_wrong(row.role); });
  line(
      "{}: {} right implementations pass with full points, {} wrong ones are killed as they claim, the stub "
      "scores 0.",
      style_.good("ok"), right, wrong);
  if (validated_.times > 1) line("Each verdict was reached {} times, and always alike.", validated_.times);
}

}  // namespace

std::string validate_report(const Validated& validated, const Session& session) {
  return Writer(validated, session).text();
}

}  // namespace corokit::moulinette
