// What the formats say that are one file of results for a solution.
#include "testing/graded_samples.hpp"

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

Json json_of(const std::string& format, const std::string& sample, const PlatformOptions& options = {}) {
  return Json::parse(report_of(format, graded_sample(sample), options));
}

bool has(const Json& text, const std::string& part) {
  return text.get<std::string>().find(part) != std::string::npos;
}

TEST(Gradescope, HasTheScoreOfEachTest) {
  const Json results = json_of("gradescope", "fails");
  EXPECT_FALSE(results.contains("score")) << "it is the sum of the tests";
  ASSERT_EQ(results["tests"].size(), 2U);
  const Json& adds = results["tests"][0];
  EXPECT_EQ(adds["name"], "adds");
  EXPECT_EQ(adds["score"], 60);
  EXPECT_EQ(adds["max_score"], 60);
  EXPECT_EQ(adds["status"], "passed");
  EXPECT_EQ(adds["visibility"], "visible");
  const Json& counts = results["tests"][1];
  EXPECT_EQ(counts["score"], 0);
  EXPECT_EQ(counts["status"], "failed");
  for (const char* part :
       {"failed: 5 is counted as 6", "The solution prints:\nI count", "./moulinette replay toy/counts/3"})
    EXPECT_TRUE(has(counts["output"], part)) << counts;
  EXPECT_TRUE(has(results["output"], "60 of 100 points: failed (70 are needed to pass).")) << results;
  EXPECT_FALSE(results.contains("execution_time"));
}

TEST(Gradescope, HidesAHiddenTestAndTellsThePointsOfTheOthers) {
  const Json results = json_of("gradescope", "hidden");
  EXPECT_EQ(results["tests"][0]["visibility"], "visible");
  EXPECT_EQ(results["tests"][1]["visibility"], "after_published");
  EXPECT_TRUE(has(results["tests"][1]["output"], "5 is counted as 6")) << "shown once it is published";
  EXPECT_TRUE(has(results["output"], "60 of 60 points are for the tests that you can see.")) << results;
  EXPECT_FALSE(has(results["output"], "of 100 points")) << "which would say how the hidden one ended";
  EXPECT_EQ(results["stdout_visibility"], "hidden");
  EXPECT_EQ(json_of("gradescope", "hidden", {.release = true})["tests"][1]["visibility"], "visible");
}

TEST(Gradescope, SaysWhyNothingWasRun) {
  EXPECT_TRUE(
      has(json_of("gradescope", "refused")["output"], "line 12: std::mutex: a lock blocks the thread"));
  const Json broken = json_of("gradescope", "does_not_compile");
  EXPECT_TRUE(has(broken["output"], "The file does not compile:\ntoy.cpp:3:1: error: 'x' was not declared"));
  EXPECT_EQ(broken["tests"][0]["score"], 0);
  EXPECT_TRUE(has(broken["tests"][0]["output"], "The tests were not run."));
}

TEST(Gradescope, KeepsColoursAndNoOtherSequence) {
  const Json output = json_of("gradescope", "hostile")["tests"][0]["output"];
  EXPECT_TRUE(has(output, "\x1b[31mred"));
  EXPECT_TRUE(has(output, "\x1b[0m"));
  EXPECT_FALSE(has(output, "\x1b[2J"));
}

TEST(Gradescope, HasTheTimeThatTheRunTook) {
  auto graded = graded_sample("passes");
  graded["seconds"] = 1.5;
  EXPECT_EQ(Json::parse(report_of("gradescope", graded))["execution_time"], 1.5);
}

TEST(Autolab, HasTheScoresInTheLastLine) {
  const std::string text = report_of("autolab", graded_sample("fails"));
  EXPECT_TRUE(text.ends_with("\n{\"scores\":{\"adds\":60,\"counts\":0}}\n")) << text;
  EXPECT_NE(text.find(R"("counts":{"passed":false,"hint":"failed: 5 is counted as 6"})"), std::string::npos)
      << text;
  EXPECT_NE(text.find("\ncounts  0/40\n"), std::string::npos) << text;
  const std::string broken = report_of("autolab", graded_sample("does_not_compile"));
  EXPECT_NE(broken.find(R"("Build":{"compiles":{"passed":false,"hint":"The file does not compile:)"),
            std::string::npos)
      << broken;
}

TEST(PrairieLearn, HasTheScoreFromZeroToOne) {
  const Json results = json_of("prairielearn", "fails");
  EXPECT_EQ(results["gradable"], true);
  EXPECT_DOUBLE_EQ(results["score"].get<double>(), 0.6);
  EXPECT_EQ(results["tests"][1]["points"], 0);
  EXPECT_EQ(results["tests"][1]["max_points"], 40);
  EXPECT_TRUE(has(results["tests"][1]["message"], "5 is counted as 6"));
  EXPECT_EQ(results["tests"][1]["output"], "I count\n");
}

TEST(PrairieLearn, AnAttemptThatDoesNotCompileIsNotCountedAndARefusedOneIs) {
  const Json broken = json_of("prairielearn", "does_not_compile");
  EXPECT_EQ(broken["gradable"], false);
  EXPECT_TRUE(has(broken["format_errors"][0], "'x' was not declared"));
  const Json refused = json_of("prairielearn", "refused");
  EXPECT_EQ(refused["gradable"], true);
  EXPECT_EQ(refused["score"], 0.0);
  EXPECT_TRUE(has(refused["message"], "std::mutex"));
}

TEST(Exercism, PassesWhereAllTestsDo) {
  EXPECT_EQ(json_of("exercism", "passes")["status"], "pass");
  EXPECT_EQ(json_of("exercism", "passes")["tests"][0]["message"], nullptr);
  const Json fails = json_of("exercism", "fails");
  EXPECT_EQ(fails["version"], 3);
  EXPECT_EQ(fails["status"], "fail");
  EXPECT_EQ(fails["message"], nullptr);
  EXPECT_EQ(fails["tests"][1]["status"], "fail");
  EXPECT_TRUE(has(fails["tests"][1]["test_code"], "// ")) << "what it checks";
  EXPECT_EQ(json_of("exercism", "hangs")["tests"][0]["status"], "error");
}

TEST(Exercism, IsAnErrorWhereNoTestWasRun) {
  const Json broken = json_of("exercism", "does_not_compile");
  EXPECT_EQ(broken["status"], "error");
  EXPECT_TRUE(has(broken["message"], "'x' was not declared"));
  EXPECT_EQ(json_of("exercism", "refused")["status"], "error");
}

TEST(Exercism, CutsTheOutputAndSaysSo) {
  EXPECT_TRUE(has(json_of("exercism", "hostile")["tests"][0]["output"], "Please limit to 500 chars"));
}

TEST(Classroom, HasTheScoresThatTheReporterAddsUp) {
  const std::string packed = report_of("classroom", graded_sample("fails"));
  const Json results = Json::parse(shell("echo '" + packed + "' | base64 -d").output);
  EXPECT_EQ(results["status"], "fail");
  EXPECT_EQ(results["max_score"], 100);
  EXPECT_EQ(results["tests"][0]["score"], 60);
  EXPECT_EQ(results["tests"][0]["status"], "pass");
  EXPECT_EQ(results["tests"][1]["score"], 0);
  EXPECT_TRUE(has(results["tests"][1]["message"], "5 is counted as 6"));
}

/// Whoever judges a report knows how far its sandbox and its norm reached. Exercism, where tests were run, and GitHub Classroom
/// have no place for it.
TEST(Conditions, AreNamed) {
  nlohmann::ordered_json graded = graded_sample("fails");
  graded["sandbox"] = {{"level", "filtered"}, {"remains", "A hostile file can read what you can read."}};
  graded["norm_note"] = "Its syntax was not read.";
  for (const char* format : {"gradescope", "autolab", "prairielearn"}) {
    const std::string text = report_of(format, graded);
    for (const char* part :
         {"Sandbox: filtered. A hostile file can read", "Norm: tokens. Its syntax was not read."})
      EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(report_of(format, graded, {.language = Language::french}).find("Norme : tokens."),
              std::string::npos);
  }
  for (const char* format : {"junit", "sarif"})
    for (const char* part : {"filtered", "tokens"})
      EXPECT_NE(report_of(format, graded).find(part), std::string::npos) << report_of(format, graded);
  graded = graded_sample("refused");
  graded["sandbox"] = {{"level", "full"}, {"remains", "It owns nothing."}};
  const std::string refused = Json::parse(report_of("exercism", graded))["message"];
  EXPECT_NE(refused.find("Sandbox: full.\n"), std::string::npos) << refused;
}

/// What shows all that it has must not have what a hidden test finds, unless that is released.
TEST(WithheldTests, AreWithheldWhereThePlatformCannotHideThem) {
  for (const char* format : {"autolab", "prairielearn", "exercism", "junit"}) {
    const std::string text = report_of(format, graded_sample("hidden"));
    EXPECT_EQ(text.find("5 is counted as 6"), std::string::npos) << text;
    EXPECT_EQ(text.find("I count"), std::string::npos) << text;
    EXPECT_EQ(text.find("toy/counts/3"), std::string::npos) << text;
    EXPECT_NE(text.find("This test is hidden"), std::string::npos) << text;
    const std::string released = report_of(format, graded_sample("hidden"), {.release = true});
    EXPECT_NE(released.find("5 is counted as 6"), std::string::npos) << released;
  }
}

/// A student's feedback on a hidden test has its points alone, so there is nothing to release.
TEST(WithheldTests, OfWhichNothingIsLeftAreSaidToBeHidden) {
  nlohmann::ordered_json feedback = graded_sample("hidden");
  for (const char* key : {"part", "what", "message", "output", "replay", "drawing"})
    feedback["tests"][1][key] = "";
  feedback["tests"][1]["where"] = nlohmann::ordered_json::array();
  for (const bool release : {false, true}) {
    const std::string text = report_of("gradescope", feedback, {.release = release});
    EXPECT_EQ(text.find("failed: \""), std::string::npos) << text;
    EXPECT_NE(text.find("This test is hidden"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace corokit::moulinette
