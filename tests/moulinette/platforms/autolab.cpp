#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

#include <fmt/format.h>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

namespace {

/// A line by which Autolab draws a table of stages and checks.
Json semantic(const Json& graded, const std::vector<ShownTest>& tests, const PlatformOptions& options) {
  const std::string verdict = graded.at("verdict");
  const std::string why = why_not_run(graded, options.language);
  const auto check = [](bool passed, const std::string& hint) {
    Json result{{"passed", passed}};
    if (!hint.empty()) result["hint"] = hint;
    return result;
  };
  const bool compiles = verdict != "did_not_compile";
  Json line{{"_presentation", "semantic"},
            {"stages", {"Build", "Norm", "Tests"}},
            {"Build", {{"compiles", check(compiles, compiles ? "" : why)}}},
            {"Norm", {{"keeps to it", check(verdict != "refused", verdict == "refused" ? why : "")}}},
            {"Tests", Json::object()}};
  for (const ShownTest& test : tests) line["Tests"][test.name] = check(test.passed(), test.message);
  return line;
}

}  // namespace

std::string autolab(const Json& graded, const PlatformOptions& options) {
  // Autolab takes some lines that are JSON for its own, so no line of a solution begins with a brace.
  constexpr std::string_view kBefore = "  ";
  const std::vector<ShownTest> tests = shown_tests(graded, options.language, options.release);
  std::string lines = indented(shown_summary(graded, options.language, options.release), kBefore) + "\n" +
                      indented(conditions_in_words(graded, options.language), kBefore);
  Json scores = Json::object();
  for (const ShownTest& test : tests) {
    lines += fmt::format("\n{}  {}/{}\n", test.name, test.points, test.max_points);
    lines += indented(plain(test.text(options.language)), kBefore);
    scores[test.name] = test.points;
  }
  return fmt::format("{}\n{}\n{}\n", lines, semantic(graded, tests, options).dump(),
                     Json{{"scores", std::move(scores)}}.dump());
}

}  // namespace corokit::moulinette
