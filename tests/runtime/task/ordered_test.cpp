#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/ordered.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/at_exit.hpp"
#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/gate.hpp"
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

TEST(FuturesOrdered, GivesResultsInTheOrderOfPush) {
  auto body = []() -> Task<std::vector<int>> {
    FuturesOrdered<Task<int>> futures;
    for (const int n : {3, 1, 4, 2, 5}) futures.push(give_after_sleep(n * 1ms, n));
    std::vector<int> order;
    const Instant begin = now();
    while (auto done = co_await futures.next()) {
      order.push_back(*done);
      EXPECT_EQ(futures.size(), 5 - order.size());
      EXPECT_EQ(now() - begin, 1ms * *std::max_element(order.begin(), order.end()));  // all began together
    }
    co_return order;
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order, (std::vector<int>{3, 1, 4, 2, 5}));
  });
}

TEST(FuturesOrdered, GivesNoneWhileEmptyAndGoesOnAfterAPush) {
  auto body = []() -> Task<int> {
    FuturesOrdered<Task<int>> futures;
    EXPECT_TRUE(futures.empty());
    EXPECT_FALSE(co_await futures.next());
    EXPECT_FALSE(co_await futures.next());
    int sum = 0;
    for (int i = 1; i <= 3; ++i) {
      futures.push(give_after_sleep(1ms, i));
      auto done = co_await futures.next();
      sum += *done;
    }
    co_return sum;
  };
  EXPECT_EQ(*sim::run({}, body()), 6);
}

TEST(FuturesOrdered, IsNotWokenByAResultBeforeItsTurn) {
  std::deque<Gate> gates(3);
  Census census;
  int given = 0;
  auto body = [](std::deque<Gate>* at, int* count, Counted counted) -> Task<void> {
    FuturesOrdered<Task<int>> futures;
    for (Gate& gate : *at) futures.push(give_after(&gate, 1, counted));
    while (co_await futures.next()) ++*count;
  };
  Probe probe(body(&gates, &given, Counted(census)));
  EXPECT_TRUE(probe.is_pending());
  gates[2].open();
  EXPECT_FALSE(probe.poll());
  gates[1].open();
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(given, 0);
  gates[0].open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(given, 3);
}

TEST(FuturesOrdered, AnExceptionComesWhenItsTurnComes) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<std::string> {
    FuturesOrdered<Task<int>> futures;
    futures.push(give_after_sleep(1ms, 1));
    futures.push(make());
    futures.push(give_after_sleep(2ms, 2));
    std::string ends;
    for (int i = 0; i < 4; ++i) {
      try {
        auto done = co_await futures.next();
        ends += done ? std::to_string(*done) : "-";
      } catch (const std::runtime_error&) {
        ends += "!";
        EXPECT_EQ(futures.size(), 1u);
      }
    }
    co_return ends;
  };
  EXPECT_EQ(*sim::run({}, body(fail)), "1!2-");
}

/// An operation that is over at once, or that throws as it begins.
class Begins : public detail::Awaiter<Begins> {
 public:
  static constexpr const char* kName = "Begins";
  explicit Begins(bool throws) noexcept : throws_(throws) {}
  Begins(Begins&& other) noexcept : detail::Awaiter<Begins>(other), throws_(other.throws_) {}
  ~Begins() = default;
  bool try_complete() const {
    if (throws_) throw std::invalid_argument("cannot begin");
    return true;
  }
  bool suspend() noexcept { return true; }
  void fail(std::exception_ptr reason) noexcept { failure_ = std::move(reason); }
  int await_resume() const {
    if (failure_) std::rethrow_exception(failure_);
    return 1;
  }

 private:
  bool throws_;
  std::exception_ptr failure_;
};

TEST(FuturesOrdered, AnOperationThatThrowsAsItBeginsKeepsItsPlace) {
  auto body = []() -> Task<std::string> {
    FuturesOrdered<Begins> futures;
    for (const bool throws : {false, true, false, true}) futures.push(Begins(throws));
    std::string ends;
    while (!futures.empty()) {
      try {
        if (auto result = co_await futures.next()) ends += std::to_string(*result);
      } catch (const std::invalid_argument&) {
        ends += "!";
      }
    }
    co_return ends;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const std::string ends = co_await body();
    EXPECT_EQ(ends, "1!1!");
  });
}

TEST(FuturesOrdered, CollectsTasksThatRunInParallel) {
  Runtime runtime = Runtime::multi_thread(4);
  auto work = [](int value) -> Task<int> {
    for (int i = 0; i < value % 7; ++i) co_await yield_now();
    co_return value;
  };
  auto body = [](auto make, int count) -> Task<int> {
    FuturesOrdered<JoinHandle<int>> futures;
    for (int i = 0; i < count; ++i) futures.push(spawn(make(i)));
    int expected = 0;
    while (auto done = co_await futures.next()) EXPECT_EQ(**done, expected++);
    co_return expected;
  };
  const auto count = static_cast<int>(test::scaled(20'000));
  EXPECT_EQ(runtime.block_on(body(work, count)), count);
}

TEST(FuturesOrdered, ADroppedNextLosesNoResult) {
  auto body = []() -> Task<std::vector<int>> {
    FuturesOrdered<Task<int>> futures;
    for (int i = 1; i <= 20; ++i) futures.push(give_after_sleep((i % 7) * 1ms, i));
    std::vector<int> order;
    while (!futures.empty()) {
      auto first = co_await select(futures.next(), sleep(700us));
      if (first.index() == 0) order.push_back(*std::get<0>(first));
    }
    co_return order;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order.size(), 20u);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  });
}

TEST(FuturesOrdered, DroppingItDropsItsOperationsInEveryState) {
  for (const int opened : {0, 1, 2}) {
    Census census;
    std::deque<Gate> gates(10);
    auto body = [](std::deque<Gate>* at, Counted counted) -> Task<int> {
      FuturesOrdered<Task<int>> futures;
      for (Gate& gate : *at) futures.push(give_after(&gate, 1, counted));
      auto done = co_await futures.next();
      futures.push(give_after(&at->front(), 2, counted));  // this one never begins
      co_await sleep(1h);
      co_return *done;
    };
    {
      Probe probe(body(&gates, Counted(census)));
      EXPECT_TRUE(probe.is_pending());
      for (int i = 0; i < opened; ++i) gates[2 * static_cast<std::size_t>(i)].open();
      if (opened == 2) probe.poll();  // one result is taken, another one is kept
    }
    EXPECT_EQ(census.alive, 0);
    for (Gate& gate : gates) EXPECT_EQ(gate.waiting(), 0u);
  }
}

TEST(FuturesOrdered, AnOperationMayWakeAndAddSiblingsAsItIsDestroyed) {
  for (const bool clear : {false, true}) {
    Census census;
    std::deque<Gate> gates(10);
    auto child = [](Gate* mine, auto at_end, Counted) -> Task<int> {
      AtExit<decltype(at_end)> at_exit(at_end);
      co_await mine->wait();
      co_return 1;
    };
    auto body = [](auto make_child, std::deque<Gate>* at, Counted counted, bool cleared) -> Task<void> {
      FuturesOrdered<Task<int>> futures;
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

TEST(FuturesOrdered, ASiblingThatClearsItEndsAWait) {
  auto body = []() -> Task<bool> {
    Gate never;
    Census census;
    FuturesOrdered<Task<int>> futures;
    futures.push(give_after(&never, 1, Counted(census)));
    auto wait = [](FuturesOrdered<Task<int>>* all) -> Task<bool> { co_return !co_await all->next(); };
    auto clear = [](FuturesOrdered<Task<int>>* all) -> Task<void> {
      co_await sleep(1ms);
      all->clear();
    };
    const auto [none, cleared] = co_await join(wait(&futures), clear(&futures));
    co_return (none && futures.empty() && census.alive == 0);
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const bool ended = co_await body();
    EXPECT_TRUE(ended);
  });
}

TEST(FuturesOrdered, ASecondNextAtTheSameTimeIsRefused) {
  auto body = []() -> Task<int> {
    Gate gate;
    Census census;
    FuturesOrdered<Task<int>> futures;
    futures.push(give_after(&gate, 7, Counted(census)));
    auto first = [](FuturesOrdered<Task<int>>* all) -> Task<int> { co_return *co_await all->next(); };
    auto second = [](FuturesOrdered<Task<int>>* all, Gate* at) -> Task<bool> {
      co_await sleep(1ms);
      bool refused = false;
      try {
        co_await all->next();
      } catch (const std::logic_error&) {
        refused = true;
      }
      at->open();
      co_return refused;
    };
    const auto [value, refused] = co_await join(first(&futures), second(&futures, &gate));
    co_return refused ? value : -1;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const int value = co_await body();
    EXPECT_EQ(value, 7);
  });
}

TEST(FuturesOrdered, MayMoveBetweenTwoWaits) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    FuturesOrdered<Task<int>> futures;
    for (int i = 0; i < 5; ++i) futures.push(give_after(gate, 1, counted));
    co_await select(biased, futures.next(), yield_now());
    FuturesOrdered<Task<int>> moved = std::move(futures);
    gate->open();
    int sum = 0;
    while (auto done = co_await moved.next()) sum += *done;
    co_return sum;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(block_on(body(&gate, Counted(census))), 5);
  EXPECT_EQ(census.alive, 0);
}

/// Spends some budget before its name is written.
Task<int> write_late(std::string& written, int place) {
  for (int units = 0; units < 3; ++units) co_await consume_budget();
  written += static_cast<char>('a' + place);
  co_return 0;
}

TEST(FuturesOrdered, ABudgetDoesNotChangeTheOrderInWhichItsOperationsBegin) {
  test::does_the_same_at_each_budget("FuturesOrdered", []() -> Task<std::string> {
    std::string written;
    FuturesOrdered<Task<int>> futures;
    for (int place = 0; place < 26; ++place) futures.push(write_late(written, place));
    while (co_await futures.next()) {
    }
    co_return written;
  });
}

TEST(FuturesOrdered, ADestructorMayUseItDuringAClear) {
  using Futures = FuturesOrdered<Task<void>>;
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

/// Random operations: results come in the order of push(), and each operation is destroyed once.
Task<void> play(int rounds) {
  Census census;
  {
    FuturesOrdered<Task<int>> futures;
    std::deque<std::unique_ptr<Gate>> gates;
    int pushed = 0;
    int given = 0;
    for (int i = 0; i < rounds; ++i) {
      switch (Chosen::below(6)) {
        case 0:
        case 1:
          gates.push_back(std::make_unique<Gate>());
          futures.push(give_after(gates.back().get(), pushed++, Counted(census)));
          break;
        case 2:
        case 3:
          if (!gates.empty()) gates[Chosen::below(static_cast<std::uint32_t>(gates.size()))]->open();
          break;
        case 4: {
          const std::size_t size = futures.size();
          auto first = co_await select(biased, futures.next(), sleep(1ms));
          explorer::reached("a next() is given up", first.index() == 1);
          explorer::reached("a result is given", first.index() == 0 && std::get<0>(first));
          if (first.index() == 1) break;
          if (std::get<0>(first)) {
            EXPECT_EQ(*std::get<0>(first), given++);
          } else {
            EXPECT_EQ(size, 0u);
          }
          break;
        }
        default:
          if (Chosen::below(8) == 0) {
            futures.clear();
            given = pushed;
          }
          co_await yield_now();
      }
      EXPECT_EQ(futures.size(), static_cast<std::size_t>(pushed - given));
    }
    for (auto& gate : gates) gate->open();
    while (auto result = co_await futures.next()) EXPECT_EQ(*result, given++);
    EXPECT_EQ(given, pushed);
  }
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(FuturesOrderedSchedules, EachResultComesInItsTurn, .search = Search::random,
                .schedules = 5'000) {
  co_await play(30);
}

}  // namespace
}  // namespace corokit
