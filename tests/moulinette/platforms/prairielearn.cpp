#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

std::string prairielearn(const Json& graded, const PlatformOptions& options) {
  const std::string under = conditions_in_words(graded, options.language);
  // An attempt that does not compile is not counted; one that the norm refuses has no points.
  if (graded.at("verdict") == "did_not_compile")
    return to_text({{"gradable", false},
                    {"message", under},
                    {"format_errors", Json::array({why_not_run(graded, options.language)})}});
  Json tests = Json::array();
  for (const ShownTest& test : shown_tests(graded, options.language, options.release)) {
    tests.push_back({{"name", test.name},
                     {"description", test.what},
                     {"points", test.points},
                     {"max_points", test.max_points},
                     {"message", test.message + (test.details.empty() ? "" : "\n" + test.details)},
                     {"output", plain(test.output)}});
  }
  return to_text({{"gradable", true},
                  {"score", counted_score(graded) / graded.at("max_score").get<double>()},
                  {"message", shown_summary(graded, options.language, options.release) + "\n" + under},
                  {"tests", std::move(tests)}});
}

}  // namespace corokit::moulinette
