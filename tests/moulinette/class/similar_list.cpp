#include "class/similar_list.hpp"

#include "class/html.hpp"
#include "class/page_parts.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace corokit::moulinette {
namespace {

/// Two students, or one and a solution of the kit.
struct Row {
  const StudentResult* student = nullptr;
  const Resemblance* resemblance = nullptr;
  int percent_of_other = 0;

  int percent() const noexcept { return std::max(resemblance->percent, percent_of_other); }
};

std::vector<Row> rows_of(const ClassResult& result) {
  std::vector<Row> rows;
  for (const StudentResult& student : result.students) {
    for (const Resemblance& resemblance : student.similar) {
      const StudentResult* other = find_student(result, resemblance.student);
      if (other && other->id < student.id) continue;  // it is there from the other side
      Row row{&student, &resemblance, resemblance.percent};
      if (other) {
        const auto back = std::ranges::find(other->similar, student.id, &Resemblance::student);
        if (back != other->similar.end()) row.percent_of_other = back->percent;
      }
      rows.push_back(row);
    }
  }
  std::ranges::stable_sort(rows, std::ranges::greater(), &Row::percent);
  return rows;
}

/// Those who have handed in the same file, one paragraph for each file.
std::string same_files(const ClassResult& result, const Words& say) {
  std::string html;
  std::set<std::string> told;
  for (const StudentResult& student : result.students) {
    if (student.same_as.empty() || told.contains(student.id)) continue;
    told.insert(student.id);
    std::string links = student_link(result, student.id);
    for (const std::string& id : student.same_as) {
      told.insert(id);
      links += ", " + student_link(result, id);
    }
    html += fmt::format("<p><b>{}</b> {}</p>\n",
                        escaped(say("The same file from {}:", student.same_as.size() + 1)), links);
  }
  return html;
}

}  // namespace

std::string list_of_similar(const ClassResult& result, const Words& say) {
  const auto said = [&say](PageText text) { return escaped(say(text)); };
  std::string html = fmt::format("<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", said("Hand-ins that are alike"),
                                 said("Beyond what everybody was given and what more than a third of the "
                                      "class has. Names, layout and comments do "
                                      "not count. This is no verdict: look at both, and talk to both."));
  const std::string same = same_files(result, say);
  const std::vector<Row> rows = rows_of(result);
  html += same;
  if (rows.empty())
    return html + (same.empty() ? fmt::format("<p>{}</p>\n", said("No two hand-ins are alike.")) : "");
  html += fmt::format(
      "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th "
      "scope=\"col\">{}</th>"
      "<th scope=\"col\" class=\"number\">{}</th><th scope=\"col\" "
      "class=\"number\">{}</th></tr></thead><tbody>\n",
      said("Student"), said("Resembles"), said("Passages"), said("Of the first"), said("Of the second"));
  for (const Row& row : rows) {
    const StudentResult* other = find_student(result, row.resemblance->student);
    const std::string& page = row.resemblance->page;
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{} %</td><td class=\"number\">{} "
        "%</td></tr>\n",
        student_link(result, row.student->id),
        other ? student_link(result, other->id) : said("a solution of the kit"),
        page.empty() ? "" : fmt::format("<a href=\"{}\">{}</a>", address(page), said("side by side")),
        row.resemblance->percent, row.percent_of_other);
  }
  return html + "</tbody></table></div>\n";
}

std::string others_alike(const StudentResult& student) {
  std::string html;
  for (const std::string& id : student.same_as) html += (html.empty() ? "= " : ", = ") + escaped(id);
  for (const Resemblance& resemblance : student.similar)
    html += (html.empty() ? "" : ", ") +
            fmt::format("{} {} %", escaped(resemblance.student), resemblance.percent);
  return html;
}

}  // namespace corokit::moulinette
