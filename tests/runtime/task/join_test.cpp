#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;

using Answer = Result<int, std::string>;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::Probe;

Task<Answer> answer_after(Gate* gate, Answer answer, Counted) {
  co_await gate->wait();
  co_return answer;
}

Task<void> nothing() {
  co_await yield_now();
}

TEST(Join, GivesAllResultsInTheOrderOfTheOperands) {
  Gate first;
  Gate second;
  Census census;
  Probe probe(
      join(give_after(&first, 1, Counted(census)), nothing(), give_after(&second, 2, Counted(census))));
  EXPECT_TRUE(probe.is_pending());
  second.open();
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(census.alive, 1);  // an operand that is over is dropped at once
  first.open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), std::make_tuple(1, Unit{}, 2));
  EXPECT_EQ(census.alive, 0);
}

TEST(Join, RunsItsOperandsConcurrently) {
  auto body = []() -> Task<Duration> {
    const Instant begin = now();
    co_await join(sleep(10ms), sleep(20ms), sleep(15ms));
    co_return now() - begin;
  };
  EXPECT_EQ(*sim::run({}, body()), 20ms);
}

TEST(Join, OfReadyOperandsDoesNotSuspend) {
  Gate open;
  open.open();
  Probe probe(join(open.wait(), open.wait()));
  EXPECT_TRUE(probe.poll());
}

TEST(Join, OfNothingGivesAnEmptyTupleAtOnce) {
  Probe probe(join());
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), std::tuple());
}

TEST(Join, OfNothingSpendsBudgetSoThatALoopGivesWay) {
  Probe probe([]() -> Task<void> {
    for (int i = 0; i < 3; ++i) co_await join();
  }());
  probe.executor().set_budget(2);
  EXPECT_FALSE(probe.poll());
  EXPECT_TRUE(probe.poll());
}

TEST(Join, TheFirstExceptionDropsTheOthers) {
  Gate gate;
  Census census;
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make, Gate* at, Counted counted) -> Task<int> {
    const int before = counted.census().alive;
    try {
      co_await join(give_after(at, 1, counted), make(), give_after(at, 2, counted));
    } catch (const std::runtime_error&) {
      co_return counted.census().alive - before;
    }
    co_return -1;
  };
  EXPECT_EQ(block_on(body(fail, &gate, Counted(census))), 0);
}

TEST(Join, AnExceptionAtOnceKeepsTheOthersFromStarting) {
  bool started = false;
  auto fail = []() -> Task<int> {
    throw std::runtime_error("broken");
    co_return 0;
  };
  auto start = [](bool* flag) -> Task<int> {
    *flag = true;
    co_return 0;
  };
  auto body = [](auto thrower, auto starter, bool* flag) -> Task<void> {
    co_await join(thrower(), starter(flag));
  };
  EXPECT_THROW(block_on(body(fail, start, &started)), std::runtime_error);
  EXPECT_FALSE(started);
}

TEST(Join, TakesHandlesByReference) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    auto a = spawn(give_after(gate, 1, counted));
    auto b = spawn(give_after(gate, 2, counted));
    gate->open();
    auto both = co_await join(a, b);
    co_return *std::get<0>(both) + *std::get<1>(both);
  };
  Gate gate;
  Census census;
  EXPECT_EQ(block_on(body(&gate, Counted(census))), 3);
}

TEST(Join, IsDroppedWithAllOfItsOperands) {
  for (const bool one_is_woken : {false, true}) {
    Gate first;
    Gate second;
    Census census;
    {
      Probe probe(join(give_after(&first, 1, Counted(census)), give_after(&second, 2, Counted(census))));
      EXPECT_TRUE(probe.is_pending());
      if (one_is_woken) second.open();
    }
    EXPECT_EQ(census.alive, 0);
    EXPECT_EQ(first.waiting() + second.waiting(), 0u);
  }
}

TEST(Join, NestsWithSelect) {
  auto body = []() -> Task<std::size_t> {
    Gate never;
    const auto first = co_await select(join(sleep(1ms), never.wait()), join(sleep(2ms), sleep(3ms)));
    co_return first.index();
  };
  EXPECT_EQ(*sim::run({}, body()), 1u);
}

TEST(TryJoin, GivesAllValues) {
  Gate gate;
  gate.open();
  Census census;
  Probe probe(try_join(answer_after(&gate, 1, Counted(census)), answer_after(&gate, 2, Counted(census))));
  EXPECT_TRUE(probe.poll());
  const auto values = probe.take();
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, std::make_tuple(1, 2));
}

TEST(TryJoin, TheFirstErrorDropsTheOthers) {
  Gate first;
  Gate second;
  Census census;
  Probe probe(try_join(answer_after(&first, 1, Counted(census)),
                       answer_after(&second, Err<std::string>("no"), Counted(census))));
  EXPECT_TRUE(probe.is_pending());
  second.open();
  EXPECT_TRUE(probe.poll());
  const auto values = probe.take();
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error(), "no");
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(first.waiting(), 0u);
}

TEST(TryJoin, OfTwoErrorsTheFirstOneCounts) {
  Gate first;
  Gate second;
  Census census;
  Probe probe(try_join(answer_after(&first, Err<std::string>("left"), Counted(census)),
                       answer_after(&second, Err<std::string>("right"), Counted(census))));
  EXPECT_TRUE(probe.is_pending());
  second.open();
  first.open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), "right");
}

}  // namespace
}  // namespace corokit
