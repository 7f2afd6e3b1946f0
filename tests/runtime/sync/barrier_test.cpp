#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <memory>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using explorer::Search;
using test::Probe;
using Wait = Probe<detail::BarrierAwaiter>;

TEST(Barrier, OfZeroNeverWaitsAndEverybodyLeads) {
  Barrier barrier(0);
  for (int i = 0; i < 3; ++i) {
    Wait wait(barrier.wait());
    ASSERT_TRUE(wait.poll());
    EXPECT_TRUE(wait.take().is_leader());
  }
}

TEST(Barrier, OfOneNeverWaitsAndEverybodyLeads) {
  Barrier barrier(1);
  for (int i = 0; i < 3; ++i) {
    Wait wait(barrier.wait());
    ASSERT_TRUE(wait.poll());
    EXPECT_TRUE(wait.take().is_leader());
  }
}

TEST(Barrier, OfTwoHasOneLeader) {
  Barrier barrier(2);
  Wait first(barrier.wait());
  EXPECT_TRUE(first.is_pending());
  Wait second(barrier.wait());
  ASSERT_TRUE(second.poll());
  EXPECT_EQ(first.wake_count(), 1u);
  ASSERT_TRUE(first.poll());
  EXPECT_FALSE(first.take().is_leader());
  EXPECT_TRUE(second.take().is_leader());
}

TEST(Barrier, TheHundredthArrivalReleasesAllInEachOfTenGenerations) {
  Barrier barrier(100);
  for (int generation = 0; generation < 10; ++generation) {
    std::vector<std::unique_ptr<Wait>> waits;
    for (int i = 0; i < 99; ++i) {
      waits.push_back(std::make_unique<Wait>(barrier.wait()));
      ASSERT_TRUE(waits.back()->is_pending());
    }
    for (const auto& wait : waits) ASSERT_FALSE(wait->poll());  // even when they are polled again
    Wait last(barrier.wait());
    ASSERT_TRUE(last.poll());
    EXPECT_TRUE(last.take().is_leader());
    for (const auto& wait : waits) {
      EXPECT_EQ(wait->wake_count(), 1u);
      ASSERT_TRUE(wait->poll());
      EXPECT_FALSE(wait->take().is_leader());
    }
  }
}

TEST(Barrier, ADroppedWaitTakesItsArrivalBack) {
  Barrier barrier(3);
  Wait first(barrier.wait());
  Wait second(barrier.wait());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  first.drop();
  Wait third(barrier.wait());
  EXPECT_TRUE(third.is_pending());
  EXPECT_FALSE(second.is_woken());
  Wait fourth(barrier.wait());
  EXPECT_TRUE(fourth.poll() && second.poll() && third.poll());
}

TEST(Barrier, AWaitDroppedAfterItsGenerationIsCompleteCountsForIt) {
  Barrier barrier(2);
  Wait first(barrier.wait());
  EXPECT_TRUE(first.is_pending());
  Wait second(barrier.wait());
  EXPECT_TRUE(second.poll());
  first.drop();
  Wait next(barrier.wait());
  EXPECT_TRUE(next.is_pending());
}

TEST(Barrier, AnArrivalBetweenCheckAndEnqueueIsSeen) {
  Barrier barrier(2);
  Wait other(barrier.wait());
  Probe late(test::BeforeEnqueue(barrier.wait(), [&] { EXPECT_TRUE(other.is_pending()); }));
  ASSERT_TRUE(late.poll());
  EXPECT_TRUE(late.take().is_leader());
  ASSERT_TRUE(other.poll());
  EXPECT_FALSE(other.take().is_leader());
}

TEST(Barrier, ADeadlockIsReportedByItsName) {
  auto body = []() -> Task<void> {
    Barrier barrier(2);
    co_await barrier.wait();
  };
  const auto result = sim::run({}, body());
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("Barrier::wait"), std::string::npos);
}

// Many tasks.

struct Crowd {
  explicit Crowd(int size) : parties(size), barrier(static_cast<std::size_t>(size)) {}
  const int parties;
  Barrier barrier;
  std::atomic<int> arrived{0};
  std::atomic<int> leaders{0};
  std::atomic<int> violations{0};
};

Task<void> take_part(Crowd& crowd, int generations) {
  for (int generation = 1; generation <= generations; ++generation) {
    ++crowd.arrived;
    const bool is_leader = (co_await crowd.barrier.wait()).is_leader();
    if (crowd.arrived < generation * crowd.parties) ++crowd.violations;
    if (is_leader) ++crowd.leaders;
    co_await yield_now();
  }
}

Task<void> meet(Crowd& crowd, int generations) {
  JoinSet<void> all;
  for (int i = 0; i < crowd.parties; ++i) all.spawn(take_part(crowd, generations));
  while (co_await all.join_next()) {
  }
}

Task<void> explore_meeting(int parties, int generations) {
  Crowd crowd(parties);
  co_await meet(crowd, generations);
  EXPECT_EQ(crowd.violations, 0);
  EXPECT_EQ(crowd.leaders, generations);
}

COROKIT_EXPLORE(BarrierSchedules, NobodyPassesBeforeBothHaveArrived, .search = Search::depth_first) {
  co_await explore_meeting(2, 3);
}

COROKIT_EXPLORE(BarrierSchedules, NobodyPassesBeforeAllThreeHaveArrived, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  co_await explore_meeting(3, 2);
}

COROKIT_EXPLORE(BarrierSchedules, NobodyPassesBeforeAllFiveHaveArrived, .search = Search::pct,
                .schedules = 500) {
  co_await explore_meeting(5, 10);
}

TEST(BarrierThreads, NobodyPassesBeforeAllHaveArrived) {
  Crowd crowd(5);
  Runtime::multi_thread(4).block_on(meet(crowd, 500));
  EXPECT_EQ(crowd.violations, 0);
  EXPECT_EQ(crowd.leaders, 500);
}

}  // namespace
}  // namespace corokit
