// Chains of awaits of any length and depth run in a stack that does not grow. This holds in every build, including
// those in which the compiler makes no tail calls (-O0, sanitizers).
// The numbers in the names are the same in every build.
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <variant>

#include "support/probe.hpp"

namespace corokit {
namespace {

/// Measures how far apart the stack frames of all visits are. If each of a hundred thousand steps of a chain took even
/// the smallest possible stack frame, of 16 bytes, the span would be far above the limit.
class StackSpan {
 public:
  static constexpr std::uintptr_t kLimit = 16U << 10U;

  [[gnu::noinline]] void visit() noexcept {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_ = std::min(lowest_, here);
    highest_ = std::max(highest_, here);
  }
  std::uintptr_t bytes() const noexcept { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = UINTPTR_MAX;
  std::uintptr_t highest_ = 0;
};

/// Visits the span in its constructor and in its destructor.
struct Visit {
  explicit Visit(StackSpan& of) noexcept : span(of) { span.visit(); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { span.visit(); }
  StackSpan& span;
};

void recurse(int depth, StackSpan& span) {
  const Visit visit(span);
  void (*volatile self)(int, StackSpan&) = recurse;  // keeps the compiler from making a loop of it
  if (depth != 0) self(depth - 1, span);
}

TEST(LongChain, AStackThatGrowsIsNoticedInTenThousandSteps) {
  StackSpan span;
  recurse(10'000, span);
  EXPECT_GT(span.bytes(), 4 * StackSpan::kLimit);
}

constexpr std::uint64_t kHundredThousand = 100'000;
constexpr std::uint64_t kMillion = 1'000'000;

Task<std::uint64_t> one(StackSpan& span) {
  span.visit();
  co_return 1;
}

Task<std::uint64_t> one_later(StackSpan& span) {
  const Visit visit(span);
  co_await yield_now();
  co_return 1;
}

using Child = Task<std::uint64_t> (*)(StackSpan&);

Task<std::uint64_t> sum_of(std::uint64_t count, Child child, StackSpan& span) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    sum += co_await child(span);
    span.visit();
  }
  co_return sum;
}

TEST(LongChain, TenMillionReadyChildrenRunInConstantStack) {
  StackSpan span;
  EXPECT_EQ(block_on(sum_of(10 * kMillion, one, span)), 10 * kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

TEST(LongChain, AMillionChildrenThatSuspendRunInConstantStack) {
  StackSpan span;
  EXPECT_EQ(block_on(sum_of(kMillion, one_later, span)), kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

Task<std::uint64_t> depth_of(std::uint64_t depth, Child innermost, StackSpan& span) {
  const Visit visit(span);
  if (depth == 1) co_return co_await innermost(span);
  const std::uint64_t below = co_await depth_of(depth - 1, innermost, span);
  co_return below + 1;
}

TEST(LongChain, AMillionNestedChildrenRunInConstantStack) {
  StackSpan span;
  EXPECT_EQ(block_on(depth_of(kMillion, one, span)), kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

TEST(LongChain, AMillionNestedChildrenOverOneThatSuspendsRunInConstantStack) {
  StackSpan span;
  EXPECT_EQ(block_on(depth_of(kMillion, one_later, span)), kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

Task<std::uint64_t> forever(StackSpan& span) {
  const Visit visit(span);
  for (;;) co_await yield_now();
}

TEST(LongChain, AMillionNestedChildrenAreDroppedInConstantStack) {
  StackSpan span;
  {
    test::Probe probe(depth_of(kMillion, forever, span));
    EXPECT_TRUE(probe.is_pending());
    probe.drop();
    EXPECT_FALSE(probe.is_ready());
  }
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

Task<std::uint64_t> broken(StackSpan& span) {
  const Visit visit(span);
  throw std::runtime_error("broken");
  co_return 0;
}

TEST(LongChain, AnExceptionPassesAHundredThousandNestedChildrenInConstantStack) {
  StackSpan span;
  EXPECT_THROW(block_on(depth_of(kHundredThousand, broken, span)), std::runtime_error);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

TEST(LongChain, AMillionYieldsRunInConstantStack) {
  StackSpan span;
  auto body = [](StackSpan& visited) -> Task<std::uint64_t> {
    std::uint64_t i = 0;
    for (; i < kMillion; ++i) {
      co_await yield_now();
      visited.visit();
    }
    co_return i;
  };
  EXPECT_EQ(block_on(body(span)), kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

TEST(LongChain, AMillionSelectsRunInConstantStack) {
  StackSpan span;
  auto body = [](StackSpan& visited) -> Task<std::uint64_t> {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < kMillion; ++i) {
      auto first = co_await select(one(visited), one(visited));
      sum += first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
    }
    co_return sum;
  };
  EXPECT_EQ(block_on(body(span)), kMillion);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

Task<std::uint64_t> after(JoinHandle<std::uint64_t> previous, StackSpan& span) {
  const Visit visit(span);
  const auto count = co_await previous;
  co_return *count + 1;
}

// The end of each task wakes the next one. No task may run inside that wake-up.
TEST(LongChain, AHundredThousandTasksThatEachJoinTheLastRunInConstantStack) {
  StackSpan span;
  auto body = [](StackSpan& visited) -> Task<std::uint64_t> {
    JoinHandle<std::uint64_t> last = spawn(one_later(visited));
    for (std::uint64_t i = 1; i < kHundredThousand; ++i) last = spawn(after(std::move(last), visited));
    const auto count = co_await last;
    co_return *count;
  };
  EXPECT_EQ(Runtime::current_thread().block_on(body(span)), kHundredThousand);
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

Task<void> pass_on(Notify& notify, StackSpan& span) {
  const Visit visit(span);
  co_await notify.notified();
  notify.notify_one();
}

TEST(LongChain, AHundredThousandTasksThatEachNotifyTheNextRunInConstantStack) {
  StackSpan span;
  Notify notify;
  auto body = [](Notify& passed, StackSpan& visited) -> Task<void> {
    for (std::uint64_t i = 0; i < kHundredThousand; ++i) spawn(pass_on(passed, visited)).detach();
    passed.notify_one();
    co_return;
  };
  Runtime runtime = Runtime::current_thread();
  runtime.block_on(body(notify, span));
  while (runtime.approx_alive_tasks() != 0) runtime.block_on(one_later(span));
  EXPECT_LT(span.bytes(), StackSpan::kLimit);
}

}  // namespace
}  // namespace corokit
