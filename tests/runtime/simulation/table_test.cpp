// What a table says, on small recordings. How it looks: golden files of tests/explorer/drawing/.
#include <simulation/repetitions.hpp>
#include <simulation/table.hpp>
#include <simulation/terminal_text.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <sstream>
#include <string>

namespace corokit::explorer {
namespace {

/// A recording with a lane for each letter and a step for each character of the schedule: "aab" are two of lane a.
Recording recording_of(const std::string& schedule) {
  Recording recording;
  for (const char who : schedule) {
    const auto lane = static_cast<std::size_t>(who - 'a');
    while (recording.lanes.size() <= lane) {
      recording.lanes.push_back(std::string("lane ") + static_cast<char>('a' + recording.lanes.size()));
    }
    const bool goes_on = recording.steps.empty() || recording.steps.back().lane == lane;
    recording.steps.push_back({lane, 0, "file.cpp:1", "x = y;", "moves", goes_on ? "" : "taken off", {}});
  }
  return recording;
}

/// Returns: the stretches as text: "ab*3 c" for ab, three more times, and c.
std::string folded(const Recording& recording) {
  std::string text;
  for (const Stretch& stretch : fold_repetitions(recording)) {
    if (!text.empty()) text += ' ';
    for (std::size_t i = 0; i < stretch.count; ++i) {
      text += static_cast<char>('a' + recording.steps[stretch.first + i].lane);
    }
    if (stretch.more > 0) text += "*" + std::to_string(stretch.more);
  }
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Repetitions, AreFolded) {
  EXPECT_EQ(folded(recording_of("")), "");
  EXPECT_EQ(folded(recording_of("abc")), "a b c");
  EXPECT_EQ(folded(recording_of("caaaac")), "c a*3 c");
  EXPECT_EQ(folded(recording_of("ccabababd")), "c*1 ab*2 d");
  EXPECT_EQ(folded(recording_of("aabaabaab")), "aab*2");
}

TEST(Repetitions, MayDifferInTheNumbersOfSteps) {
  Recording recording = recording_of("aaaa");
  for (std::size_t i = 0; i < 4; ++i)
    recording.steps[i].operation = "saw 1 (main, step " + std::to_string(9 + i) + ")";
  EXPECT_EQ(folded(recording), "a*3");
  recording.steps[2].operation = "saw 2 (main, step 11)";
  EXPECT_EQ(folded(recording), "a*1 a a");
  recording.steps[2].operation = "saw 1 (main, step 11), step";
  EXPECT_EQ(folded(recording), "a*1 a a");
}

TEST(Repetitions, AreNotWhereAValueDiffers) {
  Recording recording = recording_of("aaaa");
  recording.steps[2].operation = "moves on";
  EXPECT_EQ(folded(recording), "a*1 a a");
  recording.steps[2].operation = "moves";
  recording.steps[2].values = {{"x", "1"}};
  EXPECT_EQ(folded(recording), "a*1 a a");
}

TEST(Repetitions, KeepTheStepsThatTheFindingIsAbout) {
  Recording recording = recording_of("aaaaaa");
  recording.broken_at = {2, 5};
  EXPECT_EQ(folded(recording), "a*1 a a*1 a");
}

TEST(Repetitions, EndWhereStepsAreLeftOut) {
  Recording recording = recording_of("aaaa");
  recording.left_out = 10;
  recording.left_out_at = 2;
  EXPECT_EQ(folded(recording), "a*1 a*1");
}

TEST(Table, SaysHowOftenStepsRepeat) {
  EXPECT_TRUE(has(draw_table(recording_of("baaaa")), "(3 more times)"));
  EXPECT_TRUE(has(draw_table(recording_of("baac")), "(1 more time)"));
  EXPECT_TRUE(has(draw_table(recording_of("abababab")), "(these 2 steps 3 more times)"));
}

TEST(Table, CountsStepsThatAreNotShown) {
  Recording recording = recording_of("aabab");
  recording.left_out = 1000;
  recording.left_out_at = 3;
  const std::string table = draw_table(recording);
  EXPECT_TRUE(has(table, "1000 steps are left out")) << table;
  EXPECT_TRUE(has(table, "  1004 │")) << table;
}

TEST(Table, LeavesTheMiddleOut) {
  Recording recording = recording_of(std::string(1000, 'a'));
  for (std::size_t i = 0; i < 1000; ++i) recording.steps[i].operation = "saw " + std::to_string(i) + ";";
  recording.broken_at = {500};
  const std::string table = draw_table(recording, {.steps = 40});
  EXPECT_TRUE(has(table, "saw 9;")) << table;
  EXPECT_FALSE(has(table, "saw 10;")) << table;
  EXPECT_TRUE(has(table, "490 steps are left out")) << table;
  EXPECT_TRUE(has(table, "!  500 │")) << table;
  EXPECT_TRUE(has(table, "469 steps are left out")) << table;
  EXPECT_TRUE(has(table, "saw 970;")) << table;
}

TEST(Table, FitsTheWidth) {
  for (const std::string schedule : {"ab", "abc", "abcd", "abcdefghijkl"}) {
    Recording recording = recording_of(schedule);
    for (Recording::Step& step : recording.steps)
      step.source = std::string(60, 'x') + " " + std::string(60, 'y');
    recording.finding = std::string(50, 'z') + " " + std::string(150, 'z');
    for (const std::size_t width : {60U, 80U, 100U, 200U}) {
      std::istringstream lines(draw_table(recording, {width, false}));
      for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), width) << line;
    }
  }
}

TEST(Table, IsAListWhereThereAreManyLanes) {
  EXPECT_TRUE(has(draw_table(recording_of("abcd"), {100, false}), "step │ lane a"));
  EXPECT_TRUE(has(draw_table(recording_of("abcdef"), {100, false}), "step │ who"));
}

TEST(Table, NamesLanesThatTookNoStep) {
  EXPECT_TRUE(has(draw_table(recording_of("ac")), "Without a step: lane b"));
}

TEST(Table, HasColourOnlyWhenAsked) {
  Recording recording = recording_of("ab");
  recording.finding = "it broke";
  EXPECT_FALSE(has(draw_table(recording, {100, false}), "\x1b["));
  EXPECT_TRUE(has(draw_table(recording, {100, true}), "\x1b[1;31mit broke\x1b[0m"));
}

TEST(Table, SaysWhyALaneStoppedUnlessItsStepDoes) {
  Recording recording = recording_of("ab");
  EXPECT_TRUE(has(draw_table(recording), "(taken off)"));
  recording.steps[0].operation = "waits in Mutex::lock";
  recording.steps[1].switched = "waits";
  EXPECT_FALSE(has(draw_table(recording), "(waits)"));
}

TEST(Table, ShowsTheValuesOfTasks) {
  Recording recording = recording_of("ab");
  recording.steps[0].values = {{"permits", "2"}, {"money", "100"}};
  recording.in_virtual_time = true;
  EXPECT_TRUE(has(draw_table(recording), "permits = 2, money = 100"));
}

TEST(Table, ShowsTimesWhereTheyMeanSomething) {
  Recording recording = recording_of("ab");
  recording.steps[1].time = 5'000'000;
  EXPECT_FALSE(has(draw_table(recording), "5 ms"));
  recording.in_virtual_time = true;
  EXPECT_TRUE(has(draw_table(recording), "5 ms"));
}

TEST(Table, BearsPlacesThatDoNotExist) {
  Recording recording = recording_of("ab");
  recording.steps[1].lane = 99;
  recording.broken_at = {77};
  recording.finding = "it broke";
  EXPECT_TRUE(has(draw_table(recording), "lane 99"));
}

}  // namespace
}  // namespace corokit::explorer
