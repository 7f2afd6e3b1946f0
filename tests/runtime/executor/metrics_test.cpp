#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/metrics.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <latch>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;

using MetricsOn = test::OnEachRuntime;
using test::Gate;
using test::nothing;
COROKIT_ON_EACH_RUNTIME(MetricsOn);

std::uint64_t sum(const RuntimeMetrics& metrics, std::uint64_t WorkerMetrics::*number) {
  return std::accumulate(
      metrics.workers.begin(), metrics.workers.end(), std::uint64_t{0},
      [number](std::uint64_t before, const WorkerMetrics& worker) { return before + worker.*number; });
}

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

TEST_P(MetricsOn, ThereIsOneEntryPerWorker) {
  Runtime runtime = make();
  EXPECT_EQ(runtime.metrics().workers.size(), has_workers() ? GetParam().workers : 1U);
}

TEST_P(MetricsOn, TasksAreCountedFromSpawnToEnd) {
  auto body = [](Gate* gate) -> Task<void> {
    JoinSet<void> tasks;
    for (int i = 0; i < 10; ++i) tasks.spawn(wait_at(gate));
    while (gate->waiting() != 10) co_await yield_now();
    gate->open();
    while (co_await tasks.join_next()) {
    }
  };
  Runtime runtime = make();
  Gate never;
  const JoinHandle<void> pending = runtime.spawn(wait_at(&never));
  Gate gate;
  runtime.block_on(body(&gate));
  test::run_until(runtime,
                  [&] { return runtime.metrics().alive_tasks <= 2; });  // run_until() is itself a task
  EXPECT_GE(runtime.metrics().spawned_tasks, 12U);
  EXPECT_GE(runtime.metrics().alive_tasks, 1U);
}

TEST_P(MetricsOn, EachTurnIsCounted) {
  auto body = []() -> Task<void> {
    for (int i = 0; i < 1000; ++i) co_await yield_now();
  };
  Runtime runtime = make();
  runtime.block_on(body());
  test::run_until(runtime, [&] { return sum(runtime.metrics(), &WorkerMetrics::turns) >= 1001; });
}

TEST_P(MetricsOn, ATurnThatSpendsItsBudgetIsCounted) {
  auto body = []() -> Task<void> {
    Semaphore semaphore(1);
    for (int i = 0; i < 1280; ++i) static_cast<void>(co_await semaphore.acquire());
  };
  Runtime runtime = make();
  runtime.block_on(body());
  test::run_until(runtime, [&] { return sum(runtime.metrics(), &WorkerMetrics::budget_yields) >= 9; });
  EXPECT_LE(sum(runtime.metrics(), &WorkerMetrics::budget_yields), 11U);
}

TEST_P(MetricsOn, TheBranchesOfAJoinSpendTheBudgetOfTheirTask) {
  auto take_permits = [](Semaphore* semaphore) -> Task<void> {
    for (int i = 0; i < 640; ++i) static_cast<void>(co_await semaphore->acquire());
  };
  auto body = [](auto take) -> Task<void> {
    Semaphore semaphore(1);
    co_await join(take(&semaphore), take(&semaphore));
  };
  Runtime runtime = make();
  runtime.block_on(body(take_permits));
  test::run_until(runtime, [&] { return sum(runtime.metrics(), &WorkerMetrics::budget_yields) >= 9; });
  EXPECT_LE(sum(runtime.metrics(), &WorkerMetrics::budget_yields), 11U);
}

TEST_P(MetricsOn, WakesFromOutsideAndFromInsideAreCountedSeparately) {
  auto body = []() -> Task<void> {
    for (int i = 0; i < 100; ++i) static_cast<void>(co_await spawn(nothing()));
  };
  Runtime runtime = make();
  const std::uint64_t before = runtime.metrics().remote_schedules;
  for (int i = 0; i < 10; ++i) runtime.block_on(nothing());
  EXPECT_EQ(runtime.metrics().remote_schedules - before, 10U);
  runtime.block_on(body());
  EXPECT_EQ(runtime.metrics().remote_schedules - before, 11U);
  EXPECT_GE(sum(runtime.metrics(), &WorkerMetrics::local_schedules), 100U);
}

TEST_P(MetricsOn, BusyAndIdleBlockingThreadsAreCounted) {
  auto body = [](Runtime* runtime) -> Task<void> {
    std::promise<void> started;
    std::promise<void> go;
    auto job = spawn_blocking([&] {
      started.set_value();
      go.get_future().wait();
    });
    started.get_future().wait();
    EXPECT_EQ(runtime->metrics().blocking_threads, 1U);
    EXPECT_EQ(runtime->metrics().idle_blocking_threads, 0U);
    go.set_value();
    co_await job;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.metrics().blocking_threads, 0U);
  runtime.block_on(body(&runtime));
  test::run_until(runtime, [&] { return runtime.metrics().idle_blocking_threads == 1; });
  EXPECT_EQ(runtime.metrics().blocking_queue_depth, 0U);
}

TEST(Metrics, AFullLocalQueueOverflowsAndOthersStealFromIt) {
  // This task keeps the other worker busy while the local queue fills. A worker that steals as fast as the tasks are
  // spawned would leave nothing to overflow.
  auto hold = [](std::atomic<bool>* here, const std::atomic<bool>* filled) -> Task<void> {
    *here = true;
    while (!*filled) std::this_thread::yield();
    co_return;
  };
  auto body = [](Runtime* runtime, auto make_holder) -> Task<void> {
    std::atomic<bool> here = false;
    std::atomic<bool> filled = false;
    JoinSet<void> tasks;
    tasks.spawn(make_holder(&here, &filled));
    while (!here) {
      tasks.spawn(nothing());  // moves the holder from the LIFO slot to where it can be stolen
      std::this_thread::yield();
    }
    for (int i = 0; i < 2000; ++i) tasks.spawn(nothing());
    filled = true;
    // The children stay queued behind this task, which does not yield until another worker has stolen some of them.
    const std::uint64_t before = sum(runtime->metrics(), &WorkerMetrics::stolen_tasks);
    while (sum(runtime->metrics(), &WorkerMetrics::stolen_tasks) == before) {
      tasks.spawn(nothing());
      std::this_thread::yield();
    }
    while (co_await tasks.join_next()) {
    }
  };
  Runtime runtime = Runtime::multi_thread(2);
  runtime.block_on(body(&runtime, hold));
  const RuntimeMetrics metrics = runtime.metrics();
  EXPECT_GE(sum(metrics, &WorkerMetrics::overflows), 1U);
  EXPECT_GE(sum(metrics, &WorkerMetrics::steal_operations), 1U);
  EXPECT_GE(sum(metrics, &WorkerMetrics::stolen_tasks), sum(metrics, &WorkerMetrics::steal_operations));
}

TEST(Metrics, AFullLocalQueueGivesHalfOfItsTasksToTheSharedQueue) {
  // The latest task is in the LIFO slot, and 256 tasks are in the local queue.
  auto body = [](Runtime* runtime) -> Task<void> {
    JoinSet<void> tasks;
    for (int i = 0; i < 257; ++i) tasks.spawn(nothing());
    RuntimeMetrics metrics = runtime->metrics();
    EXPECT_EQ(metrics.workers[0].queue_depth, 257U);
    EXPECT_EQ(metrics.workers[0].overflows, 0U);
    tasks.spawn(nothing());
    metrics = runtime->metrics();
    EXPECT_EQ(metrics.workers[0].overflows, 1U);
    EXPECT_EQ(metrics.workers[0].queue_depth, 130U);
    EXPECT_EQ(metrics.shared_queue_depth, 128U);
    int ended = 0;
    while (co_await tasks.join_next()) ++ended;
    EXPECT_EQ(ended, 258);
  };
  Runtime runtime = Runtime::multi_thread(1);
  runtime.block_on(body(&runtime));
}

Task<unsigned> fib(unsigned n) {
  if (n < 2) co_return n;
  auto left = spawn(fib(n - 1));
  const unsigned right = co_await fib(n - 2);
  co_return (co_await left).value() + right;
}

TEST(Metrics, TasksThatOverflowedDoNotOverflowAgain) {
  constexpr std::uint64_t kHalfARing = 128;
  Runtime runtime = Runtime::multi_thread(1);
  EXPECT_EQ(runtime.block_on(fib(20)), 6765U);
  const RuntimeMetrics metrics = runtime.metrics();
  EXPECT_GE(sum(metrics, &WorkerMetrics::overflows), 1U);
  EXPECT_LT(sum(metrics, &WorkerMetrics::overflows) * kHalfARing, metrics.spawned_tasks);
}

TEST(Metrics, AnIdleWorkerParks) {
  Runtime runtime = Runtime::multi_thread(2);
  test::run_until(runtime, [&] { return sum(runtime.metrics(), &WorkerMetrics::parks) >= 1; });
}

TEST(Metrics, QueuedTasksAreSeenInTheQueueDepths) {
  auto body = [](Runtime* runtime) -> Task<void> {
    std::vector<JoinHandle<void>> tasks;
    for (int i = 0; i < 10; ++i) tasks.push_back(spawn(nothing()));
    const RuntimeMetrics metrics = runtime->metrics();
    EXPECT_EQ(metrics.workers[0].queue_depth + metrics.shared_queue_depth, 10U);
    for (auto& task : tasks) static_cast<void>(co_await task);
    EXPECT_EQ(runtime->metrics().workers[0].queue_depth, 0U);
  };
  Runtime runtime = Runtime::multi_thread(1);
  runtime.block_on(body(&runtime));
}

TEST_P(MetricsOn, TasksFromOutsideAreSeenInTheSharedQueue) {
  Runtime runtime = make();
  const std::size_t workers = has_workers() ? GetParam().workers : 0;
  std::latch stuck(static_cast<std::ptrdiff_t>(workers) + 1);
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  auto get_stuck = [](std::latch* here, std::shared_future<void> until) -> Task<void> {
    here->count_down();
    until.wait();
    co_return;
  };
  for (std::size_t i = 0; i < workers; ++i) runtime.spawn(get_stuck(&stuck, gone)).detach();
  stuck.arrive_and_wait();  // no worker takes a task now
  for (int i = 0; i < 10; ++i) runtime.spawn(nothing()).detach();
  EXPECT_EQ(runtime.metrics().shared_queue_depth, 10U);
  go.set_value();
  test::run_until(runtime, [&] { return runtime.metrics().alive_tasks == 1; });
  EXPECT_EQ(runtime.metrics().shared_queue_depth, 0U);
}

TEST(Metrics, ATaskHasOneTurnPerWakeUp) {
  auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
  auto body = [](auto wait_at, Gate* one, Gate* two, Gate* three) -> Task<void> {
    co_await one->wait();
    co_await join(wait_at(two), wait_at(three));
  };
  Runtime runtime = Runtime::current_thread();
  std::uint64_t seen = 0;
  // Each block_on() takes a turn of its own, which is counted when it has ended.
  const auto turns = [&] {
    const std::uint64_t now = sum(runtime.metrics(), &WorkerMetrics::turns);
    return now - std::exchange(seen, now);
  };
  Gate one;
  Gate two;
  Gate three;
  auto task = runtime.spawn(body(wait, &one, &two, &three));
  runtime.block_on(nothing());
  EXPECT_EQ(turns(), 2U);  // the first turn of the task
  runtime.block_on(nothing());
  EXPECT_EQ(turns(), 1U);  // the task was not woken
  one.open();
  runtime.block_on(nothing());
  EXPECT_EQ(turns(), 2U);
  two.open();
  three.open();  // two wake-ups give one turn
  runtime.block_on(nothing());
  EXPECT_EQ(turns(), 2U);
  EXPECT_TRUE(task.is_finished());
  runtime.block_on(nothing());
  EXPECT_EQ(turns(), 1U);
}

TEST(Metrics, AreZeroOnceTheRuntimeIsGone) {
  Runtime runtime = Runtime::multi_thread(2);
  runtime.spawn_blocking([] {}).detach();
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_EQ(runtime.metrics().workers.size(), 0U);
  EXPECT_EQ(runtime.metrics().blocking_threads, 0U);
  EXPECT_EQ(runtime.metrics().idle_blocking_threads, 0U);
  EXPECT_EQ(runtime.approx_alive_tasks(), 0U);
}

}  // namespace
}  // namespace corokit
