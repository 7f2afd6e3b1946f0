#include <corokit/explore_test.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/when.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::Probe;

TEST(SelectWhen, AnOperandWithoutItsConditionNeverBeginsAndIsDropped) {
  Gate open;
  open.open();
  Census census;
  for (int i = 0; i < 20; ++i) {
    Gate closed;
    Probe probe(select(when(false, give_after(&open, 1, Counted(census))), when(true, closed.wait())));
    EXPECT_TRUE(probe.is_pending());
    EXPECT_EQ(census.alive, 1);
    EXPECT_EQ(open.waiting(), 0U);
    closed.open();
    EXPECT_TRUE(probe.poll());
    EXPECT_EQ(probe.take().index(), 1U);
    EXPECT_EQ(census.alive, 0);
  }
}

TEST(SelectWhen, EachSubsetOfConditionsLetsTheFirstOfItWin) {
  Gate open;
  open.open();
  for (unsigned subset = 1; subset < 16; ++subset) {
    const auto holds = [subset](unsigned i) { return (subset >> i & 1U) != 0; };
    Probe probe(select(biased, when(holds(0), open.wait()), when(holds(1), open.wait()),
                       when(holds(2), open.wait()), when(holds(3), open.wait()), otherwise));
    EXPECT_TRUE(probe.poll());
    unsigned first = 0;
    while (!holds(first)) ++first;
    EXPECT_EQ(probe.take().index(), first) << subset;
  }
}

TEST(SelectWhen, OtherwiseIsTheResultIfNoConditionHolds) {
  Gate open;
  open.open();
  Census census;
  Probe probe(
      select(when(false, give_after(&open, 1, Counted(census))), when(false, open.wait()), otherwise));
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().index(), 2U);
  EXPECT_EQ(census.alive, 0);
  Probe alone(select(biased, otherwise));
  EXPECT_TRUE(alone.poll());
  EXPECT_EQ(alone.take().index(), 0U);
}

TEST(SelectWhen, OtherwiseWaitsForAnOperandThatMayBegin) {
  Gate gate;
  Probe probe(select(gate.wait(), otherwise));
  EXPECT_TRUE(probe.is_pending());
  gate.open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().index(), 0U);
}

TEST(SelectWhen, ThrowsIfNothingMayBegin) {
  Gate open;
  open.open();
  auto body = [](Gate* at) -> Task<bool> {
    try {
      co_await select(when(false, at->wait()), when(false, at->wait()));
    } catch (const std::logic_error&) {
      co_return true;
    }
    co_return false;
  };
  EXPECT_TRUE(*sim::run({}, body(&open)));
}

TEST(SelectWhen, TakesAHandleByReferenceWhichGoesOnAfterwards) {
  auto body = []() -> Task<int> {
    auto handle = spawn([]() -> Task<int> {
      co_await yield_now();
      co_return 7;
    }());
    for (const bool takes_part : {false, true}) {
      const auto first = co_await select(biased, when(takes_part, handle), yield_now());
      if (takes_part && first.index() == 0) co_return *std::get<0>(first);
    }
    co_return *co_await handle;
  };
  EXPECT_EQ(*sim::run({}, body()), 7);
}

Task<std::array<int, 4>> count_winners(Gate* open, int rounds) {
  std::array<int, 4> wins{};
  for (int i = 0; i < rounds; ++i) {
    const auto first = co_await select(open->wait(), when(false, open->wait()), when(true, open->wait()),
                                       when(i < 0, open->wait()));
    ++wins[first.index()];
  }
  co_return wins;
}

TEST(SelectWhen, IsFairAmongThoseThatMayBegin) {
  Gate open;
  open.open();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto wins = *sim::run({.seed = seed}, count_winners(&open, 2000));
    EXPECT_EQ(wins[1] + wins[3], 0);
    EXPECT_GT(wins[0], 850);
    EXPECT_GT(wins[2], 850);
  }
}

TEST(SelectWhen, GivesWayWhereTheBudgetIsSpent) {
  Gate open;
  open.open();
  auto loop = [](Gate* at) -> Task<int> {
    int others = 0;
    for (int i = 0; i < 200; ++i) {
      const auto first = co_await select(biased, when(i < 0, at->wait()), when(i % 2 == 0, at->wait()),
                                         at->wait(), otherwise);
      others += first.index() == 2 ? 1 : 0;
    }
    co_return others;
  };
  Probe probe(loop(&open));
  EXPECT_FALSE(probe.poll());  // it yielded after 128 awaits
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), 100);
}

Task<> wait_a_second() {
  co_await sleep(1s);
}

COROKIT_EXPLORE(SelectWhen, ALoopGoesOnUntilNothingIsLeft, .search = explorer::Search::random) {
  auto left = spawn(wait_a_second());
  auto right = spawn(wait_a_second());
  bool left_ended = false, right_ended = false;
  for (int ended = 0;; ++ended) {
    const auto first = co_await select(when(!left_ended, left), when(!right_ended, right), otherwise);
    if (first.index() == 2) {
      EXPECT_EQ(ended, 2);
      break;
    }
    (first.index() == 0 ? left_ended : right_ended) = true;
  }
  EXPECT_TRUE(left_ended && right_ended);
  co_return;
}

}  // namespace
}  // namespace corokit
