#include "class/student_page.hpp"

#include "class/hand_in_notes.hpp"
#include "class/html.hpp"
#include "class/page_parts.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

class Page {
 public:
  Page(const ClassResult& result, const StudentResult& student, const Json& feedback, const Spec& spec,
       std::size_t hints)
      : result_(result),
        student_(student),
        feedback_(feedback),
        spec_(spec),
        hints_(hints),
        say_(student.language == "fr" ? Language::french : Language::english) {}

  std::string text() {
    head();
    facts();
    if (feedback_.is_object()) {
      refusal();
      compiler();
      tests();
      a_failure();
    }
    attempts();
    foot();
    return html_page(say_.language(), fmt::format("{}: {}", result_.title, name_of(student_)), out_);
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    out_ += '\n';
  }
  template <class... Values>
  void heading(PageText text, const Values&... values) {
    add("<h2>{}</h2>", escaped(say_(text, values...)));
  }
  void fact(PageText label, const std::string& html) {
    add("<dt>{}</dt><dd>{}</dd>", escaped(say_(label)), html);
  }

  void head();
  void points();
  void facts();
  void refusal();
  void compiler();
  void tests();
  void test_row(const Json& test);
  void a_failure();
  void schedule(const Json& test);
  void hints(const TestSpec& test);
  void attempts();
  void foot();

  const ClassResult& result_;
  const StudentResult& student_;
  const Json& feedback_;
  const Spec& spec_;
  const std::size_t hints_;
  const Words say_;
  const bool is_withheld_ =  // what would say how hidden tests ended
      !result_.released && !std::ranges::all_of(result_.tests, &ClassTest::visible);
  std::string out_;
};

void Page::head() {
  add("<p class=\"soft\">{}</p><h1>{}</h1>", escaped(result_.title), escaped(name_of(student_)));
  if (student_.attempts.empty()) {
    add("<p>{}</p>", badge(say_, "missing"));
    add("<p>{}</p>", escaped(student_.notes.empty() ? say_("Nothing was handed in.")
                                                    : say_("Nothing was handed in that can be graded.")));
    for (const std::string& note : student_.notes)
      add("<div class=\"finding\"><p>{}</p></div>", escaped(note_in(say_.language(), note)));
    return;
  }
  points();
  const Attempt* attempt = student_.counting();
  if (!attempt || attempt->problem.empty()) return;
  if (attempt->verdict == "not_graded")  // what the grader says of itself is for the instructor
    add("<div class=\"finding\"><p>{}</p></div>",
        escaped(say_(
            "The grader failed, which says nothing of your file. Ask your instructor to grade it again.")));
  else
    add("<div class=\"finding\"><p>{}</p></div>", escaped(note_in(say_.language(), attempt->problem)));
}

void Page::points() {
  const auto line = [this](int score, int max_score, int pass, const std::string& verdict) {
    add("<p><span class=\"score\">{}</span> {} <span class=\"soft\">{}</span></p>",
        escaped(say_("{} of {} points", score, max_score)), badge(say_, verdict),
        escaped(say_("{} are needed to pass", pass)));
  };
  if (is_withheld_ && feedback_.is_object()) {
    line(feedback_.at("score"), feedback_.at("max_score"), feedback_.at("pass"), feedback_.at("verdict"));
    add("<p>{}</p>", escaped(say_("{} more points are withheld: they are those of hidden tests.",
                                  feedback_.at("withheld").get<int>())));
    return;
  }
  line(student_.score, result_.max_score, result_.pass, student_.verdict);
  if (student_.score != student_.earned)
    add("<p>{}</p>", escaped(say_("The tests give {} points; the hand-in is late.", student_.earned)));
}

void Page::facts() {
  const Attempt* attempt = student_.counting();
  if (!attempt) return;
  add("<dl>");
  fact("File", fmt::format("<code>{}</code>", escaped(attempt->file)));
  if (attempt->handed_in) fact("Handed in", escaped(shown(*attempt->handed_in)));
  if (student_.deadline) fact("Deadline", escaped(shown(*student_.deadline)));
  if (attempt->late.count() > 0) {
    const std::string rule = result_.late_rule.empty() ? "" : say_(" (rule: {})", result_.late_rule);
    fact("Late by", escaped(shown(attempt->late, say_) + rule));
  }
  for (const std::string& note : student_.notes) fact("Note", escaped(note_in(say_.language(), note)));
  add("</dl>");
}

void Page::refusal() {
  const Json norm = feedback_.value("norm", Json::array());
  if (norm.empty()) return;
  heading("What the norm refuses");
  add("<p>{}</p>", escaped(say_("Nothing of the file was run. Do without what is named here.")));
  add("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>"
      "<th scope=\"col\">{}</th></tr></thead><tbody>",
      escaped(say_("Line")), escaped(say_("What")), escaped(say_("Why")));
  for (const Json& finding : norm) {
    const std::size_t line = finding.value("line", std::size_t{0});
    const std::string instead = text_at(finding, "replacement");
    add("<tr><td>{}</td><td><code>{}</code></td><td>{}{}</td></tr>", line == 0 ? "" : std::to_string(line),
        escaped(text_at(finding, "symbol")), escaped(text_at(finding, "why")),
        instead.empty() ? "" : escaped(say_(" Instead: {}", instead)));
  }
  add("</tbody></table></div>");
}

void Page::compiler() {
  const std::string said = text_at(feedback_, "compiler");
  if (said.empty()) return;
  if (student_.verdict == "did_not_compile") {
    heading("What the compiler says");
    add("<p>{}</p><pre>{}</pre>", escaped(say_("Repair the first error; the others may follow from it.")),
        escaped(first_lines(said, 60)));
  } else {
    heading("Warnings of the compiler");
    add("<pre>{}</pre>", escaped(first_lines(said, 24)));
  }
}

void Page::tests() {
  heading("Tests");
  add("<div class=\"scroll\"><table class=\"tests\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\" "
      "class=\"number\">{}</th>"
      "<th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
      escaped(say_("Test")), escaped(say_("Points")), escaped(say_("Result")),
      escaped(say_("What it checks")));
  for (const Json& test : feedback_.value("tests", Json::array())) test_row(test);
  add("</tbody></table></div>");
}

void Page::test_row(const Json& test) {
  std::string name = fmt::format("<code>{}</code>", escaped(text_at(test, "name")));
  std::string what;
  if (const TestSpec* known = spec_.find(text_at(test, "name"))) {
    what = escaped(known->what);
    const PartSpec* part = known->find_part(text_at(test, "part"));
    if (part) what += fmt::format("<br><b>{}</b> {}", escaped(say_("Broken part:")), escaped(part->what));
  }
  // The compiler's first error would be the message of each test, and the page has it above.
  const bool says_more = text_at(test, "outcome") != "did_not_compile";
  const std::string message = says_more ? text_at(test, "message") : "";
  if (!message.empty()) what += fmt::format("<br><span class=\"soft\">{}</span>", escaped(message));
  add("<tr><th scope=\"row\">{}</th><td class=\"number\">{} / {}</td><td "
      "class=\"word\">{}</td><td>{}</td></tr>",
      name, test.value("points", 0), test.value("max_points", 0), badge(say_, text_at(test, "outcome")),
      what);
}

/// One that fails in simulation can be looked at step by step, so it comes before one that fails on threads.
void Page::a_failure() {
  const Json tests = feedback_.value("tests", Json::array());
  const auto is_shown = [this](const Json& test) {
    const std::string outcome = text_at(test, "outcome");
    return spec_.find(text_at(test, "name")) && outcome != "passed" && is_played(outcome);
  };
  const auto is_replayed = [&is_shown](const Json& test) {
    return is_shown(test) && !text_at(test, "replay").empty();
  };
  auto test = std::find_if(tests.begin(), tests.end(), is_replayed);
  if (test == tests.end()) test = std::find_if(tests.begin(), tests.end(), is_shown);
  if (test == tests.end()) return;
  const std::string outcome = text_at(*test, "outcome");
  const TestSpec* known = spec_.find(text_at(*test, "name"));
  const PartSpec* part = known->find_part(text_at(*test, "part"));
  heading("A test that fails: {}", known->name + (part ? ", " + part->name : ""));
  add("<div class=\"finding\"><p><b>{}</b> {}</p><p><b>{}</b> {}</p>", escaped(say_("It checks:")),
      escaped(part ? part->what : known->what), escaped(say_("Found:")), escaped(text_at(*test, "message")));
  if (outcome != "failed") add("<p>{}</p>", escaped(say_(explanation_of(outcome))));
  add("</div>");
  schedule(*test);
  hints(*known);
}

void Page::schedule(const Json& test) {
  const std::string drawing = text_at(test, "drawing");
  if (!drawing.empty()) {
    add("<h3>{}</h3>", escaped(say_("The schedule that fails, made short")));
    add("<pre tabindex=\"0\">{}</pre>", escaped(drawing));
  }
  const std::string token = text_at(test, "replay");
  if (token.empty()) return;
  add("<p>{}</p><pre tabindex=\"0\">./moulinette replay {} {} --step</pre>",
      escaped(say_("To walk through it step by step, with your file at the end:")), escaped(token),
      escaped(spec_.file));
}

void Page::hints(const TestSpec& test) {
  const std::size_t shown = std::min(hints_, test.hints.size());
  if (shown == 0) return;
  add("<h3>{}</h3><ol>", escaped(say_("Hints")));
  for (std::size_t i = 0; i < shown; ++i) add("<li>{}</li>", escaped(test.hints[i]));
  add("</ol>");
}

void Page::attempts() {
  if (student_.attempts.size() < 2) return;
  heading("Attempts");
  add("<p>{}</p>",
      escaped(result_.counting == "best" ? say_("The best one counts.") : say_("The last one counts.")));
  const auto points_and_result = [this](const std::string& points, const std::string& result) {
    return is_withheld_ ? "" : points + result;  // they are those of all tests
  };
  const auto head = [this](PageText text, const char* more = "") {
    return fmt::format("<th scope=\"col\"{}>{}</th>", more, escaped(say_(text)));
  };
  add("<div class=\"scroll\"><table><thead><tr>{}{}{}{}</tr></thead><tbody>", head("File"), head("Handed in"),
      points_and_result(head("Points", " class=\"number\""), head("Result")), head("Counts"));
  for (const Attempt& attempt : student_.attempts)
    add("<tr><td><code>{}</code></td><td>{}</td>{}<td>{}</td></tr>", escaped(attempt.file),
        attempt.handed_in ? escaped(shown(*attempt.handed_in)) : "",
        points_and_result(
            fmt::format("<td class=\"number\">{}</td>", attempt.score),
            fmt::format("<td>{}</td>", attempt.verdict.empty() ? "" : badge(say_, attempt.verdict))),
        attempt.counts ? escaped(say_("yes")) : "");
  add("</tbody></table></div>");
}

void Page::foot() {
  add("<p class=\"soft\">{}<br>{}</p>",
      escaped(say_("Graded at {} by corokit {}, seed {}.", shown(result_.graded_at), result_.grader,
                   result_.seed)),
      escaped(say_("Hand-ins were compiled and played in: {}", result_.sandbox)));
}

}  // namespace

std::string student_page(const ClassResult& result, const StudentResult& student, const Json& feedback,
                         const Spec& spec, std::size_t hints) {
  return Page(result, student, feedback, spec, hints).text();
}

}  // namespace corokit::moulinette
