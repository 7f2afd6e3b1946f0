#include "class/class_page.hpp"

#include "class/class_figures.hpp"
#include "class/hand_in_notes.hpp"
#include "class/html.hpp"
#include "class/lesson_place.hpp"
#include "class/page_parts.hpp"
#include "class/similar_list.hpp"
#include "running/outcome_words.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace corokit::moulinette {
namespace {

/// Sorts a table by the column whose button is pressed.
constexpr std::string_view kSort = R"js("use strict";
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement;
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = head.closest("table").tBodies[0];
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].innerText;
    const rows = [...body.rows].sort((a, b) => value(a).localeCompare(value(b), undefined, { numeric: true }));
    body.append(...(down ? rows.reverse() : rows));
  });
}
)js";

class Page {
 public:
  Page(const ClassResult& result, const ClassInsights& insights, std::string_view subject,
       std::string_view lesson, Language language)
      : result_(result), insights_(insights), subject_(subject), lesson_(lesson), say_(language) {}

  std::string text() {
    head();
    problems();
    distribution();
    tests();
    mistakes();
    lessons();
    late_and_missing();
    out_ += list_of_similar(result_, say_);
    students();
    foot();
    return html_page(say_.language(), say_("{}: the class", result_.title), out_, kSort);
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    out_ += '\n';
  }
  void heading(PageText text) { add("<h2>{}</h2>", said(text)); }
  template <class... Values>
  std::string said(PageText text, const Values&... values) const {
    return escaped(say_(text, values...));
  }
  /// Opens a table with these columns; numbers stand on the right.
  void open_table(std::initializer_list<PageText> texts, std::initializer_list<PageText> numbers);
  void close_table() { add("</tbody></table></div>"); }
  std::string link(const std::string& id) const { return student_link(result_, id); }
  std::string links(const std::vector<std::string>& ids) const;
  /// Returns: a number with one decimal, as the language writes it.
  std::string decimal(double number) const {
    std::string text = fmt::format("{:.1f}", number);
    if (say_.language() == Language::french) std::ranges::replace(text, '.', ',');
    return text;
  }

  void head();
  void problems();
  void distribution();
  void tests();
  void mistakes();
  void lessons();
  void late_and_missing();
  void students();
  void student_row(const StudentResult& student);
  void foot();

  const ClassResult& result_;
  const ClassInsights& insights_;
  const std::string_view subject_;
  const std::string_view lesson_;
  const Words say_;
  std::string out_;
};

void Page::open_table(std::initializer_list<PageText> texts, std::initializer_list<PageText> numbers) {
  out_ += "<div class=\"scroll\"><table><thead><tr>";
  for (const PageText text : texts) out_ += fmt::format("<th scope=\"col\">{}</th>", said(text));
  for (const PageText text : numbers)
    out_ += fmt::format("<th scope=\"col\" class=\"number\">{}</th>", said(text));
  add("</tr></thead><tbody>");
}

std::string Page::links(const std::vector<std::string>& ids) const {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + link(id);
  return text;
}

void Page::head() {
  add("<p class=\"soft\">{}</p><h1>{}</h1>", escaped(result_.exercise), said("{}: the class", result_.title));
  if (!result_.shard.empty())
    add("<p class=\"note\">{}</p>", said("This is the part {} of the class.", result_.shard));
  add("<ul class=\"tiles\">");
  const auto tile = [this](PageText label, const std::string& value) {
    add("<li>{}<b>{}</b></li>", said(label), escaped(value));
  };
  const auto verdict = [this](const char* name) {
    const auto found = insights_.verdicts.find(name);
    return std::to_string(found == insights_.verdicts.end() ? 0 : found->second);
  };
  tile("Students", std::to_string(result_.students.size()));
  tile("Handed in", std::to_string(insights_.handed_in));
  tile("Passed", std::to_string(insights_.passed));
  tile("Mean", decimal(insights_.mean));
  tile("Median", decimal(insights_.median));
  tile("Late", std::to_string(insights_.late));
  tile("Missing", verdict("missing"));
  tile("Did not compile", verdict("did_not_compile"));
  tile("Refused", verdict("refused"));
  add("</ul>");
}

void Page::problems() {
  if (result_.problems.empty()) return;
  add("<div class=\"finding\">");
  for (const std::string& problem : result_.problems)
    add("<p>{}</p>", escaped(note_in(say_.language(), problem)));
  add("</div>");
}

void Page::distribution() {
  if (insights_.handed_in == 0) return;
  heading("Points");
  out_ += histogram_figure(insights_, result_.pass, result_.max_score, say_);
}

void Page::tests() {
  heading("Tests");
  add("<p class=\"soft\">{}</p>", said("Of those hand-ins that compile and that the norm lets through."));
  open_table({"Test", "Passed by", "How the others end"}, {"Points"});
  for (const TestTally& test : insights_.tests) {
    std::string ends;
    for (const auto& [outcome, count] : test.failed_as)
      ends += (ends.empty() ? "" : ", ") + fmt::format("{} {}", count, outcome_in(say_.language(), outcome));
    add("<tr><th scope=\"row\"><code>{}</code></th><td>{}{}</td><td>{}</td><td class=\"number\">{}</td></tr>",
        escaped(test.name), bar_figure(test.passed, test.played), said("{} of {}", test.passed, test.played),
        escaped(ends), test.points);
  }
  close_table();
}

void Page::mistakes() {
  if (!insights_.knows_mistakes) return;
  heading("Mistakes that the class makes");
  if (insights_.failing == 0) {
    add("<p>{}</p>", said("No hand-in fails a test."));
    return;
  }
  if (insights_.mistakes.empty()) {
    add("<p>{}</p>", said("No hand-in behaves like a wrong solution that the kit knows."));
    return;
  }
  add("<p class=\"soft\">{}</p>", said("Hand-ins that fail as a wrong solution fails that the kit knows: the "
                                       "same tests, in the same parts."));
  open_table({"The mistake", "Students"}, {"How many"});
  for (const Mistake& mistake : insights_.mistakes)
    add("<tr><td><b>{}</b><br>{} <span class=\"soft\">({})</span></td><td>{}</td><td "
        "class=\"number\">{}</td></tr>",
        escaped(mistake.wrong), said("Plausible: {}", mistake.plausible), escaped(mistake.name),
        links(mistake.students), mistake.students.size());
  close_table();
  if (insights_.unlike > 0)
    add("<p>{}</p>", said("{} of {} hand-ins that fail a test resemble no mistake that the kit knows.",
                          insights_.unlike, insights_.failing));
}

void Page::lessons() {
  if (insights_.lessons.empty()) return;
  heading("What to teach again tomorrow");
  add("<p class=\"soft\">{}</p>",
      said("A test ends at the first of its parts that breaks, so a hand-in counts once for each "
           "test that it fails, with that part."));
  for (const Lesson& lesson : insights_.lessons) {
    const std::string name =
        lesson.part == lesson.test ? lesson.test : lesson.part + " (" + lesson.test + ")";
    add("<div class=\"lesson\"><h3><code>{}</code>: {}</h3>", escaped(name),
        said("{} of {} hand-ins break it", lesson.students.size(), insights_.graded));
    add("<p><b>{}</b> {}</p>", said("What should happen:"), escaped(lesson.what));
    if (!lesson.trap.empty()) add("<p><b>{}</b> {}</p>", said("The trap:"), escaped(lesson.trap));
    const LessonPlace place = find_in_lesson(lesson_, lesson.what + ' ' + lesson.trap);
    if (!place.text.empty())
      add("<p><b>{}</b> {}</p><blockquote>{}</blockquote>", said("To read again:"),
          said("{}, section “{}”", subject_, place.section), escaped(place.text));
    add("<details><summary>{}</summary><p>{}</p></details></div>", said("Who"), links(lesson.students));
  }
}

void Page::late_and_missing() {
  std::vector<std::string> missing;
  std::string late;
  for (const StudentResult& student : result_.students) {
    if (student.attempts.empty()) missing.push_back(student.id);
    const Attempt* attempt = student.counting();
    if (!attempt || attempt->late.count() == 0) continue;
    late += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n",
        link(student.id), escaped(shown(attempt->late, say_)), student.earned, student.score);
  }
  heading("Late and missing");
  if (result_.deadline)
    add("<p>{}{}</p>", said("The deadline was {}.", shown(*result_.deadline)),
        result_.late_rule.empty() ? "" : ' ' + said("The rule for what is late: {}.", result_.late_rule));
  if (!late.empty()) {
    open_table({"Student", "Late by"}, {"Points of the tests", "Points"});
    out_ += late;
    close_table();
  } else {
    add("<p>{}</p>", said("Nobody is late."));
  }
  add("<p>{}</p>",
      missing.empty() ? said("Nobody is missing.") : said("Nothing from:") + ' ' + links(missing));
}

void Page::students() {
  heading("Students");
  out_ += "<div class=\"scroll\"><table><thead><tr>";
  for (const PageText text :
       std::initializer_list<PageText>{"Student", "Points", "Result", "Tests failed", "Late by", "Alike"})
    out_ += fmt::format("<th scope=\"col\"><button type=\"button\">{}</button></th>", said(text));
  add("</tr></thead><tbody>");
  for (const StudentResult& student : result_.students) student_row(student);
  close_table();
}

void Page::student_row(const StudentResult& student) {
  std::string failed;
  std::size_t number = 0;
  for (std::size_t i = 0; i < student.tests.size() && i < result_.tests.size(); ++i) {
    if (!student.tests[i].has_failed()) continue;
    failed += (failed.empty() ? "" : ", ") + result_.tests[i].name;
    ++number;
  }
  const Attempt* attempt = student.counting();
  if (!attempt && !student.notes.empty()) failed = note_in(say_.language(), student.notes.back());
  const auto late = attempt ? attempt->late : std::chrono::seconds(0);
  const std::string group = student.group.empty()
                                ? ""
                                : fmt::format("<br><span class=\"soft\">{} {}</span>", escaped(say_("group")),
                                              escaped(student.group));
  const std::string problem = attempt && !attempt->problem.empty()
                                  ? fmt::format("<br><span class=\"soft\">{}</span>",
                                                escaped(note_in(say_.language(), attempt->problem)))
                                  : "";
  add("<tr><th scope=\"row\">{}{}</th><td class=\"number\" data-value=\"{}\">{}</td><td>{}{}</td><td "
      "data-value=\"{}\">{}</td>"
      "<td class=\"word\" data-value=\"{}\">{}</td><td>{}</td></tr>",
      link(student.id), group, student.score, student.score, badge(say_, student.verdict), problem, number,
      escaped(failed), late.count(), late.count() > 0 ? escaped(shown(late, say_)) : "",
      others_alike(student));
}

void Page::foot() {
  add("<p class=\"soft\">{}<br>{}</p>",
      said("Graded at {} by corokit {}, seed {}.", shown(result_.graded_at), result_.grader, result_.seed),
      said("Hand-ins were compiled and played in: {}", result_.sandbox));
}

}  // namespace

std::string class_page(const ClassResult& result, const ClassInsights& insights, std::string_view subject,
                       std::string_view lesson, Language language) {
  return Page(result, insights, subject, lesson, language).text();
}

}  // namespace corokit::moulinette
