#include <corokit/join_set.hpp>
#include <corokit/metrics.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <future>
#include <numeric>
#include <thread>
#include <vector>

#include "support/gate.hpp"
#include "support/runtimes.hpp"
#include "support/settle.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Gate;

using MetricsOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(MetricsOn);

std::uint64_t sum(const RuntimeMetrics& metrics, std::uint64_t WorkerMetrics::*number) {
  return std::accumulate(
      metrics.workers.begin(), metrics.workers.end(), std::uint64_t{0},
      [number](std::uint64_t before, const WorkerMetrics& worker) { return before + worker.*number; });
}

Task<void> nothing() {
  co_return;
}

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

TEST_P(MetricsOn, ThereIsOneEntryAWorker) {
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
  test::run_until(runtime, [&] { return runtime.metrics().alive_tasks <= 2; });  // the look itself is a task
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

TEST_P(MetricsOn, WakesFromOutsideAndFromInsideAreToldApart) {
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

TEST_P(MetricsOn, BlockingThreadsAreCountedWhileTheyAreBusyAndWhileTheyIdle) {
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

TEST(Metrics, AFullRingOverflowsAndOthersStealFromIt) {
  auto body = [](Runtime* runtime) -> Task<void> {
    // The children stay queued behind this task, which does not give way until another worker has taken some.
    JoinSet<void> tasks;
    for (int i = 0; i < 2000; ++i) tasks.spawn(nothing());
    while (sum(runtime->metrics(), &WorkerMetrics::stolen_tasks) == 0) {
      tasks.spawn(nothing());
      std::this_thread::yield();
    }
    while (co_await tasks.join_next()) {
    }
  };
  Runtime runtime = Runtime::multi_thread(2);
  runtime.block_on(body(&runtime));
  const RuntimeMetrics metrics = runtime.metrics();
  EXPECT_GE(sum(metrics, &WorkerMetrics::overflows), 1U);
  EXPECT_GE(sum(metrics, &WorkerMetrics::steal_operations), 1U);
  EXPECT_GE(sum(metrics, &WorkerMetrics::stolen_tasks), sum(metrics, &WorkerMetrics::steal_operations));
}

Task<unsigned> fib(unsigned n) {
  if (n < 2) co_return n;
  auto left = spawn(fib(n - 1));
  const unsigned right = co_await fib(n - 2);
  co_return (co_await left).value() + right;
}

TEST(Metrics, WhatOverflowedDoesNotOverflowAgainAndAgain) {
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

TEST(Metrics, WhatWaitsIsSeenInTheQueues) {
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

TEST(Metrics, OfARuntimeThatIsGoneAreZero) {
  Runtime runtime = Runtime::multi_thread(2);
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_EQ(runtime.metrics().workers.size(), 0U);
  EXPECT_EQ(runtime.approx_alive_tasks(), 0U);
}

}  // namespace
}  // namespace corokit
