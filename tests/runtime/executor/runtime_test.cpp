#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_later;

Task<int> give(int value) {
  co_return value;
}

class RuntimeOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeOn);

TEST_P(RuntimeOn, BlockOnGivesTheResult) {
  Runtime runtime = make();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(runtime.block_on(give_later(i)), i);
}

TEST_P(RuntimeOn, BlockOnThrowsWhatEscapesTheTask) {
  Runtime runtime = make();
  auto body = []() -> Task<int> {
    co_await yield_now();
    throw std::out_of_range("far");
  };
  EXPECT_THROW(runtime.block_on(body()), std::out_of_range);
  EXPECT_EQ(runtime.block_on(give(1)), 1);
}

TEST_P(RuntimeOn, BlockOnFromManyThreadsAtOnce) {
  Runtime runtime = make();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) EXPECT_EQ(runtime.block_on(give_later(n)), n);
    });
  for (auto& thread : threads) thread.join();
}

TEST_P(RuntimeOn, BlockOnCallsMayWaitForEachOther) {
  Runtime runtime = make();
  for (std::uint64_t i = 0; i < test::scaled(300); ++i) {
    Gate first;
    Gate second;
    auto open_and_wait = [](Gate* mine, Gate* theirs) -> Task<void> {
      mine->open();
      co_await theirs->wait();
    };
    std::thread other([&] { runtime.block_on(open_and_wait(&first, &second)); });
    runtime.block_on(open_and_wait(&second, &first));
    other.join();
  }
}

TEST_P(RuntimeOn, BlockOnCallsEndInAnyOrder) {
  // When the task of the driving thread is over, the thread that is left has to drive.
  Runtime runtime = make();
  for (std::uint64_t i = 0; i < test::scaled(300); ++i) {
    Gate gate;
    auto wait = [](Gate* at) -> Task<void> {
      co_await at->wait();
      for (int n = 0; n < 3; ++n) co_await yield_now();
    };
    std::vector<std::thread> threads;
    for (int n = 0; n < 3; ++n) threads.emplace_back([&] { runtime.block_on(wait(&gate)); });
    gate.open();
    for (auto& thread : threads) thread.join();
  }
}

TEST_P(RuntimeOn, ABlockingJobMayBlockOnItsOwnRuntime) {
  Runtime runtime = make();
  auto body = [](Runtime* own) -> Task<int> {
    auto job = spawn_blocking([own] { return own->block_on(give_later(9)); });
    const auto result = co_await job;
    co_return *result;
  };
  EXPECT_EQ(runtime.block_on(body(&runtime)), 9);
}

TEST_P(RuntimeOn, ABlockingJobThatBlocksOnADroppedRuntimeGetsAnException) {
  std::promise<void> started;
  std::promise<bool> threw;
  auto wait_for_ever = [](Gate* gate) -> Task<int> {
    co_await gate->wait();
    co_return 1;
  };
  Gate gate;
  {
    Runtime runtime = make();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          try {
            runtime.block_on(wait_for_ever(&gate));
            threw.set_value(false);
          } catch (const std::exception&) {
            threw.set_value(true);
          }
        })
        .detach();
    started.get_future().wait();
  }
  EXPECT_TRUE(threw.get_future().get());
}

TEST_P(RuntimeOn, BlockOnInsideATaskIsRefused) {
  Runtime runtime = make();
  auto body = [](Runtime* own) -> Task<bool> {
    try {
      own->block_on(give(1));
    } catch (const std::logic_error&) {
      co_return true;
    }
    co_return false;
  };
  EXPECT_TRUE(runtime.block_on(body(&runtime)));
  auto nested = []() -> Task<int> { co_return block_on(give(1)); };
  EXPECT_THROW(runtime.block_on(nested()), std::logic_error);
}

TEST_P(RuntimeOn, ARuntimeMayLiveInsideATask) {
  Runtime runtime = make();
  auto body = []() -> Task<int> {
    Runtime inner = make();
    auto handle = inner.spawn(give_later(3));
    int sum = 0;
    if (has_workers()) sum = *co_await handle;
    Runtime other = Runtime::multi_thread(1);
    auto elsewhere = other.spawn(give_later(4));
    sum += *co_await elsewhere;
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body()), has_workers() ? 7 : 4);
}

TEST_P(RuntimeOn, CountsTasksThatAreAlive) {
  Gate gate;
  Runtime runtime = make();
  auto wait = [](Gate* at) -> Task<void> { co_await at->wait(); };
  EXPECT_EQ(runtime.approx_alive_tasks(), 0u);
  for (int i = 0; i < 10; ++i) runtime.spawn(wait(&gate)).detach();
  test::run_until(runtime, [&] { return gate.waiting() == 10; });
  EXPECT_EQ(runtime.approx_alive_tasks(), 10u);
  gate.open();
  test::run_until(runtime, [&] { return runtime.approx_alive_tasks() == 1; });
}

TEST_P(RuntimeOn, MovesWithItsTasks) {
  Runtime runtime = make();
  auto handle = runtime.spawn(give_later(5));
  Runtime moved = std::move(runtime);
  auto join = [](JoinHandle<int> waited) -> Task<int> { co_return *co_await waited; };
  EXPECT_EQ(moved.block_on(join(std::move(handle))), 5);
  moved = make();
  EXPECT_EQ(moved.block_on(give(6)), 6);
}

// Starvation.

Task<void> yield_until(std::atomic<bool>* stop) {
  while (!stop->load()) co_await yield_now();
}

Task<void> await_ready_until(std::atomic<bool>* stop, Gate* open) {
  while (!stop->load()) co_await open->wait();
}

Task<void> respawn_until(std::atomic<bool>* stop) {
  if (!stop->load()) spawn(respawn_until(stop)).detach();
  co_return;
}

Task<void> stop_after_sleep(std::atomic<bool>* stop) {
  for (int i = 0; i < 5; ++i) co_await sleep(1ms);
  stop->store(true);
}

TEST_P(RuntimeOn, TimersFireWhileTasksYieldForEver) {
  std::atomic<bool> stop{false};  // tasks read it until the runtime is destroyed
  Runtime runtime = make();
  for (int i = 0; i < 40; ++i) runtime.spawn(yield_until(&stop)).detach();
  runtime.block_on(stop_after_sleep(&stop));
}

TEST_P(RuntimeOn, TimersFireWhileTasksNeverHaveToWait) {
  Gate open;
  open.open();
  std::atomic<bool> stop{false};
  Runtime runtime = make();
  for (int i = 0; i < 40; ++i) runtime.spawn(await_ready_until(&stop, &open)).detach();
  runtime.block_on(stop_after_sleep(&stop));
  test::run_until(runtime, [&] { return runtime.approx_alive_tasks() == 1; });
}

TEST_P(RuntimeOn, TimersFireWhileTasksRespawnThemselves) {
  // Each of these chains of tasks goes through the LIFO slot of a worker.
  std::atomic<bool> stop{false};  // tasks read it until the runtime is destroyed
  Runtime runtime = make();
  for (int i = 0; i < 40; ++i) runtime.spawn(respawn_until(&stop)).detach();
  runtime.block_on(stop_after_sleep(&stop));
}

TEST_P(RuntimeOn, SpawnsFromOutsideRunWhileTasksRespawnThemselves) {
  std::atomic<bool> stop{false};  // tasks read it until the runtime is destroyed
  Runtime runtime = make();
  for (int i = 0; i < 40; ++i) runtime.spawn(respawn_until(&stop)).detach();
  std::thread outside([&] {
    auto body = [](std::atomic<bool>* flag) -> Task<void> {
      flag->store(true);
      co_return;
    };
    for (int i = 0; i < 100; ++i) runtime.spawn(give(i)).detach();
    runtime.spawn(body(&stop)).detach();
  });
  test::run_until(runtime, [&] { return stop.load(); });
  outside.join();
}

// Wake-ups.

TEST_P(RuntimeOn, NoWakeFromAnotherThreadIsLost) {
  Runtime runtime = make();
  for (std::uint64_t i = 0; i < test::scaled(3000); ++i) {
    Gate there;
    Gate back;
    auto body = [](Gate* wait_for, Gate* answer) -> Task<void> {
      co_await wait_for->wait();
      answer->open();
    };
    auto waiter = runtime.spawn(body(&there, &back));
    std::thread opener([&there] { there.open(); });
    auto wait = [](Gate* at) -> Task<void> { co_await at->wait(); };
    runtime.block_on(wait(&back));
    opener.join();
    waiter.detach();
  }
}

TEST(Runtime, RefusesImpossibleNumbersOfWorkers) {
  EXPECT_THROW(Runtime::multi_thread(0), std::invalid_argument);
  EXPECT_THROW(Runtime::multi_thread(1025), std::invalid_argument);
  EXPECT_GE(Runtime::default_workers(), 1u);
}

TEST(Runtime, ATaskOfTheCurrentThreadRuntimeRunsOnlyInsideBlockOn) {
  Runtime runtime = Runtime::current_thread();
  std::thread::id ran_on;
  auto body = [](std::thread::id* id) -> Task<void> {
    *id = std::this_thread::get_id();
    co_return;
  };
  auto handle = runtime.spawn(body(&ran_on));
  EXPECT_FALSE(handle.is_finished());
  test::run_until(runtime, [&] { return handle.is_finished(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Runtime, StartsAndStopsOverAndOver) {
  for (int i = 0; i < 200; ++i) {
    Runtime runtime = Runtime::multi_thread(3);
    if (i % 2 == 0) {
      EXPECT_EQ(runtime.block_on(give_later(i)), i);
    }
  }
}

TEST_P(RuntimeOn, DestroyingItInsideOneOfItsTasksIsRefusedWithAMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto end = [](std::optional<Runtime>* runtime) -> Task<void> {
    runtime->reset();
    co_return;
  };
  EXPECT_DEATH(
      {
        std::optional<Runtime> runtime(make());
        runtime->block_on(end(&runtime));
      },
      "a Runtime was destroyed inside one of its own tasks");
}

TEST_P(RuntimeOn, DestroyingItInsideOneOfItsBlockingFunctionsIsRefusedWithAMessage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto end = [](std::optional<Runtime>* runtime) -> Task<void> {
    co_await spawn_blocking([runtime] { *runtime = Runtime::current_thread(); });
  };
  EXPECT_DEATH(
      {
        std::optional<Runtime> runtime(make());
        runtime->block_on(end(&runtime));
      },
      "a Runtime was destroyed inside one of its own tasks");
}

}  // namespace
}  // namespace corokit
