#include <corokit/detail/executor/options.hpp>
#include <corokit/metrics.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <pthread.h>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "executor/blocking_pool.hpp"
#include "support/counted.hpp"
#include "support/manual_executor.hpp"
#include "support/on_each_runtime.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;

template <class T>
Task<std::string> describe(JoinHandle<T> handle) {
  const auto result = co_await handle;
  if (!result) co_return result.error().is_cancelled() ? "cancelled" : result.error().message();
  co_return std::to_string(*result);
}

class SpawnBlockingOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(SpawnBlockingOn);

TEST_P(SpawnBlockingOn, GivesTheResult) {
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(describe(runtime.spawn_blocking([] { return 5; }))), "5");
}

TEST_P(SpawnBlockingOn, GivesTheException) {
  Runtime runtime = make();
  auto fail = []() -> int { throw std::runtime_error("broken"); };
  EXPECT_EQ(runtime.block_on(describe(runtime.spawn_blocking(fail))), "broken");
}

TEST_P(SpawnBlockingOn, RunsOnAnotherThread) {
  Runtime runtime = make();
  auto body = []() -> Task<bool> {
    const auto here = std::this_thread::get_id();
    auto job = spawn_blocking([] { return std::this_thread::get_id(); });
    const auto there = co_await job;
    co_return here != *there;
  };
  EXPECT_TRUE(runtime.block_on(body()));
}

TEST_P(SpawnBlockingOn, TakesMoveOnlyFunctionsAndDestroysThemBeforeTheHandleResolves) {
  Runtime runtime = make();
  Census census;
  auto body = [](Census* alive) -> Task<int> {
    int left = 0;
    for (int i = 0; i < 100; ++i) {
      auto job = spawn_blocking([owned = std::make_unique<Counted>(*alive)] {});
      co_await job;
      left += alive->alive;
    }
    co_return left;
  };
  EXPECT_EQ(runtime.block_on(body(&census)), 0);
}

TEST_P(SpawnBlockingOn, JobsThatWaitForEachOtherAllRun) {
  Runtime runtime = make();
  auto body = []() -> Task<int> {
    constexpr int kJobs = 20;
    std::atomic<int> arrived{0};
    std::vector<JoinHandle<int>> jobs;
    for (int i = 0; i < kJobs; ++i)
      jobs.push_back(spawn_blocking([&arrived] {
        arrived.fetch_add(1);
        while (arrived.load() < kJobs) std::this_thread::yield();
        return 1;
      }));
    int sum = 0;
    for (auto& job : jobs) sum += *co_await job;
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body()), 20);
}

TEST_P(SpawnBlockingOn, JobsMaySpawnTasksAndJobs) {
  Runtime runtime = make();
  auto job = [] {
    auto give = [](int value) -> Task<int> { co_return value; };
    auto task = spawn(give(3));
    auto inner = spawn_blocking([] { return 4; });
    return std::make_pair(std::move(task), std::move(inner));
  };
  auto body = [](auto function) -> Task<int> {
    auto handle = spawn_blocking(function);
    auto both = co_await handle;
    const auto task = co_await both->first;
    const auto inner = co_await both->second;
    co_return *task * 10 + *inner;
  };
  EXPECT_EQ(runtime.block_on(body(job)), 34);
}

TEST_P(SpawnBlockingOn, ManyShortJobsEnd) {
  Runtime runtime = make();
  auto body = [](int count) -> Task<int> {
    std::vector<JoinHandle<int>> jobs;
    for (int i = 0; i < count; ++i) jobs.push_back(spawn_blocking([] { return 1; }));
    int sum = 0;
    for (auto& job : jobs) sum += *co_await job;
    co_return sum;
  };
  const int count = static_cast<int>(test::scaled(5000));
  EXPECT_EQ(runtime.block_on(body(count)), count);
}

TEST(SpawnBlocking, ThrowsOutsideOfARuntime) {
  EXPECT_THROW(spawn_blocking([] {}).detach(), std::logic_error);
}

// A pool of one thread, in which jobs have to queue.
struct PoolOfOneThread {
  template <class F>
  auto submit(F function) {
    auto* cell = new detail::BlockingCell<F, int>(std::move(function));
    cell->set_block(sizeof(*cell));
    cell->refs = 2;
    JoinHandle<int> handle(*cell);
    pool.submit(*cell);
    return handle;
  }
  static std::string end_of(JoinHandle<int> handle) { return block_on(describe(std::move(handle))); }

  test::ManualExecutor runtime;
  detail::ExecutorOptions options{.blocking_limit = 1};
  detail::BlockingPool pool{runtime, options, 0};
};

class PoolOfOne : public ::testing::Test, public PoolOfOneThread {};

TEST_F(PoolOfOne, RunsJobsFirstComeFirstServed) {
  std::vector<int> order;
  std::promise<void> go;
  auto first = submit([&] {
    go.get_future().wait();
    return 0;
  });
  std::vector<JoinHandle<int>> rest;
  for (int i = 1; i < 5; ++i)
    rest.push_back(submit([&order, i] {
      order.push_back(i);
      return i;
    }));
  go.set_value();
  EXPECT_EQ(end_of(std::move(first)), "0");
  for (int i = 1; i < 5; ++i)
    EXPECT_EQ(end_of(std::move(rest[static_cast<std::size_t>(i - 1)])), std::to_string(i));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}

TEST_F(PoolOfOne, AQueuedJobCanBeAborted) {
  std::promise<void> go;
  std::promise<void> started;
  Census census;
  bool ran = false;
  auto first = submit([&] {
    started.set_value();
    go.get_future().wait();
    return 0;
  });
  started.get_future().wait();
  auto second = submit([&ran, counted = Counted(census)] {
    ran = true;
    return 1;
  });
  second.abort();
  first.abort();  // the abort has no effect, because the job already runs
  EXPECT_FALSE(second.is_finished());
  go.set_value();
  EXPECT_EQ(end_of(std::move(first)), "0");
  EXPECT_EQ(end_of(std::move(second)), "cancelled");
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.alive, 0);
}

TEST_F(PoolOfOne, ShutdownCancelsQueuedJobsAndWaitsForTheRunningOne) {
  std::promise<void> started;
  std::atomic<bool> in_shutdown{false};
  Census census;
  auto first = submit([&] {
    started.set_value();
    while (!in_shutdown.load()) std::this_thread::yield();
    return 1;
  });
  started.get_future().wait();
  std::vector<JoinHandle<int>> queued;
  for (int i = 0; i < 5; ++i) queued.push_back(submit([counted = Counted(census)] { return 2; }));
  std::thread shutdown([&] { pool.shutdown(); });
  while (!queued.back().is_finished()) std::this_thread::yield();  // cancelled while the first job still runs
  EXPECT_FALSE(first.is_finished());
  in_shutdown = true;
  shutdown.join();
  EXPECT_EQ(end_of(std::move(first)), "1");
  for (auto& handle : queued) EXPECT_EQ(end_of(std::move(handle)), "cancelled");
  EXPECT_EQ(end_of(submit([] { return 3; })), "cancelled");
  EXPECT_EQ(census.alive, 0);
}

TEST_F(PoolOfOne, MetricsCountThreadsAndQueuedJobs) {
  std::promise<void> started;
  std::promise<void> go;
  auto running = submit([&] {
    started.set_value();
    go.get_future().wait();
    return 0;
  });
  started.get_future().wait();
  std::vector<JoinHandle<int>> queued;
  for (int i = 0; i < 5; ++i) queued.push_back(submit([] { return 1; }));
  RuntimeMetrics metrics;
  pool.measure(metrics);
  EXPECT_EQ(metrics.blocking_queue_depth, 5u);
  EXPECT_EQ(metrics.blocking_threads, 1u);
  EXPECT_EQ(metrics.idle_blocking_threads, 0u);
  go.set_value();
  for (auto& handle : queued) EXPECT_EQ(end_of(std::move(handle)), "1");
  pool.shutdown();
  pool.measure(metrics);
  EXPECT_EQ(metrics.blocking_queue_depth, 0u);
  EXPECT_EQ(metrics.blocking_threads, 0u);
  EXPECT_EQ(metrics.idle_blocking_threads, 0u);
}

TEST(SpawnBlocking, AJobThatRacesWithShutdownRunsOrIsCancelled) {
  for (std::uint64_t round = 0; round < test::scaled(300); ++round) {
    PoolOfOneThread world;
    Census census;
    std::atomic<bool> go{false};
    std::thread shutdown([&] {
      while (!go.load()) std::this_thread::yield();
      world.pool.shutdown();
    });
    std::vector<JoinHandle<int>> handles;
    go.store(true);
    for (int i = 0; i < 10; ++i) handles.push_back(world.submit([counted = Counted(census)] { return 1; }));
    shutdown.join();
    for (auto& handle : handles) {
      const std::string end = PoolOfOneThread::end_of(std::move(handle));
      EXPECT_TRUE(end == "1" || end == "cancelled") << end;
    }
    ASSERT_EQ(census.alive, 0);
  }
}

/// No thread can be started while this object lives, because each would need more stack than there is address space.
class NoNewThreads {
 public:
  NoNewThreads() {
    pthread_attr_t none;
    pthread_attr_init(&none);
    pthread_attr_setstacksize(&none, std::size_t{1} << 50U);
    pthread_getattr_default_np(&before_);
    EXPECT_EQ(pthread_setattr_default_np(&none), 0);
    pthread_attr_destroy(&none);
  }
  NoNewThreads(const NoNewThreads&) = delete;
  NoNewThreads& operator=(const NoNewThreads&) = delete;
  ~NoNewThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

TEST_P(SpawnBlockingOn, AJobIsCancelledWhenNoThreadCanBeStartedAndThePoolGoesOn) {
  auto body = []() -> Task<bool> {
    std::optional<NoNewThreads> none(std::in_place);
    const auto refused = co_await spawn_blocking([] { return 1; });
    none.reset();
    const auto done = co_await spawn_blocking([] { return 2; });
    none.emplace();
    const auto reused = co_await spawn_blocking([] { return 3; });
    co_return !refused && refused.error().is_cancelled() && *done == 2 && *reused == 3;
  };
  Runtime runtime = make();
  EXPECT_TRUE(runtime.block_on(body()));
}

TEST_P(SpawnBlockingOn, AJobWaitsForABusyThreadWhenNoFurtherOneCanBeStarted) {
  auto body = []() -> Task<int> {
    std::promise<void> go;
    auto first = spawn_blocking([&go] {
      go.get_future().wait();
      return 1;
    });
    std::optional<NoNewThreads> none(std::in_place);
    auto second = spawn_blocking([] { return 2; });
    none.reset();
    go.set_value();
    co_return *co_await first + *co_await second;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), 3);
}

}  // namespace
}  // namespace corokit
