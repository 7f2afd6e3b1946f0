#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "support/before_enqueue.hpp"
#include "support/counted.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Census;
using test::Counted;
using test::Probe;

// This function is not inlined, because g++ 12 would warn that the missing value may be used uninitialized.
[[gnu::noinline]] std::optional<std::string> take(SetOnce<std::string>& once) {
  return std::move(once).into_inner();
}

TEST(SetOnce, GetGivesTheValueThatWasSet) {
  SetOnce<int> once;
  EXPECT_EQ(once.get(), nullptr);
  EXPECT_FALSE(once.is_initialized());
  EXPECT_TRUE(once.set(5));
  EXPECT_TRUE(once.is_initialized());
  EXPECT_EQ(*once.get(), 5);
  EXPECT_EQ(*SetOnce<std::string>("neo").get(), "neo");
}

TEST(SetOnce, ASecondSetGivesItsValueBack) {
  SetOnce<int> once;
  EXPECT_TRUE(once.set(5));
  const auto second = once.set(6);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, SetError<int>::Kind::already_initialized);
  EXPECT_EQ(second.error().value, 6);
  EXPECT_EQ(*once.get(), 5);
}

TEST(SetOnce, SetWakesEveryWaiterOnceAndEndsALaterWaitAtOnce) {
  SetOnce<int> once;
  Probe first(once.wait());
  Probe second(once.wait());
  Probe dropped(once.wait());
  EXPECT_TRUE(first.is_pending() && second.is_pending() && dropped.is_pending());
  dropped.drop();
  EXPECT_TRUE(once.set(5));
  EXPECT_EQ(first.wake_count(), 1u);
  EXPECT_EQ(second.wake_count(), 1u);
  ASSERT_TRUE(first.poll() && second.poll());
  EXPECT_EQ(*first.take(), 5);
  EXPECT_EQ(second.take(), once.get());
  Probe late(once.wait());
  ASSERT_TRUE(late.poll());
  EXPECT_EQ(*late.take(), 5);
}

TEST(SetOnce, ASetBetweenCheckAndEnqueueIsSeen) {
  SetOnce<int> once;
  Probe waiter(test::BeforeEnqueue(once.wait(), [&] { EXPECT_TRUE(once.set(5)); }));
  ASSERT_TRUE(waiter.poll());
  EXPECT_EQ(*waiter.take(), 5);
}

TEST(SetOnce, DestroysItsValueOnce) {
  Census census;
  {
    SetOnce<Counted> once;
    EXPECT_TRUE(once.set(Counted(census)));
    EXPECT_FALSE(once.set(Counted(census)));
    EXPECT_EQ(census.alive, 1);
    const SetOnce<Counted> made{Counted(census)};
    EXPECT_EQ(census.alive, 2);
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(SetOnce, GivesItsValueAwayOnce) {
  Census census;
  {
    SetOnce<Counted> once{Counted(census)};
    EXPECT_TRUE(std::move(once).into_inner());
  }
  EXPECT_EQ(census.alive, 0);
  SetOnce<std::string> empty;
  EXPECT_FALSE(take(empty));
}

// Many tasks.

struct Race {
  SetOnce<int> once;
  std::atomic<int> winners{0};
  std::atomic<int> waited{0};
};

Task<void> set_or_wait(Race& race, int id) {
  if (id % 2 == 0) {
    co_await yield_now();
    if (race.once.set(id)) ++race.winners;
  }
  const int* value = co_await race.once.wait();
  if (value == race.once.get()) ++race.waited;
}

Task<void> race_all(Race& race, int tasks) {
  JoinSet<void> all;
  for (int i = 0; i < tasks; ++i) all.spawn(set_or_wait(race, i));
  while (co_await all.join_next()) {
  }
}

Task<void> explore_race(int tasks) {
  Race race;
  co_await race_all(race, tasks);
  EXPECT_EQ(race.winners, 1);
  EXPECT_EQ(race.waited, tasks);
  explorer::reached("the first task sets the value", *race.once.get() == 0);
  explorer::reached("another task sets the value", *race.once.get() == 2);
}

COROKIT_EXPLORE(SetOnceSchedules, ExactlyOneOfTwoSetsWinsAndAllSeeIt, .search = explorer::Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  co_await explore_race(3);
}

COROKIT_EXPLORE(SetOnceSchedules, ExactlyOneOfFiveSetsWinsAndAllSeeIt, .search = explorer::Search::pct,
                .schedules = 1'000) {
  co_await explore_race(10);
}

TEST(SetOnceThreads, ExactlyOneSetWinsAndAllSeeIt) {
  auto runtime = Runtime::multi_thread(4);
  for (int round = 0; round < 300; ++round) {
    Race race;
    runtime.block_on(race_all(race, 20));
    EXPECT_EQ(race.winners, 1);
    EXPECT_EQ(race.waited, 20);
  }
}

}  // namespace
}  // namespace corokit
