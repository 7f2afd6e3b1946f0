#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::Probe;

Task<int> give(int value) {
  co_return value;
}

Task<int> start_and_wait(bool* started, Gate* gate) {
  *started = true;
  co_await gate->wait();
  co_return 0;
}

TEST(Select, GivesTheAlternativeOfTheBranchThatWon) {
  Gate first;
  Gate second;
  Census census;
  Probe probe(select(give_after(&first, 1, Counted(census)), second.wait()));
  EXPECT_TRUE(probe.is_pending());
  second.open();
  EXPECT_TRUE(probe.is_woken());
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().index(), 1u);
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(first.waiting(), 0u);
}

TEST(Select, OfOneBranchGivesItsResult) {
  Probe probe(select(give(7)));
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(std::get<0>(probe.take()), 7);
}

TEST(Select, WakesTheTaskOnceWhenTwoBranchesBecomeReady) {
  Gate first;
  Gate second;
  Probe probe(select(biased, first.wait(), second.wait()));
  EXPECT_TRUE(probe.is_pending());
  second.open();
  first.open();
  EXPECT_EQ(probe.wake_count(), 1u);
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().index(), 0u);
}

TEST(Select, LosersAreGoneBeforeItReturns) {
  Gate gate;
  Census census;
  auto body = [](Gate* at, Counted counted) -> Task<int> {
    const int before = counted.census().alive;
    co_await select(give_after(at, 1, counted), give_after(at, 2, counted), yield_now());
    co_return counted.census().alive - before;
  };
  EXPECT_EQ(block_on(body(&gate, Counted(census))), 0);
}

TEST(Select, LosersAreGoneBeforeTheHandlerOfAnException) {
  Gate gate;
  Census census;
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto thrower, Gate* at, Counted counted) -> Task<int> {
    const int before = counted.census().alive;
    try {
      co_await select(give_after(at, 1, counted), thrower());
    } catch (const std::runtime_error&) {
      co_return counted.census().alive - before;
    }
    co_return -100;
  };
  EXPECT_EQ(block_on(body(fail, &gate, Counted(census))), 0);
}

TEST(Select, BranchesBehindOneThatIsReadyAreNeverStarted) {
  Gate gate;
  bool started = false;
  Probe probe(select(biased, give(1), start_and_wait(&started, &gate)));
  EXPECT_TRUE(probe.poll());
  EXPECT_FALSE(started);
}

TEST(Select, BiasedPrefersTheFirst) {
  Gate open;
  open.open();
  for (int i = 0; i < 100; ++i) {
    Probe probe(select(biased, open.wait(), open.wait(), open.wait()));
    EXPECT_TRUE(probe.poll());
    EXPECT_EQ(probe.take().index(), 0u);
  }
}

Task<std::array<int, 3>> count_winners(Gate* open, int rounds) {
  std::array<int, 3> wins{};
  for (int i = 0; i < rounds; ++i) {
    const auto first = co_await select(open->wait(), open->wait(), open->wait());
    ++wins[first.index()];
  }
  co_return wins;
}

TEST(Select, IsFairWhenAllAreReady) {
  Gate open;
  open.open();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto wins = *sim::run({.seed = seed}, count_winners(&open, 3000));
    for (const int count : wins) {
      EXPECT_GT(count, 850);
      EXPECT_LT(count, 1150);
    }
    EXPECT_EQ(*sim::run({.seed = seed}, count_winners(&open, 300)),
              *sim::run({.seed = seed}, count_winners(&open, 300)));
  }
}

TEST(Select, TheBudgetBoundsALoopOfReadySelects) {
  Gate open;
  open.open();
  auto loop = [](Gate* at) -> Task<void> {
    for (int i = 0; i < 200; ++i) co_await select(at->wait(), at->wait());
  };
  Probe probe(loop(&open));
  EXPECT_FALSE(probe.poll());  // it yielded after 128 awaits
  EXPECT_TRUE(probe.poll());
}

TEST(Select, Nests) {
  Gate outer;
  Gate inner;
  auto body = [](Gate* a, Gate* b) -> Task<std::size_t> {
    const auto first = co_await select(a->wait(), select(b->wait(), a->wait()), sleep(24h));
    co_return first.index() * 10 + (first.index() == 1 ? std::get<1>(first).index() : 0);
  };
  Probe probe(body(&outer, &inner));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_EQ(outer.waiting(), 2u);
  inner.open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), 10u);
  EXPECT_EQ(outer.waiting(), 0u);
}

Task<int> nest(int depth, Gate* gate, Counted counted) {
  if (depth == 0) {
    co_await gate->wait();
    co_return 0;
  }
  auto first = co_await select(sleep(1h), nest(depth - 1, gate, counted), nest(depth - 1, gate, counted));
  co_return first.index() == 1 ? 1 + std::get<1>(first) : 1 + std::get<2>(first);
}

TEST(Select, ATreeOfSelectsComesToItsEndOrIsDropped) {
  for (const bool dropped : {false, true}) {
    Gate gate;
    Census census;
    {
      Probe probe(nest(8, &gate, Counted(census)));
      EXPECT_TRUE(probe.is_pending());
      probe.executor().run_all();  // to begin so many operations takes more than one budget
      EXPECT_EQ(gate.waiting(), 256u);
      if (!dropped) {
        gate.open();
        probe.executor().run_all();
        EXPECT_TRUE(probe.is_ready());
        EXPECT_EQ(probe.take(), 8);
      }
    }
    EXPECT_EQ(census.alive, 0);
    EXPECT_EQ(gate.waiting(), 0u);
  }
}

TEST(Select, AHandleByReferenceGoesOnAfterwards) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    auto handle = spawn(give_after(gate, 5, counted));
    int rounds = 0;
    for (;;) {
      auto first = co_await select(biased, handle, yield_now());
      if (first.index() == 0) co_return rounds * 10 + *std::get<0>(first);
      if (++rounds == 3) gate->open();
    }
  };
  explorer::check({.search = explorer::Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const int end = co_await body(&gate, Counted(census));
    EXPECT_EQ(end % 10, 5);
    EXPECT_GE(end, 30);
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(Select, AHandleThatIsMovedInIsDetachedWithTheLosers) {
  Gate gate;
  Census census;
  auto body = [](Gate* at, Counted counted) -> Task<int> {
    co_await select(spawn(give_after(at, 1, counted)), sleep(1ms));
    const int alive = counted.census().alive;
    at->open();
    co_await sleep(1ms);
    co_return alive - counted.census().alive;
  };
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 1);
}

TEST(Select, CarriesMoveOnlyResults) {
  auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  auto body = [](auto maker) -> Task<int> {
    auto first = co_await select(biased, maker(), maker());
    co_return *std::get<0>(first);
  };
  EXPECT_EQ(block_on(body(make)), 3);
}

TEST(Select, ALoserWhoseWakeIsUnderWayIsForgotten) {
  // Both branches become ready in the same turn. The loser is destroyed while it is on the ready list.
  for (const int opened_first : {0, 1}) {
    Gate a;
    Gate b;
    Census census;
    auto body = [](Gate* first, Gate* second, Counted counted) -> Task<int> {
      auto got = co_await select(biased, give_after(first, 1, counted), give_after(second, 2, counted));
      co_await yield_now();
      co_return static_cast<int>(got.index());
    };
    Probe probe(body(&a, &b, Counted(census)));
    EXPECT_TRUE(probe.is_pending());
    (opened_first == 0 ? a : b).open();
    (opened_first == 0 ? b : a).open();
    EXPECT_FALSE(probe.poll());
    EXPECT_TRUE(probe.poll());
    probe.drop();
    EXPECT_EQ(census.alive, 0);
  }
}

TEST(Select, ABranchMayWakeItsSibling) {
  auto body = []() -> Task<std::size_t> {
    Gate gate;
    auto opener = [](Gate* to_open, Gate* never) -> Task<void> {
      co_await yield_now();
      to_open->open();
      co_await never->wait();
    };
    Gate never;
    const auto first = co_await select(opener(&gate, &never), gate.wait());
    co_return first.index();
  };
  EXPECT_EQ(block_on(body()), 1u);
}

TEST(Select, ALoserThatYieldedIsForgotten) {
  auto spin = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  auto body = [](auto loser) -> Task<int> {
    int rounds = 0;
    for (; rounds < 1000; ++rounds) co_await select(loser(), yield_now(), loser());
    co_return rounds;
  };
  EXPECT_EQ(block_on(body(spin)), 1000);
}

TEST(Select, GivesOneResultWhileOtherThreadsWakeBothBranches) {
  Runtime runtime = Runtime::multi_thread(2);
  Census census;
  auto body = [](Counted counted) -> Task<int> {
    int sum = 0;
    for (std::uint64_t i = 0; i < test::scaled(5000); ++i) {
      Gate a;
      Gate b;
      auto open = [](Gate* gate) -> Task<void> {
        gate->open();
        co_return;
      };
      auto first = spawn(open(&a));
      auto second = spawn(open(&b));
      co_await select(give_after(&a, 1, counted), give_after(&b, 1, counted));
      ++sum;
      co_await first;
      co_await second;
    }
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body(Counted(census))), static_cast<int>(test::scaled(5000)));
  EXPECT_EQ(census.alive, 0);
}

TEST(Select, AnExceptionDropsTheLosersEvenOfASelectThatIsKept) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("lost");
  };
  auto body = [fail](Gate* never, Counted counted) -> Task<int> {
    Census& census = counted.census();
    auto kept = select(fail(), give_after(never, 1, Counted(census)));
    const int before = census.alive;
    try {
      co_await kept;
    } catch (const std::runtime_error&) {
      co_return before - census.alive;
    }
    co_return 0;
  };
  Gate never;
  Census census;
  EXPECT_EQ(block_on(body(&never, Counted(census))), 1);
}

}  // namespace
}  // namespace corokit
