// Clears or drops a FuturesUnordered whose children are in various states. Each child is destroyed once.
#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>

#include "support/at_exit.hpp"
#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::AtExit;
using test::Census;
using test::Chosen;
using test::Counted;
using test::Gate;
using test::give_after;
using test::give_after_sleep;
using test::Probe;

TEST(FuturesUnordered, DroppingItDropsItsChildrenInEveryState) {
  for (const int opened : {0, 1, 2}) {
    Census census;
    std::deque<Gate> gates(10);
    auto body = [](std::deque<Gate>* at, Counted counted) -> Task<int> {
      FuturesUnordered<Task<int>> futures;
      for (Gate& gate : *at) futures.push(give_after(&gate, 1, counted));
      auto done = co_await futures.next();
      futures.push(give_after(&at->front(), 2, counted));  // this child never begins
      co_await sleep(1h);
      co_return *done;
    };
    {
      Probe probe(body(&gates, Counted(census)));
      EXPECT_TRUE(probe.is_pending());
      for (int i = 0; i < opened; ++i) gates[2 * static_cast<std::size_t>(i)].open();
      if (opened == 2) probe.poll();  // one result is taken, the other one is ready
    }
    EXPECT_EQ(census.alive, 0);
    for (Gate& gate : gates) EXPECT_EQ(gate.waiting(), 0u);
  }
}

TEST(FuturesUnordered, CanBeUsedAgainAfterClear) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    FuturesUnordered<Task<int>> futures;
    int sum = 0;
    for (int round = 0; round < 5; ++round) {
      for (int i = 0; i < 10; ++i) futures.push(give_after(gate, 1000, counted));
      futures.push(give_after_sleep(1ms, round));
      auto done = co_await futures.next();
      sum += *done;
      if (round == 3) gate->open();  // all of them are on the ready list when they are destroyed
      futures.clear();
      EXPECT_TRUE(futures.empty());
      EXPECT_EQ(gate->waiting(), 0u);
      if (round == 3) break;
    }
    co_return sum;
  };
  explorer::check({.schedules = 500}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const int sum = co_await body(&gate, Counted(census));
    EXPECT_EQ(sum, 6);
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(FuturesUnordered, ClearRacesWithWakesFromOtherThreads) {
  Runtime runtime = Runtime::multi_thread(2);
  Census census;
  auto body = [](Counted counted) -> Task<void> {
    auto open_all = [](std::deque<Gate>* gates) -> Task<void> {
      for (Gate& gate : *gates) gate.open();
      co_return;
    };
    for (std::uint64_t i = 0; i < test::scaled(1000); ++i) {
      std::deque<Gate> gates(20);
      FuturesUnordered<Task<int>> futures;
      for (Gate& gate : gates) futures.push(give_after(&gate, 1, counted));
      auto opener = spawn(open_all(&gates));
      co_await futures.next();
      futures.clear();
      co_await opener;
    }
  };
  runtime.block_on(body(Counted(census)));
  EXPECT_EQ(census.alive, 0);
}

class FuturesUnorderedOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(FuturesUnorderedOn);

TEST_P(FuturesUnorderedOn, ClearAndDropRaceWithWakesFromOtherThreads) {
  Runtime runtime = make();
  Census census;
  auto body = [](std::deque<Gate>* gates, std::atomic<bool>* go, Counted counted, bool clear) -> Task<int> {
    FuturesUnordered<Task<int>> futures;
    for (Gate& gate : *gates) futures.push(give_after(&gate, 1, counted));
    auto begun = co_await select(biased, futures.next(), yield_now());
    go->store(true);
    auto done = co_await futures.next();
    if (!clear) co_return static_cast<int>(begun.index());  // the rest is dropped with the frame
    futures.clear();
    futures.push(give_after(&gates->front(), 1, counted));  // still usable
    done = co_await futures.next();
    co_return *done;
  };
  for (std::uint64_t round = 0; round < test::scaled(200); ++round) {
    std::deque<Gate> gates(20);
    std::atomic<bool> go{false};
    const auto open_all = [&](bool from_behind) {
      while (!go.load()) std::this_thread::yield();
      for (std::size_t i = 0; i < gates.size(); ++i) gates[from_behind ? gates.size() - 1 - i : i].open();
    };
    std::thread one([&] { open_all(false); });
    std::thread two([&] { open_all(true); });
    EXPECT_EQ(runtime.block_on(body(&gates, &go, Counted(census), round % 2 == 0)), 1);
    one.join();
    two.join();
    ASSERT_EQ(census.alive, 0);
    for (Gate& gate : gates) ASSERT_EQ(gate.waiting(), 0u);
  }
}

TEST(FuturesUnordered, AChildMayWakeAndAddSiblingsAsItIsDestroyed) {
  for (const bool clear : {false, true}) {
    Census census;
    std::deque<Gate> gates(10);
    auto child = [](Gate* mine, auto at_end, Counted) -> Task<int> {
      AtExit<decltype(at_end)> at_exit(at_end);
      co_await mine->wait();
      co_return 1;
    };
    auto body = [](auto make_child, std::deque<Gate>* at, Counted counted, bool cleared) -> Task<void> {
      FuturesUnordered<Task<int>> futures;
      int added = 0;
      for (std::size_t i = 0; i < at->size(); ++i) {
        auto at_end = [&futures, &added, &counted, at, i, cleared] {
          for (Gate& gate : *at) gate.open();
          if (cleared && ++added < 5) futures.push(give_after(&(*at)[i], 2, counted));
        };
        futures.push(make_child(&(*at)[i], at_end, counted));
      }
      co_await select(biased, futures.next(), yield_now());
      if (!cleared) co_return;
      futures.clear();
      EXPECT_EQ(futures.size(), 0u);
      EXPECT_FALSE(co_await futures.next());
    };
    block_on(body(child, &gates, Counted(census), clear));
    EXPECT_EQ(census.alive, 0);
    for (Gate& gate : gates) EXPECT_EQ(gate.waiting(), 0u);
  }
}

/// Plays random operations on one collection, whose children end, throw, yield, wake each other and are dropped.
Task<int> play(Chosen random, int steps, Census* census) {
  auto child = [](Gate* gate, Gate* other, bool throws, Counted) -> Task<int> {
    const auto open = [other] { other->open(); };
    AtExit<decltype(open)> at_exit(open);
    co_await gate->wait();
    co_await yield_now();
    if (throws) throw std::runtime_error("broken");
    co_return 1;
  };
  std::deque<Gate> gates(30);
  auto futures = std::make_unique<FuturesUnordered<Task<int>>>();
  std::size_t expected = 0;
  int ended = 0;
  for (; steps > 0; --steps) {
    Gate& gate = gates[random.below(30)];
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        futures->push(child(&gate, &gates[random.below(30)], random.below(4) == 0, Counted(*census)));
        ++expected;
        break;
      case 3:
        gate.open();
        break;
      case 4:
        if (random.below(4) != 0) break;
        futures->clear();
        expected = 0;
        break;
      case 5:
        if (random.below(4) != 0) break;
        futures = std::make_unique<FuturesUnordered<Task<int>>>();
        expected = 0;
        break;
      default:
        try {
          auto first = co_await select(biased, futures->next(), yield_now());
          if (first.index() == 1 || !std::get<0>(first)) break;
          ++ended;
          --expected;
        } catch (const std::runtime_error&) {
          ++ended;
          --expected;
        }
    }
    EXPECT_EQ(futures->size(), expected);
    EXPECT_EQ(census->alive, static_cast<int>(expected));
  }
  co_return ended;
}

TEST(FuturesUnordered, ADestructorMayUseItDuringAClear) {
  using Futures = FuturesUnordered<Task<void>>;
  struct Guard {
    Futures& futures;
    ~Guard() {
      futures.clear();
      EXPECT_TRUE(futures.empty());
      futures.push(test::nothing());
    }
  };
  auto use = [](Futures* futures, Counted) -> Task<void> {
    const Guard guard{*futures};
    co_await sleep(1h);
  };
  auto body = [](auto make, Census* census) -> Task<void> {
    Futures futures;
    for (int i = 0; i < 3; ++i) futures.push(make(&futures, Counted(*census)));
    const auto first = co_await select(biased, futures.next(), sleep(1ms));
    EXPECT_EQ(first.index(), 1u);
    futures.clear();
    EXPECT_TRUE(futures.empty());
    EXPECT_EQ(census->alive, 0);
  };
  Census census;
  EXPECT_TRUE(sim::run({}, body(use, &census)));
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(FuturesUnordered, EachChildIsDestroyedOnceInEveryGame, .search = Search::random,
                .schedules = test::scaled(2'000)) {
  Census census;
  const int ended = co_await play(Chosen{}, 60, &census);
  EXPECT_EQ(census.alive, 0);
  explorer::reached("children end in a game", ended > 2);
}

}  // namespace
}  // namespace corokit
