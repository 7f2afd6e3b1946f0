#pragma once
// A table of what is promised of n waiters, children or messages, and how tasks are made to wait.
#include <gtest/gtest.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "steps.hpp"
#include "support/probe.hpp"

namespace corokit::test {

/// Counts what runs between start() and stop(), as often as the two are called.
class Count {
 public:
  void start() noexcept {
    steps_ -= test::steps();
    allocations_ -= test::allocations();
  }
  void stop() noexcept {
    steps_ += test::steps();
    allocations_ += test::allocations();
  }
  std::uint64_t steps() const noexcept { return steps_; }
  std::uint64_t allocations() const noexcept { return allocations_; }

 private:
  std::uint64_t steps_ = 0;
  std::uint64_t allocations_ = 0;
};

/// How what is counted may grow with n.
enum class Growth {
  linear,       ///< n operations of O(1), or one of O(n)
  logarithmic,  ///< one operation of O(log n), or of O(1)
};

/// How many allocations what is counted may make: none, unless a row says otherwise.
struct Memory {
  std::size_t once = 0;  ///< beside those for each of n
  double each = 0;       ///< for each of n
};

/// One row of a table: `run` does something with n waiters, children or messages, and counts the part of interest.
struct Row {
  const char* name;
  void (*run)(Count& count, std::size_t n);
  Growth growth = Growth::linear;
  Memory memory{};
};

/// Expects that the row takes at 4n no more steps than its growth promises, when compared with n, and makes no more
/// allocations than it promises.
inline void expect_promise(const Row& row) {
  constexpr std::size_t kSize = 128;
  Count few;
  Count many;
  row.run(few, kSize);
  row.run(many, 4 * kSize);
  // A scan of the waiters would make the steps of n operations grow by 16.
  const double allowed = row.growth == Growth::linear ? 4.4 : 1.6;
  EXPECT_GT(few.steps(), 0u) << "nothing was counted";
  EXPECT_LE(static_cast<double>(many.steps()), allowed * static_cast<double>(few.steps()))
      << few.steps() << " steps for " << kSize;
  for (const auto& [count, n] : {std::pair(few, kSize), std::pair(many, 4 * kSize)})
    EXPECT_LE(count.allocations(),
              row.memory.once + static_cast<std::size_t>(row.memory.each * static_cast<double>(n)))
        << "for " << n;
}

/// The i-th of n places in some order.
using Order = std::size_t (*)(std::size_t i, std::size_t n);
/// Forwards, backwards, and from one half of the queue to the other.
inline constexpr std::array<Order, 3> kOrders{
    [](std::size_t i, std::size_t) { return i; },
    [](std::size_t i, std::size_t n) { return n - 1 - i; },
    [](std::size_t i, std::size_t n) { return i % 2 == 0 ? i / 2 : n - 1 - i / 2; },
};

template <class Make>
using ProbeOf = Probe<decltype(std::declval<Make&>()())>;

/// Makes `n` waits with `make()`, and begins them, each in a task of its own.
template <class Make>
std::vector<std::unique_ptr<ProbeOf<Make>>> wait_times(std::size_t n, Make make) {
  std::vector<std::unique_ptr<ProbeOf<Make>>> waiting;
  waiting.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    waiting.push_back(std::make_unique<ProbeOf<Make>>(make()));
    waiting.back()->poll();
  }
  return waiting;
}

/// Counts how `n` waits begin, one behind another.
template <class Make>
void count_arrivals(Count& count, std::size_t n, Make make) {
  std::vector<std::unique_ptr<ProbeOf<Make>>> waiting;
  waiting.reserve(n);
  for (std::size_t i = 0; i < n; ++i) waiting.push_back(std::make_unique<ProbeOf<Make>>(make()));
  count.start();
  for (auto& each : waiting) each->poll();
  count.stop();
}

/// Counts how `n` waits are dropped, in each order.
template <class Make>
void count_drops(Count& count, std::size_t n, Make make) {
  for (const Order order : kOrders) {
    auto waiting = wait_times(n, make);
    count.start();
    for (std::size_t i = 0; i < n; ++i) waiting[order(i, n)]->drop();
    count.stop();
  }
}

}  // namespace corokit::test

/// Makes a test of each row of `rows`.
// NOLINTBEGIN(bugprone-macro-parentheses): the name of a class stands in none.
#define COROKIT_TEST_COMPLEXITY(Suite, rows)                              \
  class Suite : public ::testing::TestWithParam<::corokit::test::Row> {}; \
  TEST_P(Suite, IsAsPromised) {                                           \
    ::corokit::test::expect_promise(GetParam());                          \
  }                                                                       \
  INSTANTIATE_TEST_SUITE_P(Each, Suite, ::testing::ValuesIn(rows),        \
                           [](const auto& row) { return row.param.name; })
// NOLINTEND(bugprone-macro-parentheses)
