#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "complexity/steps.hpp"

namespace corokit::detail {
namespace {

using test::expect_constant;
using test::expect_linear;
using test::steps;

constexpr unsigned kTickShift = 16;
constexpr std::int64_t kTick = 1 << kTickShift;

/// Timers without coroutines, in a wheel.
class Timers {
 public:
  explicit Timers(std::size_t count) : timers_(count) {
    for (Timer& timer : timers_) {
      timer.part_of = &task_;
      timer.node.branch = &timer;
    }
  }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  ~Timers() {
    for (Timer& timer : timers_)
      if (timer.node.wheel) wheel_.remove(timer.node);
    // The branches that fired are on the list of the task.
    Turn turn(task_, context_);
    turn.take_ready();
    while (turn.queue.pop()) {
    }
  }

  std::size_t size() const { return timers_.size(); }
  void insert(std::size_t i, std::int64_t at) { wheel_.insert(timers_[i].node, Instant(Duration(at))); }
  void remove(std::size_t i) { wheel_.remove(timers_[i].node); }
  /// Advances from one alarm of the wheel to the next, until no timer is left. Returns: how many timers fired.
  std::size_t fire_all() {
    std::size_t fired = 0;
    while (const auto next = wheel_.approx_next()) {
      WakeBatch batch;
      fired += wheel_.advance(*next, batch);
    }
    return fired;
  }

 private:
  struct Timer : ChildBranch {
    TimerNode node;
  };
  TaskHeader task_;
  Context context_;
  TimerWheel wheel_{kTickShift, Instant{}};
  std::vector<Timer> timers_;
};

std::vector<std::size_t> shuffled(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(7);
  for (std::size_t i = n; i > 1; --i)
    std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
  return order;
}

/// Measures insertions and then removals, in a random order.
std::uint64_t insert_and_remove(std::size_t n, std::int64_t spread) {
  Timers timers(n);
  Rng rng(n);
  const std::vector<std::size_t> order = shuffled(n);
  const std::uint64_t before = steps();
  for (std::size_t i = 0; i < n; ++i) timers.insert(i, static_cast<std::int64_t>(rng.next() >> 1) % spread);
  for (const std::size_t i : order) timers.remove(i);
  return steps() - before;
}

TEST(TimerComplexity, InsertingAndRemovingAreConstantWhereverTheTimersStand) {
  for (const std::int64_t spread : {kTick, 1000 * kTick, 10'000'000 * kTick, std::int64_t{1} << 62})
    expect_linear([spread](std::size_t n) { return insert_and_remove(n, spread); });
}

TEST(TimerComplexity, OneTimerCostsTheSameHoweverManyOthersThereAre) {
  expect_constant([](std::size_t n) {
    Timers timers(n);
    for (std::size_t i = 1; i < n; ++i) timers.insert(i, static_cast<std::int64_t>(i) * 3 * kTick);
    const std::uint64_t before = steps();
    for (int i = 0; i < 100; ++i) {
      timers.insert(0, 5000 * kTick);
      timers.remove(0);
    }
    return steps() - before;
  });
}

/// Measures the firing of timers that are due `gap` apart.
std::uint64_t fire(std::size_t n, std::int64_t gap) {
  Timers timers(n);
  for (std::size_t i = 0; i < n; ++i) timers.insert(i, kTick + static_cast<std::int64_t>(i) * gap);
  const std::uint64_t before = steps();
  EXPECT_EQ(timers.fire_all(), n);
  return steps() - before;
}

TEST(TimerComplexity, FiringIsLinearInTheNumberOfTimers) {
  for (const std::int64_t gap : {std::int64_t{0}, kTick / 8, kTick, 50 * kTick})
    expect_linear([gap](std::size_t n) { return fire(n, gap); });
}

TEST(TimerComplexity, NoTimerMovesMoreThanNineTimes) {
  // The farthest timers come down through all ten levels. A move takes less than 100 steps.
  const std::size_t n = 1000;
  EXPECT_LE(fire(n, 1), n * 10 * 100);
  EXPECT_LE(fire(n, (std::int64_t{1} << 62) / static_cast<std::int64_t>(n)), n * 10 * 100);
}

}  // namespace
}  // namespace corokit::detail
