// A callable that is spawned stays alive until its task is over.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "support/on_each_runtime.hpp"

namespace corokit::test {
namespace {

using SpawnCallableOn = OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(SpawnCallableOn);

/// Notes that it is alive in `*alive`.
struct Capture {
  explicit Capture(std::shared_ptr<int> counted) noexcept : alive(std::move(counted)) {}
  std::shared_ptr<int> alive;
};

Task<int> await(JoinHandle<int> handle) {
  co_return *co_await handle;
}

TEST_P(SpawnCallableOn, KeepsItsCapturesUntilTheTaskIsOver) {
  const auto alive = std::make_shared<int>(0);
  Runtime runtime = make();
  auto handle = runtime.spawn([capture = Capture(alive)]() -> Task<int> {
    for (int i = 0; i < 10; ++i) co_await yield_now();
    co_return static_cast<int>(capture.alive.use_count());
  });
  EXPECT_GE(runtime.block_on(await(std::move(handle))), 2);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_P(SpawnCallableOn, DestroysItsCapturesWhenTheTaskIsAborted) {
  const auto alive = std::make_shared<int>(0);
  Runtime runtime = make();
  auto handle = runtime.spawn([capture = Capture(alive)]() -> Task<int> {
    Notify never;
    co_await never.notified();
    co_return static_cast<int>(capture.alive.use_count());
  });
  handle.abort();
  auto wait = [](JoinHandle<int> ended) -> Task<bool> { co_return !co_await ended; };
  EXPECT_TRUE(runtime.block_on(wait(std::move(handle))));
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(SpawnCallable, TakesAFunctionAMoveOnlyLambdaAndAName) {
  auto body = []() -> Task<std::string> {
    auto by_name = spawn([] { return await(spawn([]() -> Task<int> { co_return 1; })); });
    auto owner = [owned = std::make_unique<int>(2)]() -> Task<int> { co_return *owned; };
    auto by_move = spawn(std::move(owner), "Trinity");
    auto named = spawn([]() -> Task<std::string> { co_return current_task_name(); }, "Neo");
    const int sum = *co_await by_name + *co_await by_move;
    co_return *co_await named + std::to_string(sum);
  };
  EXPECT_EQ(block_on(body()), "Neo3");
}

TEST(SpawnCallable, AJoinSetTakesOneToo) {
  auto body = []() -> Task<int> {
    JoinSet<int> set;
    const auto shared = std::make_shared<int>(20);
    set.spawn([shared]() -> Task<int> {
      co_await yield_now();
      co_return *shared;
    });
    set.spawn([shared]() -> Task<int> { co_return *shared + 2; });
    int sum = 0;
    while (auto next = co_await set.join_next()) sum += **next;
    co_return sum;
  };
  EXPECT_EQ(block_on(body()), 42);
}

}  // namespace
}  // namespace corokit::test
