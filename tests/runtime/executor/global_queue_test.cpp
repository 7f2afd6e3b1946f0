// Tests what only the global-queue executor does.
// The suites that run on each runtime test what all executors have in common.
#include <corokit/runtime.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

TEST(GlobalQueue, RefusesNoWorkersAndTooMany) {
  EXPECT_THROW(Runtime::global_queue(0), std::invalid_argument);
  EXPECT_THROW(Runtime::global_queue(1025), std::invalid_argument);
}

TEST(GlobalQueue, OneWorkerServesStrictlyFirstComeFirstServed) {
  auto body = []() -> Task<std::vector<int>> {
    std::vector<int> order;
    auto turn = [](std::vector<int>* log, int id) -> Task<void> {
      log->push_back(id);
      co_await yield_now();  // goes behind the tasks that came meanwhile
      log->push_back(id);
    };
    std::vector<JoinHandle<void>> handles;
    for (int id = 0; id < 100; ++id) handles.push_back(spawn(turn(&order, id)));
    for (auto& handle : handles) co_await handle;
    co_return order;
  };
  std::vector<int> expected;
  for (int round = 0; round < 2; ++round)
    for (int id = 0; id < 100; ++id) expected.push_back(id);
  EXPECT_EQ(Runtime::global_queue(1).block_on(body()), expected);
}

TEST(GlobalQueue, EveryWorkerTakesFromTheQueue) {
  constexpr int kWorkers = 4;
  Runtime runtime = Runtime::global_queue(kWorkers);
  std::latch all_here(kWorkers);
  // Each task blocks its worker until all tasks are there. With fewer workers they would wait for ever.
  auto meet = [](std::latch* latch) -> Task<void> {
    latch->arrive_and_wait();
    co_return;
  };
  std::vector<JoinHandle<void>> handles;
  for (int i = 0; i < kWorkers; ++i) handles.push_back(runtime.spawn(meet(&all_here)));
  auto join = [](std::vector<JoinHandle<void>>* joined) -> Task<void> {
    for (auto& handle : *joined) co_await handle;
  };
  runtime.block_on(join(&handles));
  EXPECT_TRUE(all_here.try_wait());
}

TEST(GlobalQueue, ATaskThatYieldsForEverStarvesNoOther) {
  Runtime runtime = Runtime::global_queue(1);
  auto spin = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  auto nap = []() -> Task<int> {
    co_await sleep(1ms);
    co_return 7;
  };
  runtime.spawn(spin()).detach();
  EXPECT_EQ(runtime.block_on(nap()), 7);
}

TEST(GlobalQueue, AStuckWorkerDelaysNoTimer) {
  Runtime runtime = Runtime::global_queue(2);
  auto nap = [](std::atomic<bool>* flag) -> Task<void> {
    co_await sleep(100us);
    flag->store(true);
  };
  // This task occupies its worker until the timer has fired. The same worker may have added that timer.
  auto stuck = [](std::atomic<bool>* flag) -> Task<bool> {
    while (!flag->load()) std::this_thread::yield();
    co_return true;
  };
  for (int round = 0; round < 50; ++round) {
    std::atomic<bool> fired{false};
    auto napping = runtime.spawn(nap(&fired));
    EXPECT_TRUE(runtime.block_on(stuck(&fired)));
    auto join = [](JoinHandle<void>* handle) -> Task<void> { co_await *handle; };
    runtime.block_on(join(&napping));
  }
}

TEST(GlobalQueue, TimersNeverFireEarly) {
  auto nap = [](Instant until) -> Task<void> {
    co_await sleep_until(until);
    EXPECT_GE(now(), until);
  };
  auto body = [](auto make) -> Task<void> {
    const Instant start = now();
    std::vector<JoinHandle<void>> handles;
    for (int id = 0; id < 1000; ++id) handles.push_back(spawn(make(start + id * 20us)));
    for (auto& handle : handles) co_await handle;
  };
  Runtime::global_queue(2).block_on(body(nap));
}

TEST(GlobalQueue, AWakeUpFromAnotherThreadIsNeverLost) {
  Runtime runtime = Runtime::global_queue(2);
  auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
  for (std::uint64_t i = 0; i < test::scaled(5000); ++i) {
    Gate gate;
    auto waiting = runtime.spawn(wait(&gate));
    std::thread opener([&gate] { gate.open(); });
    auto join = [](JoinHandle<void>* handle) -> Task<void> { co_await *handle; };
    runtime.block_on(join(&waiting));
    opener.join();
  }
  EXPECT_EQ(runtime.approx_alive_tasks(), 0u);
}

TEST(GlobalQueue, DestroysWaitingSleepingAndQueuedTasks) {
  Census census;
  Gate gate;
  auto wait = [](Gate* at, Counted) -> Task<void> { co_await at->wait(); };
  auto nap = [](Counted) -> Task<void> { co_await sleep(1h); };
  auto spin = [](Counted) -> Task<void> {
    for (;;) co_await yield_now();
  };
  for (int round = 0; round < 20; ++round) {
    Runtime runtime = Runtime::global_queue(4);
    for (int i = 0; i < 50; ++i) {
      runtime.spawn(wait(&gate, Counted(census))).detach();
      runtime.spawn(nap(Counted(census))).detach();
      runtime.spawn(spin(Counted(census))).detach();
    }
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(gate.waiting(), 0u);
}

TEST(GlobalQueue, MayBeDroppedWhileAnotherThreadWakesItsTasks) {
  Census census;
  auto wait = [](Gate* at, Counted) -> Task<void> { co_await at->wait(); };
  for (std::uint64_t i = 0; i < test::scaled(500); ++i) {
    Gate gate;
    std::thread opener;
    {
      Runtime runtime = Runtime::global_queue(2);
      for (int task = 0; task < 20; ++task) runtime.spawn(wait(&gate, Counted(census))).detach();
      opener = std::thread([&gate] { gate.open(); });
    }
    opener.join();
  }
  EXPECT_EQ(census.alive, 0);
}

}  // namespace
}  // namespace corokit
