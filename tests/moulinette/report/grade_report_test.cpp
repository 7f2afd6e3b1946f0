#include "report/grade_report.hpp"

#include "report/hints.hpp"
#include "report/json_report.hpp"
#include "report/timeline_table.hpp"
#include "testing/support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <cstdlib>

namespace corokit::moulinette {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFound = "the count: expected 3, got 4 (in schedule 7)";

TestRun passed() {
  return {.outcome = Outcome::passed,
          .message = {},
          .schedules = 21,
          .seed = {},
          .part = {},
          .timeline = {},
          .output = {},
          .replayed = {}};
}
TestRun failed(const std::string& part) {
  return {.outcome = Outcome::failed,
          .message = kFound,
          .schedules = 7,
          .seed = 7,
          .part = part,
          .timeline = {{0ms, "task 0", "started"}, {0ms, "task 1", "started"}, {20ms, "task 0", "ended"}},
          .output = {},
          .replayed = {}};
}

/// The toy's report, in a state folder of its own.
class GradeReport : public testing::Test {
 protected:
  GradeReport() { setenv("XDG_STATE_HOME", state_.path().c_str(), 1); }
  ~GradeReport() override { unsetenv("XDG_STATE_HOME"); }

  std::string text(const Graded& graded, const std::optional<Hint>& hint = {}) const {
    Interrupt interrupt;
    const Session session(load_kit(TOY_KIT).front(), {}, interrupt);
    return grade_report(graded, session, hint);
  }

  static Graded graded(TestRun adds, TestRun counts) {
    return score(toy_spec(), "mine.cpp", {std::move(adds), std::move(counts)}, {});
  }

  std::string next_hint(const Graded& graded, std::optional<std::size_t> asked = {}) const {
    const std::optional<Hint> hint = take_hint(graded, toy_spec(), asked);
    return hint ? fmt::format("{}/{} {}", hint->number, hint->of, hint->text) : "none";
  }

  Workspace state_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

TEST_F(GradeReport, ShowsTheFirstFailureInFullAndTheOthersOnALineEach) {
  const std::string report = text(graded(failed("adds"), failed("edge_nothing")));
  EXPECT_TRUE(report.starts_with(
      "toy  mine.cpp\n"
      "\n"
      "  failed        adds     0 / 60\n"
      "  failed        counts   0 / 40   edge_nothing: the count: expected 3, got 4 (in schedule 7)\n"
      "  the schedules of --seed 1\n"
      "\n"
      "adds: failed\n"
      "  checks     the sum of two numbers\n"
      "  found      the count: expected 3, got 4 (in schedule 7)\n"
      "  timeline   of that schedule, in virtual time\n"
      "            0 ms  tasks 0, 1 started\n"
      "           20 ms  task 0 ended\n"
      "  again      ./moulinette grade toy mine.cpp --test adds --schedule 7\n"
      "  a hint     ./moulinette grade toy mine.cpp --hint\n"
      "\n"))
      << report;
  EXPECT_TRUE(report.ends_with("/exercise/subject.md\nScore 0/100: not passed (70 are needed)\n")) << report;
}

TEST_F(GradeReport, NamesThePartThatBroke) {
  const std::string report = text(graded(passed(), failed("edge_nothing")));
  EXPECT_NE(report.find("counts, edge_nothing: failed\n  checks     counting to 0\n"), std::string::npos)
      << report;
  EXPECT_EQ(count(report, kFound), 1U) << report;
}

TEST_F(GradeReport, CutsLongLinesOfTheOthers) {
  TestRun other = failed("counts");
  other.message = std::string(500, 'x') + "é";
  const std::string report = text(graded(failed("adds"), other));
  EXPECT_NE(report.find("xx…\n"), std::string::npos) << report;
  EXPECT_EQ(report.find(std::string(100, 'x')), std::string::npos) << report;
}

TEST_F(GradeReport, GivesNoHintUnlessAsked) {
  const Graded failing = graded(failed("adds"), failed("counts"));
  for (const TestSpec& test : toy_spec().tests)
    for (const std::string& hint : test.hints) EXPECT_EQ(text(failing).find(hint), std::string::npos) << hint;
  const std::string report = text(failing, take_hint(failing, toy_spec(), {}));
  EXPECT_NE(report.find("  hint       there is an operator for that (1 of 2)\n"), std::string::npos)
      << report;
  EXPECT_EQ(report.find("--hint"), std::string::npos) << report;
}

TEST_F(GradeReport, GivesTheNextHintWhenAskedAgain) {
  const Graded failing = graded(failed("adds"), passed());
  EXPECT_EQ(next_hint(failing), "1/2 there is an operator for that");
  EXPECT_EQ(next_hint(failing), "2/2 a + b");
  EXPECT_EQ(next_hint(failing), "2/2 a + b");
  EXPECT_EQ(next_hint(failing, 1), "1/2 there is an operator for that");
  EXPECT_EQ(next_hint(failing), "2/2 a + b");
  EXPECT_EQ(next_hint(failing, 99), "2/2 a + b");
  EXPECT_EQ(next_hint(graded(passed(), failed("edge_nothing"))),
            "1/2 the trap: a loop that always runs once");
  EXPECT_EQ(next_hint(graded(passed(), passed())), "none");
}

TEST_F(GradeReport, GivesHintsWithoutAFolderForThem) {
  setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
  const Graded failing = graded(failed("adds"), passed());
  EXPECT_EQ(next_hint(failing), "1/2 there is an operator for that");
  EXPECT_EQ(next_hint(failing, 2), "2/2 a + b");
}

TEST_F(GradeReport, ShowsWarningsOfAFileThatCompiles) {
  Graded warned = graded(passed(), passed());
  for (int i = 1; i <= 40; ++i) warned.compiler += fmt::format("mine.cpp:{}: warning: ignoring\n", i);
  const std::string report = text(warned);
  EXPECT_NE(report.find("mine.cpp:1: warning: ignoring\n"), std::string::npos) << report;
  EXPECT_NE(report.find("… and 28 lines more, which --json shows\n"), std::string::npos) << report;
  EXPECT_EQ(to_json(warned)["compiler"], warned.compiler);
}

TEST_F(GradeReport, OfARefusedFileSaysWhyAndNothingElse) {
  const Graded refused = score(toy_spec(), "mine.cpp", {failed("adds"), passed()},
                               {.findings = {{.symbol = "fork", .why = "starts a process", .line = 3}}});
  const std::string report = text(refused, take_hint(refused, toy_spec(), {}));
  EXPECT_TRUE(report.starts_with("toy  mine.cpp\n\nrefused: line 3: fork: starts a process\n\nrefused: "))
      << report;
  EXPECT_TRUE(report.ends_with("\nScore 0/100. Do without what is named above, then grade again.\n"))
      << report;
  EXPECT_EQ(count(report, "\n"), 6U) << report;
}

TEST_F(GradeReport, OfACrashOffersASanitizer) {
  TestRun run = failed("adds");
  EXPECT_EQ(text(graded(run, passed())).find("--asan"), std::string::npos);
  run.outcome = Outcome::crashed;
  EXPECT_EQ(count(text(graded(run, passed())), "  its line   ./moulinette grade toy mine.cpp --asan\n"), 1U);
}

TEST_F(GradeReport, RepeatsTheSanitizer) {
  Interrupt interrupt;
  Session session(load_kit(TOY_KIT).front(), {}, interrupt);
  Selection selection;
  selection.sanitizer = "--asan";
  session.manifest.sanitized = true;
  session.select(selection);
  TestRun run = failed("adds");
  run.outcome = Outcome::crashed;
  run.replayed.emplace();
  run.replayed->outcome = Outcome::crashed;
  run.replayed->moves = "4.1";
  const std::string report = grade_report(graded(run, passed()), session, {});
  EXPECT_NE(report.find("./moulinette replay toy/adds/7/4.1 mine.cpp --asan\n"), std::string::npos) << report;
  EXPECT_EQ(report.find("its line"), std::string::npos) << report;
  EXPECT_NE(report.find("./moulinette grade toy mine.cpp --asan --test adds --schedule 7\n"),
            std::string::npos)
      << report;
}

TEST_F(GradeReport, TellsHowToPlayTheThreadPoolAgain) {
  TestRun run = failed("adds");
  run.seed = {};
  Graded failing = graded(run, passed());
  failing.seed = 42;
  EXPECT_NE(text(failing).find("--test adds --schedule 0 --seed 42\n"), std::string::npos);
  failing.implementation = "it's mine.cpp";
  EXPECT_NE(text(failing).find("grade toy 'it'\\''s mine.cpp' --test"), std::string::npos);
}

TEST(TimelineTable, LeavesOutTheMiddleOfALongOne) {
  std::vector<TimelineEvent> events;
  for (int i = 0; i < 100; ++i) events.push_back({i * 1500us, "task 1", fmt::format("event {}", i)});
  const std::string table = timeline_table(events, 25, Language::english);
  EXPECT_EQ(count(table, "\n"), 25U);
  EXPECT_NE(table.find("        1.5 ms  task 1 event 1\n"), std::string::npos) << table;
  EXPECT_NE(table.find("76 lines are left out"), std::string::npos) << table;
  EXPECT_TRUE(table.ends_with("event 99\n")) << table;
}

TEST(TimelineTable, GroupsTasksToWhichTheSameHappenedAtOnce) {
  EXPECT_EQ(timeline_table({{0ms, "task 2", "waited"},
                            {0ms, "task 0", "waited"},
                            {0ms, "test", "waited"},
                            {5ms, "task 3", "waited"},
                            {5ms, "task 3", "started"},
                            {7ms, "task 3", "waited"},
                            {7ms, "run 2: task 0", "waited"},
                            {7ms, "run 2: task 1", "waited"},
                            {9ms, "", "… 3 events"}},
                           24, Language::english),
            "            0 ms  tasks 2, 0 waited\n"
            "            0 ms  test waited\n"
            "            5 ms  task 3 waited\n"
            "            5 ms  task 3 started\n"
            "            7 ms  task 3 waited\n"
            "            7 ms  run 2: tasks 0, 1 waited\n"
            "            9 ms  … 3 events\n");
}

TEST(TimelineTable, NamesTheRunWhereThereAreSeveral) {
  std::vector<TimelineEvent> events{{0ms, "run 1", "began"}, {0ms, "run 1: task 0", "started"}};
  EXPECT_EQ(timeline_table(events, 24, Language::english),
            "            0 ms  run 1 began\n"
            "            0 ms  task 0 started\n");
  events.push_back({0ms, "run 2: task 0", "started"});
  EXPECT_EQ(timeline_table(events, 24, Language::english),
            "            0 ms  run 1 began\n"
            "            0 ms  run 1: task 0 started\n"
            "            0 ms  run 2: task 0 started\n");
}

TEST(JsonReport, HasTheTimeline) {
  const auto json = to_json(score(toy_spec(), "x", {failed("adds"), passed()}, {}));
  const auto& test = json["tests"][0];
  EXPECT_EQ(test["schedule"], 7);
  EXPECT_EQ(test["timeline"][2],
            nlohmann::ordered_json({{"nanoseconds", 20'000'000}, {"task", "task 0"}, {"event", "ended"}}));
  EXPECT_EQ(json["tests"][1]["timeline"].size(), 0U);
}

}  // namespace
}  // namespace corokit::moulinette
