#include "class/class_result.hpp"

#include "error.hpp"
#include "exercise/schema.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

ClassResult full_class() {
  const Moment deadline = moment_of("2026-05-01T21:59:00Z");
  StudentResult ann;
  ann.id = "ann";
  ann.name = "Ann Ä";
  ann.group = "2";
  ann.language = "fr";
  ann.deadline = deadline + std::chrono::hours(24);
  ann.verdict = "passed";
  ann.earned = 100;
  ann.score = 90;
  ann.tests = {{60, "passed", ""}, {40, "crashed", "edge_nothing"}};
  ann.norm = {"sleep"};
  ann.warnings = 2;
  ann.nearest = "mutant_off_by_one";
  ann.same_as = {"bob"};
  ann.similar = {{"cho", 80, "similar/ann_cho.html"}};
  ann.notes = {"There are two files."};
  ann.attempts = {
      {"ann/toy.cpp", "abc", deadline, "file", std::chrono::seconds(30), "passed", "", 100, 90, true},
      {"ann/toy.jpg", "", {}, "", {}, "unusable", "It is no source.", 0, 0, false}};
  StudentResult bob;
  bob.id = "bob";
  bob.language = "en";
  bob.in_roster = false;
  return {.exercise = "toy",
          .title = "A toy",
          .pass = 70,
          .max_score = 100,
          .tests = {{"adds", "the sum", 60, true}, {"counts", "to n", 40, false}},
          .deadline = deadline,
          .late_rule = "10%/day",
          .counting = "best",
          .released = true,
          .graded_at = deadline,
          .seed = 7,
          .sandbox = "bubblewrap",
          .grader = "1.0",
          .shard = "1/2",
          .problems = {"x.zip was skipped."},
          .students = {ann, bob}};
}

TEST(ClassResult, IsReadAsItWasWritten) {
  const Workspace folder;
  write_class(folder.path(), full_class());
  EXPECT_EQ(to_json(read_class(folder.path())).dump(1), to_json(full_class()).dump(1));
}

TEST(ClassResult, HasAnAttemptThatCounts) {
  const ClassResult result = full_class();
  ASSERT_TRUE(result.students[0].counting());
  EXPECT_EQ(result.students[0].counting()->file, "ann/toy.cpp");
  EXPECT_FALSE(result.students[1].counting());
}

TEST(ClassResult, OfAnotherVersionIsNotRead) {
  const Workspace folder;
  auto json = to_json(full_class());
  json["schema_version"] = 2;
  write_text(folder.path() / "class.json", json.dump());
  EXPECT_THROW(read_class(folder.path()), Error);
}

TEST(ClassResult, IsCheckedAgainstItsSchema) {
  const Workspace folder;
  auto json = to_json(full_class());
  json["students"][0]["verdict"] = "splendid";
  write_text(folder.path() / "class.json", json.dump());
  try {
    read_class(folder.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("students[0]"), std::string::npos) << error.what();
  }
}

TEST(Moment, IsTextInUtc) {
  EXPECT_EQ(text_of(Moment(std::chrono::seconds(1'777'672'740))), "2026-05-01T21:59:00Z");
  EXPECT_EQ(moment_of("2026-05-01T21:59:00Z").time_since_epoch().count(), 1'777'672'740);
  for (const char* text : {"", "2026-05-01", "2026-05-01T21:59:00", "2026-05-01T21:59:00Zx"})
    EXPECT_THROW(moment_of(text), Error) << text;
}

TEST(HiddenTests, SayNothingToStudents) {
  auto graded = nlohmann::ordered_json::parse(R"({"nearest": {"name": "mutant_off_by_one"}, "tests": [
    {"name": "adds", "points": 60, "max_points": 60, "outcome": "passed", "message": "open"},
    {"name": "counts", "points": 0, "max_points": 40, "outcome": "crashed", "part": "edge_nothing",
     "message": "secret", "timeline": [{"task": "secret"}], "output": "secret", "drawing": "secret"}],
    "score": 60, "max_score": 100, "pass": 70, "verdict": "failed", "passed": false, "late": {"minutes": 3, "score": 54},
    "checks": [{"name": "asan", "outcome": "found", "test": "counts", "message": "secret"},
               {"name": "tsan", "outcome": "found", "test": "adds", "message": "open"}]})");
  const auto seen = without_hidden(graded, full_class().tests);
  EXPECT_EQ(seen["tests"].size(), 1U);
  EXPECT_EQ(seen["tests"][0], graded["tests"][0]);
  EXPECT_EQ(seen["checks"].size(), 1U);
  EXPECT_EQ(seen["checks"][0], graded["checks"][1]);
  EXPECT_EQ(seen["withheld"], 40);
  EXPECT_EQ(seen["max_score"], 60);
  EXPECT_EQ(seen["pass"], 42);
  EXPECT_EQ(seen["verdict"], "passed") << "by what is left";
  for (const char* secret : {"secret", "edge_nothing", "counts", "crashed", "mutant", "54"})
    EXPECT_EQ(seen.dump().find(secret), std::string::npos) << secret;
  graded["tests"][1]["points"] = 40;
  graded["tests"][1]["outcome"] = "passed";
  graded["score"] = 100;
  graded["verdict"] = "passed";
  graded["passed"] = true;
  graded["checks"].erase(0);
  EXPECT_EQ(without_hidden(graded, full_class().tests), seen) << "how a hidden test ends makes no difference";
}

TEST(HiddenTests, WithholdNothingWhereThereAreNone) {
  const auto graded = nlohmann::ordered_json::parse(R"({"nearest": {"name": "mutant_off_by_one"}, "score": 60,
    "tests": [{"name": "adds", "points": 60, "max_points": 60}]})");
  EXPECT_EQ(without_hidden(graded, full_class().tests), graded);
}

}  // namespace
}  // namespace corokit::moulinette
