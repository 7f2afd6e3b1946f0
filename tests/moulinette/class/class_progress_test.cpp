#include "class/class_progress.hpp"

#include "class/known_mistakes.hpp"
#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

TEST(ClassProgress, AppendsEventsWithTheirTime) {
  const Workspace workspace;
  const std::filesystem::path file = workspace.path() / "events.jsonl";
  write_text(file, "{\"event\": \"before\"}\n");
  {
    ClassProgress progress(file, false, 3);
    progress.take({{"event", "started"}, {"file", "a"}});
    progress.take({{"event", "graded"}, {"file", "a"}});
    progress.take({{"event", "known"}, {"file", "b"}});
    progress.take({{"event", "failed"}, {"file", "c"}});
    EXPECT_EQ(progress.graded(), 1U);
    EXPECT_EQ(progress.known(), 1U);
    EXPECT_EQ(progress.failed(), 1U);
  }
  std::istringstream lines(read_text(file));
  std::vector<Json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(Json::parse(line));
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[1]["event"], "started");
  EXPECT_EQ(events[1]["time"].get<std::string>().size(), std::string("2026-05-01T10:00:00.000Z").size());
}

TEST(ClassProgress, NeedsAFileThatCanBeWritten) {
  EXPECT_THROW(ClassProgress("/nonexistent/events.jsonl", false, 1), Error);
  try {
    ClassProgress("/dev/full", false, 1).take({{"event", "begin"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("Make room there"), std::string::npos) << error.what();
  }
}

TEST(ClassProgress, ShowsThatTheKitsMistakesArePlayedAndCountsThemIn) {
  const Workspace workspace;
  ClassProgress progress(workspace.path() / "events.jsonl", false, 1, 2);
  progress.take({{"event", "graded"}, {"file", "a"}});
  const milliseconds passed(10'000);
  const std::string playing = "playing the kit's wrong solutions, to compare with them: ";
  EXPECT_EQ(progress.line_on({{"event", "graded"}, {"file", "a"}}, passed), "[1/1] 0:20 left a");
  EXPECT_EQ(progress.line_on({{"event", "comparing"}}, passed), "[1/1] 0:20 left " + playing + "0 of 2");
  progress.take({{"event", "compared"}, {"mistake", "m"}});
  EXPECT_EQ(progress.line_on({{"event", "compared"}}, passed), "[1/1] 0:05 left " + playing + "1 of 2");
  EXPECT_EQ(progress.line_on({{"event", "end"}}, passed), "");
}

TEST(ClassProgress, SaysHowLongTheRestTakes) {
  EXPECT_EQ(ClassProgress::time_left(milliseconds(0), 0, 200), "");
  EXPECT_EQ(ClassProgress::time_left(milliseconds(10'000), 20, 180), "1:30 left");
  EXPECT_EQ(ClassProgress::time_left(milliseconds(1000), 3, 10), "0:04 left");
}

Json graded(const std::string& part, const std::string& outcome, const std::string& message) {
  return {{"tests", {{{"outcome", outcome}, {"part", part}, {"message", message}}}}};
}

TEST(KnownMistakes, AreAlikeWithoutTheirNumbers) {
  EXPECT_EQ(failures_of(graded("counts", "failed", "expected 12, got 7")),
            failures_of(graded("counts", "failed", "expected 3, got 1000")));
  EXPECT_NE(failures_of(graded("counts", "failed", "expected 12, got 7")),
            failures_of(graded("edge_nothing", "failed", "expected 12, got 7")));
  EXPECT_EQ(
      failures_of(graded("fuzz_limit", "failed", "too many at once: limit 3; tasks: #0 5 ms, #1 throws")),
      failures_of(graded("fuzz_limit", "failed", "too many at once: limit 1; tasks: #0 1 ms")))
      << "a scenario may have been made short";
  EXPECT_TRUE(failures_of(graded("", "passed", "")).empty());
}

TEST(KnownMistakes, TheNearestFailsMostAlike) {
  const std::vector<KnownMistake> mistakes{{"one", {"a", "b"}}, {"two", {"a", "b", "c"}}, {"none", {}}};
  EXPECT_EQ(nearest({"a", "b", "c"}, mistakes), "two");
  EXPECT_EQ(nearest({"a", "b"}, mistakes), "one");
  EXPECT_EQ(nearest({"a", "x"}, mistakes), "");
  EXPECT_EQ(nearest({}, mistakes), "");
}

}  // namespace
}  // namespace corokit::moulinette
