#include "executor/idle.hpp"

#include <gtest/gtest.h>
#include <optional>

namespace corokit::detail {
namespace {

using WokenBy = Idle::WokenBy;

constexpr Instant kNoon{std::chrono::hours(12)};

TEST(Idle, WakesNobodyWhileNoWorkerSleeps) {
  Idle idle(4);
  EXPECT_FALSE(idle.anybody_sleeps());
  EXPECT_FALSE(idle.pick_for_work());
  EXPECT_FALSE(idle.pick_monitor());
}

TEST(Idle, WakesTheWorkerThatFellAsleepLast) {
  Idle idle(4);
  for (const std::uint32_t worker : {2u, 0u, 3u}) idle.enter(worker, false, std::nullopt, false);
  EXPECT_EQ(idle.pick_monitor(), 3u);
  EXPECT_EQ(idle.pick_monitor(), 0u);
  EXPECT_EQ(idle.pick_monitor(), 2u);
  EXPECT_FALSE(idle.pick_monitor());
}

TEST(Idle, AWorkerLearnsWhyItWoke) {
  Idle idle(2);
  idle.enter(0, false, std::nullopt, false);
  EXPECT_TRUE(idle.is_sleeping(0));
  EXPECT_EQ(idle.leave(0), WokenBy::itself);
  EXPECT_FALSE(idle.is_sleeping(0));
  idle.enter(0, false, std::nullopt, false);
  EXPECT_EQ(idle.pick_monitor(), 0u);
  EXPECT_EQ(idle.leave(0), WokenBy::monitor);
  idle.enter(0, false, std::nullopt, false);
  EXPECT_EQ(idle.pick_for_work(), 0u);
  EXPECT_EQ(idle.leave(0), WokenBy::work);
  EXPECT_FALSE(idle.anybody_sleeps());
}

TEST(Idle, AWakeUpIsSentOnlyWhileNoWorkerSearches) {
  Idle idle(4);
  idle.enter(0, false, std::nullopt, false);
  idle.enter(1, false, std::nullopt, false);
  EXPECT_TRUE(idle.pick_for_work());   // it counts as searching from now on
  EXPECT_FALSE(idle.pick_for_work());  // so no other worker is woken
  EXPECT_TRUE(idle.begin_search());    // one more may join without being woken
  EXPECT_FALSE(idle.begin_search());   // at most half of the workers may search
  EXPECT_FALSE(idle.end_search());
  EXPECT_TRUE(idle.end_search());  // the last searcher wakes the next worker
  EXPECT_TRUE(idle.pick_for_work());
}

TEST(Idle, ASearcherThatFallsAsleepSearchesNoMore) {
  Idle idle(2);
  EXPECT_TRUE(idle.begin_search());
  idle.enter(0, true, std::nullopt, false);
  EXPECT_EQ(idle.pick_for_work(), 0u);
}

TEST(Idle, TheSleeperWithTheEarliestAlarmIsTimed) {
  Idle idle(4);
  EXPECT_EQ(idle.enter(0, false, kNoon, false), kNoon);
  EXPECT_FALSE(idle.enter(1, false, kNoon, false));
  EXPECT_FALSE(idle.enter(2, false, kNoon + Duration{1}, false));
  EXPECT_EQ(idle.enter(3, false, kNoon - Duration{1}, false), kNoon - Duration{1});
}

TEST(Idle, ASleeperWithAnAlarmOfItsOwnWakesAtIt) {
  Idle idle(2);
  EXPECT_EQ(idle.enter(0, false, kNoon, false), kNoon);
  EXPECT_EQ(idle.enter(1, false, kNoon + Duration{1}, true), kNoon + Duration{1});
}

TEST(Idle, WorkGoesToTheTimedSleeperLast) {
  Idle idle(3);
  idle.enter(0, false, std::nullopt, false);
  idle.enter(1, false, kNoon, false);
  EXPECT_EQ(idle.pick_for_work(), 0u);
  EXPECT_EQ(idle.leave(0), WokenBy::work);
  EXPECT_TRUE(idle.end_search());
  EXPECT_EQ(idle.pick_for_work(), 1u);
}

TEST(Idle, ATimedSleeperThatWokeLeavesTheAlarmToTheNext) {
  Idle idle(2);
  idle.enter(0, false, kNoon, false);
  EXPECT_EQ(idle.leave(0), WokenBy::itself);
  EXPECT_EQ(idle.enter(1, false, kNoon + Duration{1}, false), kNoon + Duration{1});
}

}  // namespace
}  // namespace corokit::detail
