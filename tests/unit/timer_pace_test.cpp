// How long a thread sleeps between timers.
#include <executor/executor.hpp>

#include <gtest/gtest.h>

namespace corokit::detail {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{1h};

TEST(TimerPace, FewTimersAreWokenForAtTheirTime) {
  TimerPace pace;
  EXPECT_FALSE(pace.wake_for(std::nullopt));
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 1us);
  pace.fired(15, kNow);
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 1us);
}

TEST(TimerPace, ManyAtATimeAreFollowedByAPause) {
  TimerPace pace;
  pace.fired(16, kNow);
  EXPECT_EQ(pace.wake_for(kNow + 1us), kNow + 200us);
  EXPECT_EQ(pace.wake_for(kNow + 201us), kNow + 201us);
  EXPECT_FALSE(pace.wake_for(std::nullopt));
  pace.fired(1, kNow + 10us);  // does not end it
  EXPECT_EQ(pace.wake_for(kNow + 20us), kNow + 200us);
}

}  // namespace
}  // namespace corokit::detail
