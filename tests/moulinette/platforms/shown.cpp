#include "platforms/shown.hpp"

#include "output/terminal_words.hpp"
#include "platforms/text.hpp"
#include "running/outcome_words.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kLongest = 16'000;  // characters of a text: some platforms take a megabyte in all
constexpr TerminalText kWithheld =
    "This test is hidden: what it finds is told once the results are released.";

std::string text_of(const Json& object, const char* key) {
  return plain(object.at(key).get<std::string>());
}

std::string line_on(const Json& test, Language language) {
  const std::string outcome = test.at("outcome");
  if (outcome == "passed") return "";
  if (outcome == "refused" || outcome == "did_not_compile")
    return TerminalWords(language)("The tests were not run.");
  const std::string part = text_of(test, "part");
  const std::string place = part.empty() || part == test.at("name") ? "" : fmt::format(" ({})", part);
  const std::string message = text_of(test, "message");
  // A student's feedback says of a hidden test that it failed, and no more.
  if (message.empty() && !test.at("visible").get<bool>()) return TerminalWords(language)(kWithheld);
  return cut_to(
      fmt::format("{}{}{}{}", outcome_in(language, outcome), place, message.empty() ? "" : ": ", message),
      kLongest);
}

std::string details_on(const Json& test, const TerminalWords& say) {
  std::string lines;
  for (const Json& where : test.at("where")) lines += "  " + plain(where.get<std::string>()) + "\n";
  lines = cut_to(lines + text_of(test, "drawing"), kLongest);
  if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
  const std::string token = text_of(test, "replay");
  return token.empty() ? lines : lines + say("See the schedule again: ./moulinette replay {}", token) + "\n";
}

}  // namespace

std::string ShownTest::text(Language language) const {
  std::string lines = what;
  for (const std::string& part : {message, details}) {
    if (part.empty()) continue;
    if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
    lines += part;
  }
  if (output.empty()) return lines;
  if (!lines.empty() && !lines.ends_with('\n')) lines += '\n';
  return lines + TerminalWords(language)("The solution prints:") + "\n" + output;
}

std::vector<ShownTest> shown_tests(const Json& graded, Language language, bool with_hidden) {
  const TerminalWords say(language);
  std::vector<ShownTest> tests;
  for (const Json& test : graded.at("tests")) {
    ShownTest shown{.name = text_of(test, "name"),
                    .what = "",
                    .outcome = test.at("outcome"),
                    .message = "",
                    .details = "",
                    .output = "",
                    .points = test.at("points"),
                    .max_points = test.at("max_points"),
                    .visible = test.at("visible")};
    if (shown.visible || with_hidden) {
      shown.what = text_of(test, "what");
      shown.message = line_on(test, language);
      shown.details = details_on(test, say);
      shown.output = cut_to(test.at("output").get<std::string>(), kLongest);
    } else if (!shown.passed()) {
      shown.message = say(kWithheld);
    }
    tests.push_back(std::move(shown));
  }
  return tests;
}

int counted_score(const Json& graded) {
  return graded.contains("late") ? graded.at("late").at("score") : graded.at("score");
}

std::string why_not_run(const Json& graded, Language language) {
  const TerminalWords say(language);
  const std::string verdict = graded.at("verdict");
  if (verdict == "did_not_compile")
    return fmt::format("{}\n{}", say("The file does not compile:"),
                       cut_to(text_of(graded, "compiler"), kLongest));
  if (verdict != "refused") return "";
  std::string lines = say("The norm refuses the file:") + "\n";
  for (const Json& finding : graded.at("norm")) {
    const int line = finding.at("line");
    const std::string instead = plain(finding.value("replacement", std::string()));
    lines +=
        fmt::format("  {}{}: {}{}{}\n", line > 0 ? say("line {}: ", line) : "", text_of(finding, "symbol"),
                    text_of(finding, "why"), instead.empty() ? "" : "; ", instead);
  }
  return cut_to(lines, kLongest);
}

std::string shown_summary(const Json& graded, Language language, bool with_hidden) {
  const TerminalWords say(language);
  int seen = 0;
  int of = 0;
  for (const Json& test : graded.at("tests")) {
    if (!with_hidden && !test.at("visible").get<bool>()) continue;
    seen += test.at("points").get<int>();
    of += test.at("max_points").get<int>();
  }
  std::string lines = of == graded.at("max_score")
                          ? say("{} of {} points: {} ({} are needed to pass).", seen, of,
                                outcome_in(language, graded.at("verdict")), graded.at("pass").get<int>())
                          : say("{} of {} points are for the tests that you can see.", seen, of);
  lines += '\n';
  if (graded.contains("late")) {
    const Json& late = graded.at("late");
    lines += say("It came {} minutes late: {} points count.", late.at("minutes").get<long>(),
                 counted_score(graded)) +
             "\n";
  }
  const std::string why = why_not_run(graded, language);
  const std::string compiler = text_of(graded, "compiler");
  if (!why.empty()) {
    lines += "\n" + why;
  } else if (!compiler.empty()) {
    lines += "\n" + cut_to(compiler, kLongest);
  }
  if (graded.contains("hint")) lines += "\n" + text_of(graded, "hint") + "\n";
  return lines;
}

}  // namespace corokit::moulinette
