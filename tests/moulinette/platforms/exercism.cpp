#include "platforms/conditions.hpp"
#include "platforms/formats.hpp"
#include "platforms/platform_report.hpp"
#include "platforms/text.hpp"

#include <algorithm>

namespace corokit::moulinette {

using Json = nlohmann::ordered_json;

namespace {

// Limits of the interface: characters of an output, and bytes of a message, whose characters have four at most.
constexpr std::size_t kLongestOutput = 500;
constexpr std::size_t kLongestMessage = 65'535 / 4;
constexpr std::string_view kCut = "\nOutput was truncated. Please limit to 500 chars";

Json case_of(const ShownTest& test) {
  Json result{{"name", test.name}, {"status", test.passed() ? "pass" : test.is_error() ? "error" : "fail"}};
  result["message"] =
      test.passed() ? Json() : Json(cut_to(test.message + "\n" + test.details, kLongestMessage));
  const std::string output = plain(test.output);
  if (!output.empty()) result["output"] = cut_to(output, kLongestOutput, kCut);
  // The tests of the kit are longer than a page; what they check is told instead.
  if (!test.what.empty()) result["test_code"] = indented(test.what, "// ");
  return result;
}

}  // namespace

std::string exercism(const Json& graded, const PlatformOptions& options) {
  const std::string why = why_not_run(graded, options.language);
  // The status is "error" only where no test was run, and then the message is all that a student reads.
  if (!why.empty())
    return to_text({{"version", 3},
                    {"status", "error"},
                    {"message", cut_to(why, kLongestMessage - 1000) + "\n\n" +
                                    conditions_in_words(graded, options.language)},
                    {"tests", Json::array()}});
  const std::vector<ShownTest> shown = shown_tests(graded, options.language, options.release);
  Json tests = Json::array();
  for (const ShownTest& test : shown) tests.push_back(case_of(test));
  return to_text({{"version", 3},
                  {"status", std::ranges::all_of(shown, &ShownTest::passed) ? "pass" : "fail"},
                  {"message", nullptr},
                  {"tests", std::move(tests)}});
}

}  // namespace corokit::moulinette
