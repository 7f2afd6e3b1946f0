// Combinators nest as deep as plain awaits do: they begin, complete and are dropped in a stack that does not grow, in
// every build. The numbers in the names are the same in every build without sanitizers, which do a tenth.
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "support/scaled.hpp"

namespace corokit {
namespace {

using std::chrono_literals::operator""h;

/// What all levels of a test share.
struct Depths {
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
  int alive = 0;
  Notify* gate = nullptr;  // what the innermost level waits for; null if it is over at once
  bool innermost_began = false;

  [[gnu::noinline]] void visit() noexcept {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
  }
  std::uintptr_t stack_bytes() const noexcept { return highest - lowest; }
};

/// A million levels of the smallest possible stack frame, 16 bytes, would take 16 MiB.
constexpr std::uintptr_t kMostStack = 512U << 10U;
const int kMillion = static_cast<int>(test::scaled(1'000'000));

/// A local variable of each level: levels end from the inside out.
struct Level {
  Level(Depths& of, int left) noexcept : depths(of), place(++depths.alive) {
    depths.visit();
    if (left == 0) depths.innermost_began = true;
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() {
    depths.visit();
    EXPECT_EQ(depths.alive--, place);
  }
  Depths& depths;
  const int place;
};

struct ByTimeout {
  static Task<int> down(int left, Depths& depths) {
    const Level level(depths, left);
    if (left == 0) {
      if (depths.gate) co_await depths.gate->notified();
      co_return 0;
    }
    const auto below = co_await timeout(1h, down(left - 1, depths));
    co_return below ? *below + 1 : -1;
  }
};

struct BySelect {
  static Task<int> down(int left, Depths& depths) {
    const Level level(depths, left);
    if (left == 0) {
      if (depths.gate) co_await depths.gate->notified();
      co_return 0;
    }
    Notify never;
    const auto below = co_await select(biased, down(left - 1, depths), never.notified());
    co_return below.index() == 0 ? std::get<0>(below) + 1 : -1;
  }
};

struct ByJoin {
  static Task<int> down(int left, Depths& depths) {
    const Level level(depths, left);
    if (left == 0) {
      if (depths.gate) co_await depths.gate->notified();
      co_return 0;
    }
    const auto below = co_await join(yield_now(), down(left - 1, depths));
    co_return std::get<1>(below) + 1;
  }
};

struct ByRunUntilCancelled {
  static Task<int> down(int left, Depths& depths) {
    const Level level(depths, left);
    if (left == 0) {
      if (depths.gate) co_await depths.gate->notified();
      co_return 0;
    }
    CancellationToken token;
    const auto below = co_await token.run_until_cancelled(down(left - 1, depths));
    co_return below ? *below + 1 : -1;
  }
};

struct ByFuturesUnordered {
  static Task<int> down(int left, Depths& depths) {
    const Level level(depths, left);
    if (left == 0) {
      if (depths.gate) co_await depths.gate->notified();
      co_return 0;
    }
    FuturesUnordered<Task<int>> futures;
    futures.push(down(left - 1, depths));
    const auto below = co_await futures.next();
    co_return below ? *below + 1 : -1;
  }
};

template <class Way>
void completes(int levels) {
  Depths depths;
  EXPECT_EQ(Runtime::current_thread().block_on(Way::down(levels, depths)), levels);
  EXPECT_EQ(depths.alive, 0);
  EXPECT_LT(depths.stack_bytes(), kMostStack);
}

/// All levels wait before the innermost is woken.
template <class Way>
void completes_later(int levels) {
  Depths depths;
  Notify gate;
  depths.gate = &gate;
  const auto program = [](Depths& shared, int count) -> Task<int> {
    auto handle = spawn(Way::down(count, shared));
    while (!shared.innermost_began) co_await yield_now();
    shared.gate->notify_one();
    const auto result = co_await handle;
    co_return result ? *result : -1;
  };
  EXPECT_EQ(Runtime::current_thread().block_on(program(depths, levels)), levels);
  EXPECT_LT(depths.stack_bytes(), kMostStack);
}

/// Returns: how much stack that took.
template <class Way>
std::uintptr_t is_dropped(int levels) {
  Depths depths;
  Notify gate;
  depths.gate = &gate;
  const auto program = [](Depths& shared, int count) -> Task<void> {
    auto handle = spawn(Way::down(count, shared));
    while (!shared.innermost_began) co_await yield_now();
    handle.abort();
    EXPECT_FALSE(co_await handle);
  };
  Runtime::current_thread().block_on(program(depths, levels));
  EXPECT_EQ(depths.alive, 0);
  return depths.stack_bytes();
}

template <class Way>
class NestedCombinators : public ::testing::Test {};
using Ways = ::testing::Types<ByTimeout, BySelect, ByJoin, ByRunUntilCancelled>;
TYPED_TEST_SUITE(NestedCombinators, Ways);

TYPED_TEST(NestedCombinators, AMillionCompleteAtOnceInConstantStack) {
  completes<TypeParam>(kMillion);
}
TYPED_TEST(NestedCombinators, AMillionThatWaitCompleteInConstantStack) {
  completes_later<TypeParam>(kMillion);
}
TYPED_TEST(NestedCombinators, AMillionAreDroppedInConstantStackFromTheInsideOut) {
  EXPECT_LT(is_dropped<TypeParam>(kMillion), kMostStack);
}

TEST(NestedFuturesUnordered, AMillionCompleteInConstantStack) {
  completes<ByFuturesUnordered>(kMillion);
  completes_later<ByFuturesUnordered>(kMillion);
}

// The collection may outlive the coroutine that awaits it, so its operations are dropped by its destructor alone. The
// bound is that of the documentation; a thread has 8 MiB of stack.
TEST(NestedFuturesUnordered, AThousandAreDroppedInHalfOfAStack) {
  EXPECT_LT(is_dropped<ByFuturesUnordered>(1'000), std::uintptr_t{4} << 20U);
}

}  // namespace
}  // namespace corokit
