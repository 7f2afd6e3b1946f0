#include "report/schedule_drawing.hpp"

#include <simulation/recording.hpp>

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using State = explorer::Recording::State;
constexpr std::int64_t kMillisecond = 1'000'000;

/// A task works until 50 ms, and another one waits for it until then; both end at `end`.
explorer::Recording waits_until(std::int64_t end) {
  explorer::Recording recording;
  recording.in_virtual_time = true;
  recording.lanes = {"works", "waits"};
  for (const auto& [lane, time] : {std::pair{0, std::int64_t{0}}, {0, 50 * kMillisecond}, {1, end}}) {
    explorer::Recording::Step step;
    step.lane = static_cast<std::size_t>(lane);
    step.time = time;
    recording.steps.push_back(step);
  }
  recording.spans = {{0, 0, 50 * kMillisecond, State::running, "sleep"},
                     {1, 0, end, State::waiting, "Semaphore::acquire"}};
  recording.finding = "it took too long";
  recording.broken_at = {2};
  return recording;
}

TEST(Drawing, LeavesOutATimeInWhichNothingHappensTillTheEnd) {
  const std::string text = drawing(waits_until(36'000'000'000 * kMillisecond), {}, 10);
  EXPECT_NE(
      text.find("Nothing happens from 50 ms to 36000000 s, when the schedule ends: that is not drawn.\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("waits since 0 ms: Semaphore::acquire"), std::string::npos) << text;
  EXPECT_NE(text.find("it took too long"), std::string::npos) << text;
}

TEST(Drawing, DrawsAShortTimeToItsEnd) {
  const std::string text = drawing(waits_until(100 * kMillisecond), {}, 10);
  EXPECT_EQ(text.find("Nothing happens"), std::string::npos) << text;
  EXPECT_NE(text.find("100 ms"), std::string::npos) << text;
}

TEST(Drawing, OfThreadsIsATable) {
  explorer::Recording recording = waits_until(60 * kMillisecond);
  recording.in_virtual_time = false;
  EXPECT_NE(drawing(recording, {}, 10).find("step"), std::string::npos);
}

TEST(Moves, AreCounted) {
  Replayed replayed;
  replayed.choices = 57;
  replayed.moves = "0";
  EXPECT_TRUE(moves_in_words(replayed, Language::english).starts_with("none of 57 choices matters: "));
  replayed.moves = "4.1";
  EXPECT_EQ(moves_in_words(replayed, Language::english), "1 of 57 choices matters");
  replayed.moves = "4.1-9.2";
  EXPECT_EQ(moves_in_words(replayed, Language::english), "2 of 57 choices matter");
}

TEST(ScheduleDrawing, LetsNoTextChangeTheTerminal) {
  Replayed replayed;
  explorer::Recording recording = waits_until(60 * kMillisecond);
  recording.finding = "\x1b[2J";
  recording.lanes[0] = "\x1b]0;title\x07";
  replayed.recording = std::make_shared<const explorer::Recording>(recording);
  EXPECT_EQ(schedule_drawing(replayed, {}, 10).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace corokit::moulinette
