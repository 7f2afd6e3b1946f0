// What a timeline says, on small recordings. How it looks: golden files of tests/explorer/drawing/.
#include <simulation/axis.hpp>
#include <simulation/terminal_text.hpp>
#include <simulation/timeline.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <sstream>
#include <string>

namespace corokit::explorer {
namespace {

using State = Recording::State;
constexpr std::int64_t kMs = 1'000'000;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Two tasks, of which the second waits for the first.
Recording two_tasks() {
  Recording recording;
  recording.in_virtual_time = true;
  recording.lanes = {"first", "second"};
  recording.spans = {{0, 0, 100 * kMs, State::running, "sleep"},
                     {1, 0, 100 * kMs, State::waiting, "Mutex::lock"},
                     {1, 100 * kMs, 200 * kMs, State::running, "sleep"}};
  return recording;
}

TEST(Timeline, DrawsHalvesAlike) {
  const std::string timeline = draw_timeline(two_tasks(), {.width = 80});
  std::size_t waits = 0;
  std::size_t runs = 0;
  for (std::size_t at = timeline.find("second"); timeline[at] != '\n'; ++at) {
    waits += timeline.compare(at, 3, "░") == 0 ? 1 : 0;
    runs += timeline.compare(at, 3, "█") == 0 ? 1 : 0;
  }
  EXPECT_GT(waits, 10U);
  EXPECT_LE(waits > runs ? waits - runs : runs - waits, 1U) << timeline;
}

TEST(Timeline, SaysHowLongAndForWhat) {
  const std::string timeline = draw_timeline(two_tasks());
  EXPECT_TRUE(has(timeline, "100 ms\n")) << timeline;
  EXPECT_TRUE(has(timeline, "200 ms; waits 100 ms: Mutex::lock\n")) << timeline;
}

TEST(Timeline, SaysWhoWaitsAtTheEnd) {
  Recording recording = two_tasks();
  recording.spans[2] = {1, 100 * kMs, 200 * kMs, State::waiting, "Mutex::lock"};
  EXPECT_TRUE(has(draw_timeline(recording), "waits since 100 ms: Mutex::lock"));
}

TEST(Timeline, ShowsWhatTakesNoTime) {
  Recording recording = two_tasks();
  recording.lanes.emplace_back("third");
  recording.spans.push_back({2, 50 * kMs, 50 * kMs, State::running, ""});
  EXPECT_TRUE(has(draw_timeline(recording), "| runs for a moment"));
}

/// Two tasks that do all at time 0; both wait at the end.
Recording all_at_once() {
  Recording recording;
  recording.in_virtual_time = true;
  recording.lanes = {"first", "second"};
  recording.steps = {{0, 0, "", "", "runs", "", {{"permits", "1"}}},
                     {0, 0, "", "", "waits in yield_now", "", {}},
                     {1, 0, "", "", "waits in Mutex::lock", "gives way", {{"permits", "0"}}},
                     {0, 0, "", "", "waits in join", "waits", {}}};
  recording.spans = {{0, 0, 0, State::running, ""}};
  recording.series = {{"permits", {{0, 1}, {0, 0}}}};
  return recording;
}

TEST(Timeline, CountsStepsWhereAllHappensAtOnce) {
  const std::string timeline = draw_timeline(all_at_once());
  EXPECT_TRUE(has(timeline, "Step:")) << timeline;
  EXPECT_TRUE(has(timeline, "All of this happens at 0 ms")) << timeline;
  EXPECT_TRUE(has(timeline, "permits  1       0")) << timeline;
}

TEST(Timeline, KnowsWhoWaitsWhereAllHappensAtOnce) {
  const std::string timeline = draw_timeline(all_at_once());
  EXPECT_TRUE(has(timeline, "████████····████")) << timeline;
  EXPECT_TRUE(has(timeline, "████░░░░  waits since step 3: Mutex::lock")) << timeline;
}

TEST(Timeline, KeepsTheLanesThatMatter) {
  Recording recording;
  recording.in_virtual_time = true;
  for (std::size_t i = 0; i < 30; ++i) {
    recording.lanes.push_back("task " + std::to_string(i));
    recording.spans.push_back({i, 0, 10 * kMs, i == 20 ? State::waiting : State::running, ""});
  }
  recording.steps = {{25, 5 * kMs, "", "", "breaks", "", {}}};
  recording.broken_at = {0};
  const std::string timeline = draw_timeline(recording, {.rows = 3});
  EXPECT_TRUE(has(timeline, "\ntask 0 ")) << timeline;
  EXPECT_TRUE(has(timeline, "\ntask 20 ")) << timeline;
  EXPECT_TRUE(has(timeline, "\ntask 25 ")) << timeline;
  EXPECT_TRUE(has(timeline, "27 more: task 1, task 2")) << timeline;
}

TEST(Timeline, FitsTheWidth) {
  Recording recording = two_tasks();
  recording.lanes[0] = std::string(100, 'x');
  recording.spans[1].what = std::string(200, 'y');
  recording.series = {{std::string(50, 's'), {{0, INT64_MAX}, {kMs, INT64_MIN}, {200 * kMs, 3}}}};
  recording.finding = std::string(250, 'z');
  for (const std::size_t width : {70U, 100U, 200U}) {
    std::istringstream lines(draw_timeline(recording, {.width = width}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), width) << line;
  }
}

TEST(Timeline, BearsTheLongestTime) {
  Recording recording = two_tasks();
  recording.spans[2].end = INT64_MAX;
  EXPECT_TRUE(has(draw_timeline(recording), "9223372036.854775807 s"));
}

TEST(Axis, CountsStepsThatWereLeftOut) {
  Recording recording;
  recording.lanes = {"a", "b"};
  for (const std::size_t lane : {0U, 0U, 1U, 0U}) recording.steps.push_back({lane, 0, "", "", "", "", {}});
  recording.left_out = 10;
  recording.left_out_at = 2;
  const Axis axis = axis_of(recording);
  EXPECT_TRUE(axis.counts_steps);
  EXPECT_EQ(axis.steps, (std::vector<std::int64_t>{0, 1, 12, 13}));
  EXPECT_EQ(axis.end, 14);
  ASSERT_EQ(axis.spans.size(), 4U);  // a runs, b runs, a is ready, a runs
  EXPECT_EQ(axis.spans[0].end, 2);
  EXPECT_EQ(axis.spans[2].state, State::ready);
  EXPECT_EQ(axis.spans[2].end, 13);
}

}  // namespace
}  // namespace corokit::explorer
