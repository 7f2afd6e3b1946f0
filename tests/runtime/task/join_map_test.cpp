#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/join_map.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Chosen;
using test::Counted;
using test::Gate;
using test::give_after;
using test::give_after_sleep;
using Map = JoinMap<std::string, int>;

TEST(JoinMap, GivesKeysAndResultsInTheOrderOfCompletion) {
  auto body = []() -> Task<std::string> {
    Map map;
    for (const int n : {3, 1, 2}) map.spawn(std::to_string(n), give_after_sleep(n * 1ms, n * 10));
    EXPECT_EQ(map.size(), 3u);
    std::string order;
    while (auto next = co_await map.join_next()) {
      const auto& [key, result] = *next;
      order += key + "=" + std::to_string(*result) + " ";
      EXPECT_FALSE(map.contains(key));
    }
    EXPECT_TRUE(map.empty());
    EXPECT_FALSE(co_await map.join_next());
    co_return order;
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order, "1=10 2=20 3=30 ");
  });
}

TEST(JoinMap, ListsItsKeysUntilTheirResultsAreGiven) {
  auto body = []() -> Task<void> {
    Map map;
    for (const char* key : {"a", "b", "c"}) map.spawn(key, test::give_later(1));
    EXPECT_TRUE(map.contains("b"));
    EXPECT_FALSE(map.contains("d"));
    while (!map.empty()) {
      std::vector<std::string> keys;
      for (const std::string& key : map.keys()) keys.push_back(key);
      EXPECT_EQ(keys.size(), map.size());
      const auto next = co_await map.join_next();
      EXPECT_EQ(std::count(keys.begin(), keys.end(), next->first), 1);
    }
    for (const std::string& key : map.keys()) ADD_FAILURE() << key;
  };
  explorer::check({.schedules = 1'000}, body);
}

TEST(JoinMap, AKeyThatIsReplacedAbortsTheOldTaskAndGivesTheNewResultOnly) {
  auto body = [](Gate* gate, Census* census) -> Task<void> {
    Map map;
    map.spawn("key", give_after(gate, 1, Counted(*census)));
    co_await yield_now();  // perhaps it waits by now
    map.spawn("key", give_after(gate, 2, Counted(*census)));
    EXPECT_EQ(map.size(), 1u);
    co_await sleep(1ms);
    EXPECT_EQ(census->alive, 1);
    gate->open();
    const auto next = co_await map.join_next();
    EXPECT_EQ(next->first, "key");
    EXPECT_EQ(*next->second, 2);
    EXPECT_FALSE(co_await map.join_next());
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, &census);
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(JoinMap, AReplacedTaskThatHasEndedGivesNoResult) {
  auto body = []() -> Task<void> {
    Map map;
    for (const char* key : {"a", "b", "c"}) map.spawn(key, test::give_later(1));
    co_await sleep(1ms);  // all are over
    map.spawn("b", give_after_sleep(1ms, 2));
    std::map<std::string, int> given;
    while (auto next = co_await map.join_next()) {
      EXPECT_TRUE(given.emplace(next->first, *next->second).second);
    }
    EXPECT_EQ(given, (std::map<std::string, int>{{"a", 1}, {"b", 2}, {"c", 1}}));
  };
  explorer::check({.search = Search::depth_first}, body);
}

TEST(JoinMap, AResultIsDroppedIfItsKeyIsReplacedBeforeTheWaitGoesOn) {
  auto body = [](Gate* gate, Counted counted) -> Task<void> {
    Map map;
    map.spawn("key", give_after(gate, 1, counted));
    auto take_all = [](Map* all) -> Task<std::vector<int>> {
      std::vector<int> results;
      while (auto next = co_await all->join_next()) results.push_back(*next->second);
      co_return results;
    };
    auto replace = [](Map* all, Gate* at) -> Task<void> {
      co_await sleep(1ms);
      at->open();
      for (std::size_t i = explorer::choose(4); i > 0; --i) co_await yield_now();
      if (all->empty()) co_return;  // the results are all given
      all->spawn("key", test::give_later(2));
      EXPECT_TRUE(all->contains("key"));
    };
    const auto [results, replaced] = co_await join(take_all(&map), replace(&map, gate));
    explorer::reached("the old result is given", results.front() == 1);
    explorer::reached("only the new result is given", results == std::vector<int>{2});
    EXPECT_TRUE(results == std::vector<int>{1} || results == std::vector<int>{2});
    EXPECT_TRUE(map.empty());
    EXPECT_FALSE(map.contains("key"));
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, Counted(census));
    co_await sleep(1ms);  // the task that was replaced ends
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(JoinMap, AReplacedResultDoesNotComeBackFromAWaitThatIsDropped) {
  auto body = [](Gate* gate, Counted counted) -> Task<void> {
    Map map;
    map.spawn("key", give_after(gate, 1, counted));
    auto replace = [](Map* all, Gate* at) -> Task<bool> {
      co_await sleep(1ms);
      at->open();
      for (std::size_t i = explorer::choose(4); i > 0; --i) co_await yield_now();
      const bool was_there = all->contains("key");
      all->spawn("key", test::give_later(2));
      co_return was_there;
    };
    // The select is biased: when both operands are ready, it drops the join_next().
    const auto first = co_await select(biased, replace(&map, gate), map.join_next());
    explorer::reached("the old result is given", first.index() == 1);
    explorer::reached("the key is replaced", first.index() == 0);
    EXPECT_EQ(map.size(), first.index() == 0 ? 1u : 0u);
    std::vector<int> results;
    const bool tries = explorer::choose(2) == 1;
    while (!map.empty()) {
      if (tries) {
        co_await sleep(1ms);
        results.push_back(*map.try_join_next()->second);
      } else {
        const auto next = co_await map.join_next();
        results.push_back(*next->second);
      }
    }
    EXPECT_EQ(results, first.index() == 0 ? std::vector<int>{2} : std::vector<int>{});
    EXPECT_FALSE(map.try_join_next());
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, Counted(census));
    co_await sleep(1ms);  // the task that was replaced ends
    EXPECT_EQ(census.alive, 0);
  });
}

/// A hash that throws, as an allocation does, while it is told to.
struct ThrowingHash {
  static inline bool throws = false;
  std::size_t operator()(int key) const {
    if (throws) throw std::bad_alloc();
    return static_cast<std::size_t>(key);
  }
};

TEST(JoinMap, ATaskThatCannotBeInsertedIsAborted) {
  auto body = [](Gate* gate, Census* census) -> Task<void> {
    JoinMap<int, int, ThrowingHash> map;
    map.spawn(1, give_after(gate, 1, Counted(*census)));
    co_await sleep(1ms);
    ThrowingHash::throws = true;
    EXPECT_THROW(map.spawn(2, give_after(gate, 2, Counted(*census))), std::bad_alloc);
    ThrowingHash::throws = false;
    co_await sleep(1ms);
    EXPECT_EQ(census->alive, 1);
    EXPECT_EQ(map.size(), 1u);
    gate->open();
    const auto next = co_await map.join_next();
    EXPECT_EQ(*next->second, 1);
  };
  Gate gate;
  Census census;
  EXPECT_TRUE(sim::run({}, body(&gate, &census)));
}

TEST(JoinMap, ADestructorOfAResultMayUseItDuringADetach) {
  struct Value;
  using Values = JoinMap<int, Value>;
  static Values* used = nullptr;
  struct Value {
    explicit Value(int which) noexcept : number(which) {}
    Value(Value&& other) noexcept : number(std::exchange(other.number, 0)) {}
    ~Value() {
      if (number == 0 || !used) return;
      EXPECT_FALSE(used->try_join_next());
      EXPECT_LE(used->size(), 1u) << "what the destructor before has spawned";
      used->detach_all();
      used->spawn(number, []() -> Task<Value> { co_return Value(0); });
    }
    int number;
  };
  auto make = [](int number) -> Task<Value> { co_return Value(number); };
  auto body = [](auto maker) -> Task<std::size_t> {
    Values map;
    for (int i = 1; i <= 3; ++i) map.spawn(i, maker(i));
    co_await sleep(1ms);  // all are over
    used = &map;
    map.detach_all();
    used = nullptr;
    co_return map.size();
  };
  EXPECT_EQ(*sim::run({}, body(make)), 1u) << "the last destructor has spawned a task";
}

TEST(JoinMap, AbortsByKeyAndByPredicate) {
  auto body = [](Gate* gate, Counted counted) -> Task<std::string> {
    JoinMap<int, int> map;
    for (int i = 0; i < 6; ++i) map.spawn(i, give_after(gate, i, counted));
    EXPECT_TRUE(map.abort(5));
    EXPECT_FALSE(map.abort(6));
    map.abort_if([](int key) { return key % 2 == 0; });
    co_await sleep(1ms);
    EXPECT_EQ(map.size(), 6u);  // the cancelled results are still to be taken
    gate->open();
    std::map<int, bool> ends;
    while (auto next = co_await map.join_next()) ends[next->first] = next->second.has_value();
    std::string text;
    for (const auto& [key, has_value] : ends) text += has_value ? std::to_string(key) : "-";
    co_return text;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const std::string ends = co_await body(&gate, Counted(census));
    EXPECT_EQ(ends, "-1-3--");
  });
}

TEST(JoinMap, DroppingOrShuttingItDownEndsItsTasks) {
  auto body = [](Gate* gate, Census* census) -> Task<void> {
    {
      Map dropped;
      for (const char* key : {"a", "b"}) dropped.spawn(key, give_after(gate, 1, Counted(*census)));
      Map other;
      other.spawn("a", give_after(gate, 1, Counted(*census)));
      other = std::move(dropped);
    }
    co_await sleep(1ms);
    EXPECT_EQ(census->alive, 0);
    Map map;
    for (const char* key : {"a", "b"}) map.spawn(key, give_after(gate, 1, Counted(*census)));
    co_await map.shutdown();
    EXPECT_EQ(census->alive, 0);
    EXPECT_TRUE(map.empty());
    EXPECT_FALSE(map.contains("a"));
    map.spawn("a", test::give_later(1));
    map.detach_all();
    EXPECT_TRUE(map.empty());
    EXPECT_FALSE(map.contains("a"));
    EXPECT_FALSE(co_await map.join_next());
    co_await sleep(1ms);
  };
  explorer::check({.schedules = 2'000}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, &census);
  });
}

TEST(JoinMap, TryJoinNextNeverWaits) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    Map map;
    EXPECT_FALSE(map.try_join_next());
    map.spawn("key", give_after(gate, 1, counted));
    EXPECT_FALSE(map.try_join_next());
    gate->open();
    co_await sleep(1ms);
    const auto next = map.try_join_next();
    EXPECT_FALSE(map.try_join_next());
    co_return next->first == "key" ? *next->second : -1;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 1);
}

TEST(JoinMap, TakesMoveOnlyKeysAndFunctionsThatBlock) {
  auto body = []() -> Task<int> {
    JoinMap<std::unique_ptr<int>, int> map;
    auto give = [] { return 7; };
    map.spawn_blocking(std::make_unique<int>(1), std::move(give));
    map.spawn(std::make_unique<int>(2), []() -> Task<int> { co_return 8; });
    int sum = 0;
    while (auto next = co_await map.join_next()) sum += *next->first * 100 + *next->second;
    co_return sum;
  };
  EXPECT_EQ(block_on(body()), 315);
}

TEST(JoinMap, AnErrorSaysWhichTaskItWas) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<bool> {
    JoinMap<int, int> map;
    const TaskId id = map.spawn(1, make()).id();
    const auto next = co_await map.join_next();
    co_return next->second.error().id() == id;
  };
  EXPECT_TRUE(block_on(body(fail)));
}

/// Random operations, of which several may come before any task runs. The model knows the latest task of each key.
Task<void> play(int rounds) {
  Census census;
  {
    JoinMap<int, int> map;
    std::map<int, int> latest;  // the value of the latest task of a key that is still to be given
    std::map<int, std::unique_ptr<Gate>> gates;
    std::map<int, bool> aborted;
    int serial = 0;
    auto take = [&](std::optional<std::pair<int, JoinMap<int, int>::Joined>> next) {
      if (!next) return;
      const auto [key, value] = *latest.find(next->first);
      if (next->second) {
        EXPECT_EQ(*next->second, value);
      } else {
        EXPECT_TRUE(aborted[value]);
      }
      EXPECT_EQ(latest.erase(next->first), 1u);
    };
    for (int i = 0; i < rounds; ++i) {
      const int key = static_cast<int>(Chosen::below(3));
      switch (Chosen::below(6)) {
        case 0:
        case 1:
          explorer::reached("a key is replaced", map.contains(key));
          gates[++serial] = std::make_unique<Gate>();
          map.spawn(key, give_after(gates[serial].get(), serial, Counted(census)));
          latest[key] = serial;
          break;
        case 2:
          if (map.abort(key)) aborted[latest[key]] = true;
          break;
        case 3:
          if (latest.contains(key)) gates[latest[key]]->open();
          break;
        case 4:
          take(map.try_join_next());
          break;
        default:
          if (Chosen::below(2) == 0) {
            co_await yield_now();
          } else {
            auto first = co_await select(biased, map.join_next(), sleep(1ms));
            if (first.index() == 0) take(std::move(std::get<0>(first)));
          }
      }
      EXPECT_EQ(map.size(), latest.size());
      EXPECT_EQ(map.contains(key), latest.contains(key));
    }
    for (auto& [value, gate] : gates) gate->open();
    for (;;) {
      auto next = co_await map.join_next();
      if (!next) break;
      take(std::move(next));
    }
    EXPECT_TRUE(latest.empty());
    co_await sleep(1ms);  // those that were replaced end
  }
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(JoinMapSchedules, EachKeyGivesItsLatestTaskOnce, .search = Search::random,
                .schedules = 2'000) {
  co_await play(30);
}

class JoinMapOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(JoinMapOn);

TEST_P(JoinMapOn, AReplacementRacesWithTheEndOfTheOldTask) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<int> {
    const int alive = counted.census().alive;
    int wrong = 0;
    for (std::uint64_t i = 0; i < test::scaled(1000); ++i) {
      Gate gate;
      JoinMap<int, int> map;
      for (int key = 0; key < 4; ++key) map.spawn(key, give_after(&gate, 1, counted));
      gate.open();
      for (int key = 0; key < 4; ++key) map.spawn(key, give_after(&gate, 2, counted));
      int count = 0;
      while (auto next = co_await map.join_next()) {
        ++count;
        wrong += *next->second != 2;
      }
      wrong += count != 4;
      while (counted.census().alive != alive) co_await yield_now();
    }
    co_return wrong;
  };
  EXPECT_EQ(runtime.block_on(body(Counted(census))), 0);
  EXPECT_EQ(census.alive, 0);
}

}  // namespace
}  // namespace corokit
