#include <corokit/explore_test.hpp>
#include <corokit/pin.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;
using test::Probe;

Task<int> count_to(int end, Counted) {
  int n = 0;
  while (n < end) {
    ++n;
    co_await yield_now();
  }
  co_return n;
}

TEST(Pinned, KeepsAHalfDoneTaskFromOneSelectToTheNext) {
  auto body = [](Counted counted) -> Task<int> {
    auto operation = pin(count_to(10, counted));
    int rounds = 0;
    for (;; ++rounds) {
      auto first = co_await select(biased, operation, yield_now());
      if (first.index() == 0) co_return rounds * 100 + std::get<0>(first);
    }
  };
  Census census;
  const int got = block_on(body(Counted(census)));
  EXPECT_EQ(got % 100, 10);
  EXPECT_GE(got, 500);
  EXPECT_EQ(census.alive, 0);
}

TEST(Pinned, KeepsADeadline) {
  auto body = []() -> Task<int> {
    auto deadline = pin(sleep(10ms));
    for (int rounds = 0;; ++rounds) {
      const auto first = co_await select(biased, deadline, sleep(3ms));
      if (first.index() == 0) co_return rounds;
    }
  };
  EXPECT_EQ(*sim::run({}, body()), 3);
}

TEST(Pinned, BeginsWithTheFirstWait) {
  bool started = false;
  auto start = [](bool* flag) -> Task<void> {
    *flag = true;
    co_return;
  };
  auto body = [](auto starter, bool* flag) -> Task<bool> {
    auto operation = pin(starter(flag));
    co_await yield_now();
    const bool early = *flag;
    co_await operation;
    co_return early;
  };
  EXPECT_FALSE(block_on(body(start, &started)));
  EXPECT_TRUE(started);
}

TEST(Pinned, GoesOnWhileItsTaskWaitsForSomethingElse) {
  // The handler waits for an event that only the operation causes. If the operation rested between two waits, this
  // would be a deadlock.
  auto operate = [](Gate* first, Gate* second) -> Task<void> {
    co_await first->wait();
    second->open();
  };
  auto body = [](auto make) -> Task<bool> {
    Gate first;
    Gate second;
    auto operation = pin(make(&first, &second));
    co_await select(biased, operation, yield_now());
    first.open();
    co_await second.wait();
    co_return true;
  };
  explorer::check({.search = explorer::Search::depth_first}, [&]() -> Task<void> {
    const bool ended = co_await body(operate);
    EXPECT_TRUE(ended);
  });
}

TEST(Pinned, AResultThatCameWhileNobodyWaitedIsKept) {
  auto body = [](Counted counted) -> Task<int> {
    auto operation = pin(count_to(2, counted));
    co_await select(biased, operation, yield_now());
    for (int i = 0; i < 10; ++i) co_await yield_now();
    co_return co_await operation;
  };
  Census census;
  EXPECT_EQ(block_on(body(Counted(census))), 2);
  EXPECT_EQ(census.alive, 0);
}

TEST(Pinned, AResultThatIsReadyTogetherWithTheWinnerIsKept) {
  Gate both;
  auto body = [](Gate* gate) -> Task<int> {
    auto operation = pin(gate->wait());
    const auto first = co_await select(biased, gate->wait(), operation);
    co_await operation;
    co_return static_cast<int>(first.index());
  };
  Probe probe(body(&both));
  EXPECT_TRUE(probe.is_pending());
  both.open();
  EXPECT_TRUE(probe.poll());
}

TEST(Pinned, DropsTheOperationWithItself) {
  Census census;
  Gate gate;
  auto wait = [](Gate* at, Counted) -> Task<void> { co_await at->wait(); };
  auto body = [](auto make, Gate* at, Counted counted) -> Task<int> {
    {
      auto operation = pin(make(at, counted));
      co_await select(biased, operation, yield_now());
    }
    co_return static_cast<int>(at->waiting());
  };
  EXPECT_EQ(block_on(body(wait, &gate, Counted(census))), 0);
  EXPECT_EQ(census.alive, 0);
}

TEST(Pinned, IsDroppedWithItsTaskWhileItIsWaitedFor) {
  Census census;
  Gate gate;
  auto wait = [](Gate* at, Counted) -> Task<void> { co_await at->wait(); };
  auto body = [](auto make, Gate* at, Counted counted) -> Task<void> {
    auto operation = pin(make(at, counted));
    co_await select(operation, sleep(1h));
  };
  {
    Probe probe(body(wait, &gate, Counted(census)));
    EXPECT_TRUE(probe.is_pending());
    gate.open();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(Pinned, ThrowsWhatEscapesTheOperation) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<int> {
    auto operation = pin(make());
    co_return co_await operation;
  };
  EXPECT_THROW(block_on(body(fail)), std::runtime_error);
}

}  // namespace
}  // namespace corokit
