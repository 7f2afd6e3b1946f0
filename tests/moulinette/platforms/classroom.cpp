#include "platforms/formats.hpp"
#include "platforms/text.hpp"

#include <algorithm>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

std::string classroom(const Json& graded, const PlatformOptions& options) {
  // The reporter adds up the scores of all tests, so one step of a workflow does for an exercise.
  const std::vector<ShownTest> shown = shown_tests(graded, options.language, options.release);
  const std::string why = why_not_run(graded, options.language);
  Json tests = Json::array();
  for (const ShownTest& test : shown) {
    const std::string message = why.empty() ? plain(test.text(options.language)) : why;
    tests.push_back({{"name", test.name},
                     {"status", test.passed()     ? "pass"
                                : test.is_error() ? "error"
                                                  : "fail"},
                     {"score", test.points},
                     {"message", test.passed() ? Json() : Json(message)},
                     {"test_code", test.what}});
  }
  const Json results{{"version", 3},
                     {"status", !why.empty()                                     ? "error"
                                : std::ranges::all_of(shown, &ShownTest::passed) ? "pass"
                                                                                 : "fail"},
                     {"max_score", graded.at("max_score")},
                     {"tests", std::move(tests)}};
  return base64(results.dump()) + "\n";
}

}  // namespace corokit::moulinette
