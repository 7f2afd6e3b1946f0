// A JoinSet that two branches of its task use at once.
#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;

using Ints = JoinSet<int>;

TEST(JoinSet, ASiblingThatDetachesAllEndsAWait) {
  auto body = [](Gate* gate, Counted counted) -> Task<bool> {
    Ints set;
    set.spawn(give_after(gate, 1, counted));
    auto wait = [](Ints* all) -> Task<bool> { co_return !co_await all->join_next(); };
    auto detach = [](Ints* all) -> Task<void> {
      co_await sleep(1ms);
      all->detach_all();
    };
    const auto [none, detached] = co_await join(wait(&set), detach(&set));
    co_return (none && set.empty());
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const bool ended = co_await body(&gate, Counted(census));
    EXPECT_TRUE(ended);
    EXPECT_EQ(census.alive, 1);  // the detached task outlives the body
    gate.open();
    co_await sleep(1ms);
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(JoinSet, AResultThatAWaitWasGivenCannotBeTakenByASibling) {
  auto body = []() -> Task<int> {
    Gate gate;
    Census census;
    Ints set;
    set.spawn(give_after(&gate, 1, Counted(census)));
    auto wait = [](Ints* all) -> Task<int> {
      int results = 0;
      while (co_await all->join_next()) ++results;
      co_return results;
    };
    auto take = [](Ints* all, Gate* at) -> Task<int> {
      at->open();
      int results = 0;
      for (int i = 0; i < 20; ++i) {
        co_await yield_now();
        if (all->try_join_next()) ++results;
      }
      co_return results;
    };
    const auto [waited, taken] = co_await join(wait(&set), take(&set, &gate));
    co_return waited + 10 * taken;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const int results = co_await body();
    EXPECT_EQ(results, 1) << "the wait was given the result";
  });
}

TEST(JoinSet, AWaitThatIsDroppedAfterItWasGivenAResultPutsItBack) {
  auto body = []() -> Task<int> {
    Gate gate;
    Census census;
    Ints set;
    for (int n = 0; n < 3; ++n) set.spawn(give_after(&gate, 1, Counted(census)));
    int results = 0;
    gate.open();
    while (!set.empty()) {
      // The select is biased: when both operands are ready, it drops a join_next() that was given a result.
      auto first = co_await select(biased, yield_now(), set.join_next());
      if (first.index() == 1 && std::get<1>(first)) ++results;
      const bool again = set.try_join_next().has_value();
      explorer::reached("a result is taken after a wait", again);
      results += again;
    }
    co_return results;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const int results = co_await body();
    EXPECT_EQ(results, 3);
  });
}

TEST(JoinSet, ADestructorOfAResultMayUseItDuringADetach) {
  struct Value;
  using Values = JoinSet<Value>;
  static Values* used = nullptr;
  struct Value {
    explicit Value(int which) noexcept : number(which) {}
    Value(Value&& other) noexcept : number(std::exchange(other.number, 0)) {}
    ~Value() {
      if (number == 0 || !used) return;
      EXPECT_FALSE(used->try_join_next());
      EXPECT_LE(used->size(), 1u) << "what the destructor before has spawned";
      used->detach_all();
      used->spawn([]() -> Task<Value> { co_return Value(0); });
    }
    int number;
  };
  auto make = [](int number) -> Task<Value> { co_return Value(number); };
  auto body = [](auto maker) -> Task<std::size_t> {
    Values set;
    for (int i = 1; i <= 3; ++i) set.spawn(maker(i));
    co_await sleep(1ms);  // all are over
    used = &set;
    set.detach_all();
    used = nullptr;
    co_return set.size();
  };
  EXPECT_EQ(*sim::run({}, body(make)), 1u) << "the last destructor has spawned a task";
}

TEST(JoinSet, ASecondJoinNextAtTheSameTimeIsRefused) {
  auto body = []() -> Task<bool> {
    Gate gate;
    Census census;
    Ints set;
    set.spawn(give_after(&gate, 1, Counted(census)));
    auto wait = [](Ints* all) -> Task<bool> { co_return (co_await all->join_next()).has_value(); };
    auto second = [](Ints* all, Gate* at) -> Task<bool> {
      co_await sleep(1ms);
      bool refused = false;
      try {
        co_await all->join_next();
      } catch (const std::logic_error&) {
        refused = true;
      }
      at->open();
      co_return refused;
    };
    const auto [waited, refused] = co_await join(wait(&set), second(&set, &gate));
    co_return (waited && refused);
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const bool refused = co_await body();
    EXPECT_TRUE(refused);
  });
}

}  // namespace
}  // namespace corokit
