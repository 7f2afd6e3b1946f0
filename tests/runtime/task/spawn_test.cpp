#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <array>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using test::Census;
using test::Counted;

Task<int> give(int value) {
  co_return value;
}

Task<int> spawn_and_join(int value) {
  auto handle = spawn(give(value));
  const auto result = co_await handle;
  co_return *result;
}

class SpawnOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(SpawnOn);

TEST_P(SpawnOn, GivesTheResultToTheHandle) {
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(spawn_and_join(7)), 7);
}

TEST_P(SpawnOn, StartsATaskFromOutside) {
  Runtime runtime = make();
  auto handle = runtime.spawn(give(8));
  auto join = [](JoinHandle<int> joined) -> Task<int> { co_return *co_await joined; };
  EXPECT_EQ(runtime.block_on(join(std::move(handle))), 8);
}

Task<int> fan_out(int children, Census* census) {
  auto body = [](int value, Counted) -> Task<int> {
    co_await yield_now();
    co_return value;
  };
  std::vector<JoinHandle<int>> handles;
  for (int i = 0; i < children; ++i) handles.push_back(spawn(body(i, Counted(*census))));
  int sum = 0;
  for (auto& handle : handles) sum += *co_await handle;
  co_return sum;
}

TEST_P(SpawnOn, RunsManyFromOneTask) {
  Runtime runtime = make();
  Census census;
  EXPECT_EQ(runtime.block_on(fan_out(1000, &census)), 499'500);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(SpawnOn, RunsAHundredThousand) {
  Runtime runtime = make();
  const int count = static_cast<int>(test::scaled(100'000));
  Census census;
  std::int64_t expected = 0;
  for (int i = 0; i < count; ++i) expected += i;
  auto fan = [](int children, Census* alive) -> Task<std::int64_t> {
    auto body = [](int value, Counted) -> Task<int> {
      co_await yield_now();
      co_return value;
    };
    std::vector<JoinHandle<int>> handles;
    for (int i = 0; i < children; ++i) handles.push_back(spawn(body(i, Counted(*alive))));
    std::int64_t sum = 0;
    for (auto& handle : handles) sum += *co_await handle;
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(fan(count, &census)), expected);
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(runtime.approx_alive_tasks(), 0u);
}

Task<int> spawn_chain(int depth) {
  if (depth == 0) co_return 0;
  auto below = spawn(spawn_chain(depth - 1));
  co_return 1 + *co_await below;
}

TEST_P(SpawnOn, NestsToAnyDepth) {
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(spawn_chain(10'000)), 10'000);
}

TEST_P(SpawnOn, ADetachedTaskRunsOn) {
  Runtime runtime = make();
  std::atomic<bool> ran{false};
  auto body = [](std::atomic<bool>* flag) -> Task<void> {
    co_await yield_now();
    flag->store(true);
  };
  runtime.spawn(body(&ran)).detach();
  test::run_until(runtime, [&ran] { return ran.load(); });
}

TEST_P(SpawnOn, OtherThreadsMaySpawnAtOnce) {
  Runtime runtime = make();
  constexpr int kThreads = 4;
  const int each = static_cast<int>(test::scaled(5000));
  std::atomic<int> ran{0};
  auto body = [](std::atomic<int>* count) -> Task<void> {
    count->fetch_add(1);
    co_return;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < each; ++n) runtime.spawn(body(&ran)).detach();
    });
  test::run_until(runtime, [&] { return ran.load() == kThreads * each; });
  for (auto& thread : threads) thread.join();
}

TEST_P(SpawnOn, ASpawnedTaskRunsOnceItsSpawnerWaits) {
  Runtime runtime = make();
  auto body = []() -> Task<bool> {
    bool ran = false;
    auto child = [](bool* flag) -> Task<void> {
      *flag = true;
      co_return;
    };
    auto handle = spawn(child(&ran));
    co_await handle;
    co_return ran;
  };
  EXPECT_TRUE(runtime.block_on(body()));
}

TEST(Spawn, ThrowsOutsideOfARuntime) {
  EXPECT_THROW(spawn(give(1)).detach(), std::logic_error);
}

TEST(Spawn, DestroysTheTaskThatItCouldNotStart) {
  Census census;
  auto body = [](Counted) -> Task<void> { co_return; };
  EXPECT_THROW(spawn(body(Counted(census))).detach(), std::logic_error);
  EXPECT_EQ(census.alive, 0);
}

TEST(Spawn, CarriesMoveOnlyArgumentsAndResults) {
  auto body = [](std::unique_ptr<int> in) -> Task<std::unique_ptr<int>> {
    co_await yield_now();
    co_return std::make_unique<int>(*in + 1);
  };
  auto join = [](auto task) -> Task<int> {
    auto handle = spawn(std::move(task));
    auto result = co_await handle;
    co_return **result;
  };
  EXPECT_EQ(block_on(join(body(std::make_unique<int>(4)))), 5);
}

struct Large {
  std::array<std::uint8_t, 300'000> bytes{};
  Large() noexcept {}
};

TEST(Spawn, CarriesResultsLargerThanAFrame) {
  auto body = []() -> Task<Large> {
    co_await yield_now();
    Large large;
    large.bytes.back() = 42;
    co_return large;
  };
  auto join = [](Task<Large> task) -> Task<int> {
    auto handle = spawn(std::move(task));
    auto result = co_await handle;
    co_return result->bytes.back();
  };
  EXPECT_EQ(block_on(join(body())), 42);
}

TEST(Spawn, GivesEachTaskItsOwnId) {
  Runtime runtime = Runtime::multi_thread(2);
  std::set<TaskId> ids;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        auto handle = runtime.spawn(give(n));
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(ids.insert(handle.id()).second);
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(Spawn, TheFrameIsGoneWhenTheHandleResolves) {
  Runtime runtime = Runtime::multi_thread(2);
  auto body = [](Counted) -> Task<void> { co_await yield_now(); };
  auto check = [](auto make, Census* census) -> Task<int> {
    int left = 0;
    for (int i = 0; i < 1000; ++i) {
      auto handle = spawn(make(Counted(*census)));
      co_await handle;
      left += census->alive.load();
    }
    co_return left;
  };
  Census census;
  EXPECT_EQ(runtime.block_on(check(body, &census)), 0);
}

}  // namespace
}  // namespace corokit
