// Tests how long a thread sleeps between timers.
#include <time/timer_coalescing.hpp>

#include <gtest/gtest.h>

namespace corokit::detail {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{1h};

TEST(TimerCoalescing, ASingleTimerIsWokenForAtItsTime) {
  TimerCoalescing pace;
  EXPECT_FALSE(pace.wake_for(std::nullopt));
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 1us);
  pace.fired(1, kNow);
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 1us);
}

TEST(TimerCoalescing, ManyTimersAtOnceAreFollowedByAPause) {
  TimerCoalescing pace;
  pace.fired(50, kNow);
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 100us);
  EXPECT_EQ(pace.wake_for(kNow + 101us), kNow + 101us);
  EXPECT_FALSE(pace.wake_for(std::nullopt));
  pace.fired(2, kNow + 10us);  // does not end the pause
  EXPECT_EQ(pace.wake_for(kNow + 20us), kNow + 100us);
}

TEST(TimerCoalescing, NoPauseIsLongerThan400Microseconds) {
  TimerCoalescing pace;
  pace.fired(1'000'000, kNow);
  EXPECT_EQ(pace.wake_for(kNow), kNow + 400us);
}

}  // namespace
}  // namespace corokit::detail
