#include "testing/graded_samples.hpp"

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json sarif_of(const nlohmann::ordered_json& graded) {
  return Json::parse(report_of("sarif", graded));
}

class SarifLog : public testing::TestWithParam<GradedSample> {};
INSTANTIATE_TEST_SUITE_P(Sample, SarifLog, testing::ValuesIn(graded_samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST_P(SarifLog, IsValidByItsSchema) {
  if (!has_packages()) GTEST_SKIP() << "tests/moulinette/platforms/fetch_packages fetches the schema";
  expect_valid(sarif_of(GetParam().graded), NPM "/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
}

TEST(Sarif, HasEachFindingOfTheNormWithItsLine) {
  const Json run = sarif_of(graded_sample("refused"))["runs"][0];
  const Json& result = run["results"][0];
  EXPECT_EQ(result["ruleId"], "norm");
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["message"]["text"], "std::mutex: a lock blocks the thread; use corokit::Mutex");
  const Json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "toy.cpp");
  EXPECT_EQ(place["region"]["startLine"], 12);
  EXPECT_FALSE(run["results"][1]["locations"][0]["physicalLocation"].contains("region"))
      << "its line is not known";
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 1U);
}

TEST(Sarif, TakesWhatElseAFindingSays) {
  auto graded = graded_sample("refused");
  graded["norm"] = {{{"symbol", "std::mutex"},
                     {"why", "it blocks"},
                     {"line", 3},
                     {"column", 5},
                     {"file", "a b.hpp"},
                     {"rule", "blocking"},
                     {"replacement", "use corokit::Mutex"}}};
  const Json result = sarif_of(graded)["runs"][0]["results"][0];
  EXPECT_EQ(result["ruleId"], "blocking");
  EXPECT_EQ(result["message"]["text"], "std::mutex: it blocks; use corokit::Mutex");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.hpp");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 5);
}

TEST(Sarif, DescribesTheRulesOfTheNorm) {
  auto graded = graded_sample("refused");
  for (auto& finding : graded["norm"]) finding["rule"] = "blocking";
  graded["norm"].push_back(graded["norm"][0]);
  graded["norm"].back()["rule"] = "raw_new";
  graded["norm"].push_back(graded["norm"][0]);
  graded["norm"].back()["rule"] = "of_tomorrow";
  const Json english = sarif_of(graded)["runs"][0]["tool"]["driver"]["rules"];
  ASSERT_EQ(english.size(), 3U);
  EXPECT_EQ(english[0]["id"], "blocking");
  EXPECT_EQ(english[0]["shortDescription"]["text"],
            "Calls and types that block the thread on which tasks run");
  EXPECT_FALSE(english[0].contains("fullDescription")) << "each of its names has a reason of its own";
  EXPECT_EQ(english[1]["shortDescription"]["text"], "Memory that is allocated and freed by hand");
  EXPECT_EQ(english[1]["fullDescription"]["text"],
            "Memory that is allocated and freed by hand: manages memory by hand; use std::make_unique or a "
            "container");
  EXPECT_EQ(english[2]["shortDescription"]["text"], "What the norm does not allow in a solution");
  const Json french = Json::parse(
      report_of("sarif", graded, {.language = Language::french}))["runs"][0]["tool"]["driver"]["rules"];
  EXPECT_EQ(french[1]["shortDescription"]["text"], "La mémoire allouée et libérée à la main");
}

TEST(Sarif, HasWarningsOfTheSolutionWhereItIs) {
  const Json run = sarif_of(graded_sample("warned"))["runs"][0];
  const Json& result = run["results"][0];
  EXPECT_EQ(result["ruleId"], "-Wunused-result");
  EXPECT_EQ(result["level"], "warning");
  EXPECT_EQ(result["message"]["text"], "ignoring return value");
  const Json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "toy.cpp") << "a file of another name is not the solution";
  EXPECT_EQ(place["region"], (Json{{"startLine", 2}, {"startColumn", 23}}));
}

TEST(Sarif, NamesTheSolutionByItsPath) {
  auto graded = graded_sample("warned");
  graded["implementation"] = "/exam/seat 7/a b/toy.cpp";
  EXPECT_EQ(
      sarif_of(
          graded)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
      "file:///exam/seat%207/a%20b/toy.cpp");
}

TEST(Sarif, HasTheLinesThatTheExplorerNames) {
  auto graded = graded_sample("fails");
  graded["tests"][1]["finding"] = "data race";
  graded["tests"][1]["where"] = {"toy.cpp:25", "no line", "toy.cpp:"};
  const Json result = sarif_of(graded)["runs"][0]["results"][0];
  EXPECT_EQ(result["ruleId"], "data-race");
  ASSERT_EQ(result["locations"].size(), 1U);
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 25);
  graded["tests"][1]["visible"] = false;
  EXPECT_TRUE(sarif_of(graded)["runs"][0]["results"].empty());
}

}  // namespace
}  // namespace corokit::moulinette
