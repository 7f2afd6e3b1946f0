#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <deque>
#include <stdexcept>
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
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::give_after_sleep;
using test::Probe;

TEST(FuturesUnordered, GivesResultsInTheOrderOfCompletion) {
  auto body = []() -> Task<std::vector<int>> {
    FuturesUnordered<Task<int>> futures;
    for (const int n : {3, 1, 4, 2, 5}) futures.push(give_after_sleep(n * 1ms, n));
    std::vector<int> order;
    while (auto done = co_await futures.next()) {
      order.push_back(*done);
      EXPECT_EQ(futures.size(), 5 - order.size());
    }
    co_return order;
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
  });
}

TEST(FuturesUnordered, GivesNoneWhileEmptyAndGoesOnAfterAPush) {
  auto body = []() -> Task<int> {
    FuturesUnordered<Task<int>> futures;
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

TEST(FuturesUnordered, ALoopCanBoundTheNumberInFlight) {
  auto body = []() -> Task<int> {
    int in_flight = 0;
    int most = 0;
    auto work = [](int* now, int* peak) -> Task<void> {
      *peak = std::max(*peak, ++*now);
      co_await sleep(1ms);
      --*now;
    };
    FuturesUnordered<Task<void>> futures;
    for (int i = 0; i < 100; ++i) {
      if (futures.size() == 4) co_await futures.next();
      futures.push(work(&in_flight, &most));
    }
    while (co_await futures.next()) {
    }
    co_return most;
  };
  EXPECT_EQ(*sim::run({}, body()), 4);
}

TEST(FuturesUnordered, AnExceptionLeavesTheOthersWaiting) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<int> {
    FuturesUnordered<Task<int>> futures;
    futures.push(give_after_sleep(1ms, 1));
    futures.push(make());
    futures.push(give_after_sleep(2ms, 2));
    int caught = 0;
    int sum = 0;
    for (int i = 0; i < 4; ++i) {
      try {
        auto done = co_await futures.next();
        sum += done ? *done : 100;
      } catch (const std::runtime_error&) {
        ++caught;
        EXPECT_EQ(futures.size(), 2u);
      }
    }
    co_return caught * 1000 + sum;
  };
  EXPECT_EQ(*sim::run({}, body(fail)), 1103);
}

TEST(FuturesUnordered, CollectsTasksThatRunInParallel) {
  Runtime runtime = Runtime::multi_thread(4);
  auto work = [](int value) -> Task<int> {
    for (int i = 0; i < value % 7; ++i) co_await yield_now();
    co_return value;
  };
  auto body = [](auto make, int count) -> Task<std::int64_t> {
    FuturesUnordered<JoinHandle<int>> futures;
    for (int i = 0; i < count; ++i) futures.push(spawn(make(i)));
    std::int64_t sum = 0;
    while (auto done = co_await futures.next()) sum += **done;
    co_return sum;
  };
  const auto count = static_cast<std::int64_t>(test::scaled(50'000));
  EXPECT_EQ(runtime.block_on(body(work, static_cast<int>(count))), count * (count - 1) / 2);
}

/// A child that counts how often it is resumed.
Task<void> count_resumes(Gate* gate, std::size_t* resumes) {
  ++*resumes;
  co_await gate->wait();
  ++*resumes;
}

TEST(FuturesUnordered, AStepResumesReadyChildrenOnly) {
  for (const std::size_t size : {10u, 33u, 1000u}) {
    std::deque<Gate> gates(size);
    std::size_t resumes = 0;
    std::size_t rounds = 0;
    auto body = [](std::deque<Gate>* at, std::size_t* resumed, std::size_t* given) -> Task<void> {
      FuturesUnordered<Task<void>> futures;
      for (Gate& gate : *at) futures.push(count_resumes(&gate, resumed));
      while (co_await futures.next()) ++*given;
    };
    Probe probe(body(&gates, &resumes, &rounds));
    EXPECT_TRUE(probe.is_pending());
    probe.executor().run_all();  // to begin so many operations takes more than one budget
    probe.poll();
    EXPECT_EQ(resumes, size);
    for (std::size_t i = 0; i < size; ++i) {
      gates[size - 1 - i].open();
      EXPECT_EQ(probe.wake_count(), 1u);
      probe.poll();
      ASSERT_EQ(resumes, size + i + 1);  // only the ready child was resumed, and once
      ASSERT_EQ(rounds, i + 1);
    }
    EXPECT_TRUE(probe.is_ready());
  }
}

TEST(FuturesUnordered, ACompletedOperationLosesNothingToADroppedNext) {
  auto body = []() -> Task<int> {
    FuturesUnordered<Task<int>> futures;
    for (int i = 1; i <= 20; ++i) futures.push(give_after_sleep(i * 1ms, i));
    int sum = 0;
    while (!futures.empty()) {
      auto first = co_await select(futures.next(), sleep(700us));
      if (first.index() == 0) sum += *std::get<0>(first);
    }
    co_return sum;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    const int sum = co_await body();
    EXPECT_EQ(sum, 210);
  });
}

TEST(FuturesUnordered, MayMoveBetweenTwoWaits) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    FuturesUnordered<Task<int>> futures;
    for (int i = 0; i < 5; ++i) futures.push(give_after(gate, 1, counted));
    co_await select(biased, futures.next(), yield_now());
    FuturesUnordered<Task<int>> moved = std::move(futures);
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

TEST(FuturesUnordered, AChildMayWakeAndOutliveItsSiblings) {
  auto body = []() -> Task<int> {
    std::deque<Gate> gates(50);
    auto link = [](Gate* wait_for, Gate* to_open, int value) -> Task<int> {
      co_await wait_for->wait();
      if (to_open) to_open->open();
      co_return value;
    };
    FuturesUnordered<Task<int>> futures;
    for (std::size_t i = 0; i < gates.size(); ++i)
      futures.push(link(&gates[i], i + 1 < gates.size() ? &gates[i + 1] : nullptr, 1));
    gates.front().open();
    int sum = 0;
    while (auto done = co_await futures.next()) sum += *done;
    co_return sum;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    const int sum = co_await body();
    EXPECT_EQ(sum, 50);
  });
}

Task<bool> next_is_none(FuturesUnordered<Task<int>>* futures) {
  co_return !co_await futures->next();
}

TEST(FuturesUnordered, ASiblingThatClearsItEndsAWait) {
  auto body = []() -> Task<bool> {
    Gate never;
    Census census;
    FuturesUnordered<Task<int>> futures;
    futures.push(give_after(&never, 1, Counted(census)));
    auto clear = [](FuturesUnordered<Task<int>>* all) -> Task<void> {
      co_await sleep(1ms);
      all->clear();
    };
    const auto [none, cleared] = co_await join(next_is_none(&futures), clear(&futures));
    co_return (none && futures.empty() && census.alive == 0);
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const bool ended = co_await body();
    EXPECT_TRUE(ended);
  });
}

TEST(FuturesUnordered, ASecondNextAtTheSameTimeIsRefused) {
  auto body = []() -> Task<int> {
    Gate gate;
    Census census;
    FuturesUnordered<Task<int>> futures;
    futures.push(give_after(&gate, 7, Counted(census)));
    auto first = [](FuturesUnordered<Task<int>>* all) -> Task<int> { co_return *co_await all->next(); };
    auto second = [](FuturesUnordered<Task<int>>* all, Gate* at) -> Task<bool> {
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

TEST(FuturesUnordered, AnOperationThatThrowsAsItBeginsIsRemoved) {
  auto body = []() -> Task<int> {
    FuturesUnordered<Begins> futures;
    for (const bool throws : {true, false, true}) futures.push(Begins(throws));
    int thrown = 0;
    int results = 0;
    while (!futures.empty()) {
      try {
        if (auto result = co_await futures.next()) results += *result;
      } catch (const std::invalid_argument&) {
        ++thrown;
      }
    }
    co_return 10 * thrown + results;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const int ends = co_await body();
    EXPECT_EQ(ends, 21);
  });
}

}  // namespace
}  // namespace corokit
