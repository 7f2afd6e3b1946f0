#include "class/class_table.hpp"

#include "class/page_parts.hpp"
#include "output/style.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <initializer_list>
#include <simulation/terminal_text.hpp>

namespace corokit::moulinette {
namespace {

using explorer::columns;
using explorer::elide;
using explorer::pad;
using explorer::printable;

constexpr std::size_t kName = 32;     // columns of a name, at most
constexpr std::size_t kVerdict = 16;  // of a verdict

/// Returns: the first test that failed, with its part, and how many others did.
std::string failed(const ClassResult& result, const StudentResult& student) {
  std::string first;
  std::size_t number = 0;
  for (std::size_t i = 0; i < student.tests.size() && i < result.tests.size(); ++i) {
    const TestMark& mark = student.tests[i];
    if (!mark.has_failed()) continue;
    if (++number > 1) continue;
    first = result.tests[i].name;
    if (!mark.part.empty() && mark.part != first) first += ", " + mark.part;
  }
  return number < 2 ? first : fmt::format("{} and {} more", first, number - 1);
}

std::string alike(const StudentResult& student) {
  std::string text;
  const auto add = [&text](const std::string& other) {
    text += (text.empty() ? "" : ", ") + printable(other);
  };
  for (const std::string& id : student.same_as) add("= " + id);
  for (const Resemblance& resemblance : student.similar)
    add(fmt::format("{} {} %", resemblance.student, resemblance.percent));
  return text.empty() ? "" : "like " + text;
}

std::string remarks(const ClassResult& result, const StudentResult& student) {
  const Words english(Language::english);
  const Attempt* attempt = student.counting();
  std::string text;
  const auto add = [&text](const std::string& remark) {
    if (!remark.empty()) text += (text.empty() ? "" : "; ") + remark;
  };
  if (attempt && attempt->late.count() > 0) add("late by " + shown(attempt->late, english));
  if (attempt) add(printable(attempt->problem));
  if (!attempt && !student.notes.empty()) add(printable(student.notes.back()));
  if (!student.norm.empty()) add("refused: " + printable(fmt::format("{}", fmt::join(student.norm, ", "))));
  add(failed(result, student));
  add(alike(student));
  return text;
}

/// Returns: why there is nothing to grade of what a student has handed in; empty if there is, or if nothing was handed in.
std::string why_nothing(const StudentResult& student) {
  if (student.attempts.empty()) return fmt::format("{}", fmt::join(student.notes, " "));
  const Attempt* attempt = student.counting();
  return attempt && attempt->verdict == "unusable" ? attempt->problem : "";
}

}  // namespace

std::string without_marks(const ClassResult& result) {
  constexpr std::size_t kShown = 10;
  std::string list;
  std::size_t count = 0;
  for (const StudentResult& student : result.students) {
    const std::string why = why_nothing(student);
    if (!why.empty() && ++count <= kShown)
      list += fmt::format("  {}: {}\n", printable(name_of(student)), printable(why));
  }
  if (count == 0) return "";
  if (count > kShown) list += fmt::format("  … and {} more, which index.html has\n", count - kShown);
  return fmt::format(
      "\n{} nothing that can be graded, and so no points:\n{}Ask for {} again, then run the same command: "
      "only "
      "what is new is graded.\n",
      count == 1 ? "1 hand-in has" : fmt::format("{} hand-ins have", count), list,
      count == 1 ? "it" : "them");
}

std::string class_table(const ClassResult& result, const OutputOptions& output) {
  const Style style(output.colour);
  std::size_t width = 8;
  for (const StudentResult& student : result.students)
    width = std::max(width, std::min(kName, columns(printable(name_of(student)))));
  std::string text;
  std::size_t handed_in = 0;
  std::size_t passed = 0;
  for (const StudentResult& student : result.students) {
    handed_in += student.attempts.empty() ? 0 : 1;
    passed += student.verdict == "passed" ? 1 : 0;
    const std::string verdict = pad(student.verdict, kVerdict);
    const std::string points = student.attempts.empty()
                                   ? std::string(9, ' ')
                                   : fmt::format("{:>3} / {:<3}", student.score, result.max_score);
    const std::size_t left = output.width > width + kVerdict + 14 ? output.width - width - kVerdict - 14 : 20;
    const std::string line =
        fmt::format("{}  {}  {} {}", pad(elide(printable(name_of(student)), width), width), points,
                    student.verdict == "passed" ? style.good(verdict) : style.bad(verdict),
                    elide(remarks(result, student), left));
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  text += fmt::format("\n{} students, {} hand-ins, {} passed", result.students.size(), handed_in, passed);
  text += result.sandbox.empty() ? ".\n" : fmt::format(". Sandbox: {}.\n", result.sandbox);
  constexpr std::size_t kProblems = 10;
  for (std::size_t i = 0; i < std::min(result.problems.size(), kProblems); ++i)
    text += fmt::format("  {}\n", printable(result.problems[i]));
  if (result.problems.size() > kProblems)
    text += fmt::format("  … and {} more, which index.html has\n", result.problems.size() - kProblems);
  return text;
}

}  // namespace corokit::moulinette
