#include "class/class_csv.hpp"

#include "running/printable.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <vector>

namespace corokit::moulinette {
namespace {

using Fields = std::vector<std::string>;

// Without it, Excel takes the text for one of the system's old character set.
constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";

std::string line_of(const Fields& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) line += (i == 0 ? "" : ",") + csv_field(fields[i]);
  return line + "\r\n";
}

std::string listed(const Fields& items) {
  return fmt::format("{}", fmt::join(items, "; "));
}

std::string similar(const StudentResult& student) {
  Fields items;
  for (const std::string& id : student.same_as) items.push_back(id + " (same file)");
  for (const Resemblance& resemblance : student.similar)
    items.push_back(fmt::format("{} {} %", resemblance.student, resemblance.percent));
  return listed(items);
}

bool has_email(const ClassResult& result) {
  return std::ranges::any_of(result.students,
                             [](const StudentResult& student) { return !student.email.empty(); });
}

Fields row_of(const ClassResult& result, const StudentResult& student) {
  Fields row{student.roster_id.empty() ? student.id : student.roster_id, student.name};
  if (has_email(result)) row.push_back(student.email);
  row.push_back(student.group);
  for (std::size_t i = 0; i < result.tests.size(); ++i)
    row.push_back(i < student.tests.size() ? std::to_string(student.tests[i].points) : "");
  const Attempt* attempt = student.counting();
  const auto late = attempt ? attempt->late : std::chrono::seconds(0);
  row.push_back(std::to_string(student.earned));
  row.push_back(std::to_string(student.score));
  row.push_back(student.verdict);
  row.push_back(listed(student.norm));
  row.push_back(attempt && attempt->handed_in ? text_of(*attempt->handed_in) : "");
  row.push_back(late.count() > 0 ? std::to_string(std::chrono::ceil<std::chrono::minutes>(late).count())
                                 : "");
  row.push_back(similar(student));
  return row;
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string field = printable(std::string(text));
  // What begins with one of these is a formula for a spreadsheet, also after blanks.
  const std::size_t first = field.find_first_not_of(' ');
  if (first != std::string::npos && std::string_view("=+-@").find(field[first]) != std::string_view::npos)
    field.insert(0, 1, '\'');
  if (field.find_first_of(",;\"") == std::string::npos && !field.starts_with(' ') && !field.ends_with(' '))
    return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string class_csv(const ClassResult& result) {
  Fields head{"student", "name"};
  if (has_email(result)) head.push_back("email");
  head.push_back("group");
  for (const ClassTest& test : result.tests) head.push_back(test.name);
  head.insert(head.end(),
              {"total", "after_late_rule", "verdict", "norm", "handed_in", "late_minutes", "similar"});
  std::string text = kByteOrderMark + line_of(head);
  for (const StudentResult& student : result.students) text += line_of(row_of(result, student));
  return text;
}

}  // namespace corokit::moulinette
