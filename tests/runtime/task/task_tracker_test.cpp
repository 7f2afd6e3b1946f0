#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/task_tracker.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::Probe;

TEST(TaskTracker, WaitsUntilItIsClosedAndEmpty) {
  const TaskTracker tracker;
  EXPECT_TRUE(tracker.empty());
  EXPECT_FALSE(tracker.is_closed());
  Probe open_and_empty(tracker.wait());
  EXPECT_TRUE(open_and_empty.is_pending());
  std::optional<TaskTracker::Token> token(tracker.token());
  EXPECT_EQ(tracker.size(), 1u);
  EXPECT_TRUE(tracker.close());
  EXPECT_FALSE(tracker.close());
  EXPECT_TRUE(tracker.is_closed());
  Probe closed(tracker.wait());
  EXPECT_TRUE(closed.is_pending());
  EXPECT_FALSE(open_and_empty.poll());
  token.reset();
  EXPECT_TRUE(open_and_empty.poll());
  EXPECT_TRUE(closed.poll());
  Probe later(tracker.wait());
  EXPECT_TRUE(later.poll());
}

TEST(TaskTracker, CloseWakesAWaitIfNoTaskIsLeft) {
  const TaskTracker tracker;
  Probe wait(tracker.wait());
  EXPECT_TRUE(wait.is_pending());
  { const auto token = tracker.token(); }
  EXPECT_FALSE(wait.is_woken());
  tracker.close();
  EXPECT_TRUE(wait.is_woken());
  EXPECT_TRUE(wait.poll());
}

TEST(TaskTracker, AWaitEndsEvenIfATaskComesAfterwards) {
  for (const bool began : {false, true}) {
    const TaskTracker tracker;
    Probe wait(tracker.wait());
    if (began) {
      EXPECT_TRUE(wait.is_pending());
    }
    tracker.close();  // the moment at which it was closed and empty
    EXPECT_TRUE(tracker.reopen());
    EXPECT_FALSE(tracker.reopen());
    const auto token = tracker.token();
    EXPECT_TRUE(wait.poll());
    Probe later(tracker.wait());
    EXPECT_TRUE(later.is_pending());
  }
}

TEST(TaskTracker, NoTaskLeftWhileItIsOpenWakesNobody) {
  const TaskTracker tracker;
  Probe wait(tracker.wait());
  EXPECT_TRUE(wait.is_pending());
  {
    const auto token = tracker.token();
    tracker.close();
    tracker.reopen();
  }
  EXPECT_FALSE(wait.is_woken());
}

TEST(TaskTracker, AnEndBetweenTheLookAndTheQueueIsSeen) {
  const TaskTracker tracker;
  std::optional<TaskTracker::Token> token(tracker.token());
  tracker.close();
  Probe wait(test::BeforeEnqueue(tracker.wait(), [&token] { token.reset(); }));
  EXPECT_TRUE(wait.poll());
}

TEST(TaskTracker, CopiesAndMovesOfTokensCountOnce) {
  const TaskTracker tracker;
  TaskTracker copy = tracker;
  EXPECT_TRUE(copy == tracker);
  EXPECT_FALSE(copy == TaskTracker());
  {
    auto first = copy.token();
    auto second = first;
    EXPECT_EQ(tracker.size(), 2u);
    auto third = std::move(first);
    EXPECT_EQ(tracker.size(), 2u);
    second = std::move(third);
    EXPECT_EQ(tracker.size(), 1u);
  }
  EXPECT_TRUE(tracker.empty());
}

TEST(TaskTracker, AWaitMayOutliveTheTracker) {
  std::optional<TaskTracker> tracker(std::in_place);
  std::optional<TaskTracker::Token> token(tracker->token());
  Probe wait(tracker->wait());
  EXPECT_TRUE(wait.is_pending());
  tracker->close();
  tracker.reset();
  token.reset();
  EXPECT_TRUE(wait.poll());
}

TEST(TaskTracker, IsOverOnlyOnceEveryFrameIsDestroyed) {
  auto body = [](Gate* gate, Census* census) -> Task<void> {
    const TaskTracker tracker;
    tracker.spawn(give_after(gate, 1, Counted(*census))).detach();
    tracker.spawn([gate, counted = Counted(*census)]() -> Task<void> { co_await gate->wait(); }).detach();
    const auto aborted = tracker.spawn(give_after(gate, 1, Counted(*census)));
    auto own = tracker.track(give_after(gate, 7, Counted(*census)));
    EXPECT_EQ(tracker.size(), 4u);
    aborted.abort();
    gate->open();
    tracker.close();
    const int value = co_await std::move(own);
    EXPECT_EQ(value, 7);
    co_await tracker.wait();
    EXPECT_EQ(census->alive, 0);
  };
  explorer::check({.schedules = 4'000}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, &census);
  });
}

TEST(TaskTracker, ATaskThatNeverRunsIsCountedUntilItIsDropped) {
  Gate gate;
  Census census;
  const TaskTracker tracker;
  {
    const auto task = tracker.track(give_after(&gate, 1, Counted(census)));
    EXPECT_EQ(tracker.size(), 1u);
  }
  EXPECT_EQ(tracker.size(), 0u);
  EXPECT_EQ(census.alive, 0);
}

TEST(TaskTracker, PassesOnResultsAndExceptions) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<int> {
    const TaskTracker tracker;
    auto value = tracker.spawn(test::give_later(7));
    auto broken = tracker.spawn(make());
    auto seven = [] { return std::make_unique<int>(7); };
    auto blocking = tracker.spawn_blocking(std::move(seven));
    tracker.close();
    const auto one = co_await value;
    const auto two = co_await broken;
    const auto three = co_await blocking;
    co_await tracker.wait();
    EXPECT_EQ(two.error().message(), "broken");
    co_return *one + **three;
  };
  EXPECT_EQ(block_on(body(fail)), 14);
}

TEST(TaskTracker, ADroppedWaitLosesNothing) {
  auto body = []() -> Task<void> {
    Gate gate;
    Census census;
    const TaskTracker tracker;
    tracker.spawn(test::wait_at(&gate, Counted(census))).detach();
    tracker.close();
    const auto first = co_await select(biased, tracker.wait(), sleep(1ms));
    EXPECT_EQ(first.index(), 1u);
    gate.open();
    co_await tracker.wait();
    EXPECT_EQ(census.alive, 0);
  };
  explorer::check({.search = Search::depth_first}, body);
}

COROKIT_EXPLORE(TaskTrackerSchedules, EveryWaitEndsOnceItIsClosedAndEmpty, .preemptions = 2) {
  Gate gate;
  Census census;
  const TaskTracker tracker;
  auto wait = [](TaskTracker all) -> Task<void> { co_await all.wait(); };
  std::vector<JoinHandle<void>> waits;
  for (int i = 0; i < 2; ++i) waits.push_back(spawn(wait(tracker)));
  tracker.spawn(test::wait_at(&gate, Counted(census))).detach();
  auto close = [](TaskTracker all) -> Task<void> {
    co_await yield_now();
    all.close();
  };
  auto closer = spawn(close(tracker));
  gate.open();
  for (auto& handle : waits) co_await handle;
  co_await closer;
  EXPECT_EQ(census.alive, 0);
}

class TaskTrackerOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(TaskTrackerOn);

TEST_P(TaskTrackerOn, TheLastTaskRacesWithCloseAndWait) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<int> {
    const int alive = counted.census().alive;
    int wrong = 0;
    for (std::uint64_t i = 0; i < test::scaled(1000); ++i) {
      const TaskTracker tracker;
      auto wait = [](TaskTracker all) -> Task<void> { co_await all.wait(); };
      std::vector<JoinHandle<void>> waits;
      Gate gate;
      for (int n = 0; n < 2; ++n) waits.push_back(spawn(wait(tracker)));
      for (int n = 0; n < 4; ++n) tracker.spawn(give_after(&gate, 1, counted)).detach();
      gate.open();
      tracker.close();
      co_await tracker.wait();
      wrong += counted.census().alive != alive;
      for (auto& handle : waits) co_await handle;
    }
    co_return wrong;
  };
  EXPECT_EQ(runtime.block_on(body(Counted(census))), 0);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(TaskTrackerOn, CountsTasksOfAnotherRuntimeThatEndsFirst) {
  Runtime runtime = make();
  Gate gate;
  Census census;
  const TaskTracker tracker;
  {
    auto other = Runtime::multi_thread(2);
    for (int i = 0; i < 4; ++i) tracker.spawn_on(other, give_after(&gate, 1, Counted(census))).detach();
    EXPECT_EQ(tracker.size(), 4u);
  }
  EXPECT_EQ(tracker.size(), 0u);
  tracker.close();
  auto wait = [](TaskTracker all) -> Task<void> { co_await all.wait(); };
  runtime.block_on(wait(tracker));
}

}  // namespace
}  // namespace corokit
