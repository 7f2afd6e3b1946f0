#include "platforms/platform_report.hpp"

#include "error.hpp"
#include "testing/graded_samples.hpp"

#include <set>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

class EveryGraded : public testing::TestWithParam<GradedSample> {};
INSTANTIATE_TEST_SUITE_P(Sample, EveryGraded, testing::ValuesIn(graded_samples()),
                         [](const auto& sample) { return sample.param.name; });

std::string unpacked(const std::string& base64) {
  const Finished finished = shell("base64 -d <<'END'\n" + base64 + "END\n", {.output = 1U << 20U});
  EXPECT_EQ(finished.code, 0);
  return finished.output;
}

TEST_P(EveryGraded, IsValidForItsSchema) {
  const Json report = Json::parse(GetParam().graded.dump(-1, ' ', false, Json::error_handler_t::replace));
  EXPECT_EQ(report_violations(report, ReportKind::graded, "report"), std::vector<std::string>{});
}

TEST_P(EveryGraded, IsValidForEachPlatform) {
  for (const char* name : {"gradescope", "prairielearn", "exercism"})
    expect_valid(Json::parse(report_of(name, GetParam().graded)),
                 fmt::format("{}/{}.schema.json", SCHEMAS, name));
  const std::string classroom = report_of("classroom", GetParam().graded);
  EXPECT_EQ(classroom.find('\n'), classroom.size() - 1) << "one line";
  expect_valid(Json::parse(unpacked(classroom)), SCHEMAS "/classroom.schema.json");
}

TEST_P(EveryGraded, HasAutolabsLinesAtTheEndAndNoOther) {
  std::istringstream lines(report_of("autolab", GetParam().graded));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_GE(all.size(), 3U);
  expect_valid(Json::parse(all.back()), SCHEMAS "/autolab.schema.json");
  expect_valid(Json::parse(all[all.size() - 2]), SCHEMAS "/autolab_feedback.schema.json");
  for (std::size_t i = 0; i + 2 < all.size(); ++i) EXPECT_FALSE(all[i].starts_with('{')) << all[i];
}

TEST_P(EveryGraded, IsCleanTextInEachFormat) {
  for (const PlatformFormat& format : platform_formats()) {
    if (!format.of_graded) continue;
    SCOPED_TRACE(format.name);
    const std::string text = platform_report(format, GetParam().graded, {});
    expect_clean(text);
    EXPECT_LT(text.size(), 1'000'000U) << "PrairieLearn takes a megabyte";
  }
}

TEST_P(EveryGraded, SpeaksFrench) {
  const std::string text = report_of("gradescope", GetParam().graded, {.language = Language::french});
  EXPECT_NE(text.find(" points sur "), std::string::npos) << text;
  EXPECT_EQ(text.find(" points: "), std::string::npos) << text;
}

TEST(PlatformReport, EachFormatHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const PlatformFormat& format : platform_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_EQ(&find_format(format.name), &format);
    EXPECT_FALSE(format.file.empty());
  }
}

TEST(PlatformReport, AnUnknownFormatIsToldTheKnownOnes) {
  try {
    find_format("moodle");
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::kMisuse);
    EXPECT_NE(std::string(error.what()).find("\"moodle\". There is: gradescope, autolab,"), std::string::npos)
        << error.what();
  }
}

TEST(PlatformReport, AFormatOfAnotherKindIsRefused) {
  try {
    report_of("mutation", graded_sample("passes"));
    FAIL() << "made";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "The report \"mutation\" is made of what validate or mutate finds, not of what grade does.");
  }
  EXPECT_THROW(report_of("sarif", to_json(std::vector<Validated>{})), Error);
  EXPECT_THROW(report_of("junit", {{"score", 1}}), Error);
}

}  // namespace
}  // namespace corokit::moulinette
