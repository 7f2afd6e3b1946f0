// Tests how long a thread sleeps between timers.
#include <time/timer_coalescing.hpp>

#include <gtest/gtest.h>

namespace corokit::detail {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{1h};

TEST(TimerCoalescing, ASingleTimerIsWokenForAtItsTime) {
  TimerCoalescing coalescing;
  EXPECT_FALSE(coalescing.wake_for(std::nullopt));
  EXPECT_EQ(coalescing.wake_for(kNow + 1us), kNow + 1us);
  coalescing.fired(1, kNow);
  EXPECT_EQ(coalescing.wake_for(kNow + 1us), kNow + 1us);
}

TEST(TimerCoalescing, ManyTimersAtOnceAreFollowedByAPause) {
  TimerCoalescing coalescing;
  coalescing.fired(50, kNow);
  EXPECT_EQ(coalescing.wake_for(kNow + 1us), kNow + 100us);
  EXPECT_EQ(coalescing.wake_for(kNow + 101us), kNow + 101us);
  EXPECT_FALSE(coalescing.wake_for(std::nullopt));
  coalescing.fired(2, kNow + 10us);  // does not end the pause
  EXPECT_EQ(coalescing.wake_for(kNow + 20us), kNow + 100us);
}

TEST(TimerCoalescing, NoPauseIsLongerThan400Microseconds) {
  TimerCoalescing coalescing;
  coalescing.fired(1'000'000, kNow);
  EXPECT_EQ(coalescing.wake_for(kNow), kNow + 400us);
}

}  // namespace
}  // namespace corokit::detail
