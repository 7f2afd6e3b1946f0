#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

std::string gradescope(const Json& graded, const PlatformOptions& options) {
  Json tests = Json::array();
  std::size_t number = 0;
  // Gradescope itself shows a hidden test only when the grades are published, so its text may be there.
  for (const ShownTest& test : shown_tests(graded, options.language, true)) {
    tests.push_back({{"name", test.name},
                     {"number", std::to_string(++number)},
                     {"score", test.points},
                     {"max_score", test.max_points},
                     {"status", test.passed() ? "passed" : "failed"},
                     {"output", with_colours(test.text(options.language))},
                     {"output_format", "ansi"},
                     {"visibility", test.visible || options.release ? "visible" : "after_published"}});
  }
  Json results{{"output", shown_summary(graded, options.language, options.release) + "\n" +
                              conditions_in_words(graded, options.language)},
               {"output_format", "text"},
               {"stdout_visibility", "hidden"},  // it may tell of hidden tests
               {"extra_data",
                {{"schema_version", graded.at("schema_version")},
                 {"exercise", graded.at("exercise")},
                 {"verdict", graded.at("verdict")},
                 {"seed", graded.at("seed")},
                 {"conditions", conditions(graded)}}},
               {"tests", std::move(tests)}};
  if (graded.contains("late")) results["score"] = counted_score(graded);
  if (graded.contains("seconds")) results["execution_time"] = graded.at("seconds");
  return to_text(results);
}

}  // namespace corokit::moulinette
