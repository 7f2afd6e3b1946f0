#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
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

Task<int> give(int value) {
  co_return value;
}

TEST(JoinSet, GivesResultsInTheOrderOfCompletion) {
  auto body = []() -> Task<std::vector<int>> {
    JoinSet<int> set;
    for (const int n : {3, 1, 2}) set.spawn(give_after_sleep(n * 1ms, n));
    EXPECT_EQ(set.size(), 3u);
    std::vector<int> order;
    while (auto result = co_await set.join_next()) order.push_back(**result);
    EXPECT_TRUE(set.empty());
    EXPECT_FALSE(co_await set.join_next());
    set.spawn(give(4));  // the set can be used again
    auto last = co_await set.join_next();
    order.push_back(**last);
    co_return order;
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
  });
}

TEST(JoinSet, TryJoinNextNeverWaits) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    JoinSet<int> set;
    EXPECT_FALSE(set.try_join_next());
    set.spawn(give_after(gate, 1, counted));
    EXPECT_FALSE(set.try_join_next());
    gate->open();
    std::optional<JoinSet<int>::Joined> result;
    while (!(result = set.try_join_next())) co_await yield_now();
    EXPECT_FALSE(set.try_join_next());
    co_return **result;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(block_on(body(&gate, Counted(census))), 1);
}

TEST(JoinSet, DroppingItAbortsItsTasks) {
  Census census;
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    {
      JoinSet<int> set;
      for (int i = 0; i < 16; ++i) set.spawn(give_after(gate, 1, counted));
      while (gate->waiting() != 16) co_await yield_now();
    }
    while (gate->waiting() != 0) co_await yield_now();
    co_return 1;
  };
  Gate gate;
  EXPECT_TRUE(sim::run({}, body(&gate, Counted(census))));
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinSet, AssignmentAbortsTheOldTasks) {
  Census census;
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    JoinSet<int> set;
    JoinSet<int> other;
    set.spawn(give_after(gate, 1, counted));
    while (gate->waiting() != 1) co_await yield_now();
    set = std::move(other);
    while (gate->waiting() != 0) co_await yield_now();
    co_return static_cast<int>(set.size());
  };
  Gate gate;
  const auto end = sim::run({.max_steps = 10'000}, body(&gate, Counted(census)));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(*end, 0);
}

TEST(JoinSet, AbortAllLeavesTheResultsToBeTaken) {
  auto body = [](Gate* gate, Counted counted) -> Task<std::string> {
    JoinSet<int> set;
    for (int i = 0; i < 5; ++i) set.spawn(give(i));
    for (int i = 0; i < 5; ++i) set.spawn(give_after(gate, 1, counted));
    co_await sleep(1ms);
    set.abort_all();
    EXPECT_EQ(set.size(), 10u);
    int values = 0;
    int cancelled = 0;
    while (auto result = co_await set.join_next()) ++(*result ? values : cancelled);
    co_return std::to_string(values) + "+" + std::to_string(cancelled);
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const auto taken = co_await body(&gate, Counted(census));
    EXPECT_EQ(taken, "5+5");
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(JoinSet, DetachAllLetsTheTasksRunOn) {
  Census census;
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    JoinSet<int> set;
    for (int i = 0; i < 5; ++i) set.spawn(give_after(gate, 1, counted));
    while (gate->waiting() != 5) co_await yield_now();
    set.detach_all();
    EXPECT_TRUE(set.empty());
    EXPECT_FALSE(co_await set.join_next());
    co_await yield_now();
    const int alive = static_cast<int>(gate->waiting());
    gate->open();
    co_await sleep(1ms);
    co_return alive;
  };
  Gate gate;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 5);
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinSet, OneTaskMayBeAborted) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    JoinSet<int> set;
    set.spawn(give_after(gate, 1, counted));
    const AbortHandle second = set.spawn(give_after(gate, 1, counted));
    co_await sleep(1ms);
    second.abort();
    const auto cancelled = co_await set.join_next();
    EXPECT_TRUE((*cancelled).error().is_cancelled());
    gate->open();
    const auto value = co_await set.join_next();
    co_return **value;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 1);
}

TEST(JoinSet, AnExceptionIsAResult) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<std::string> {
    JoinSet<int> set;
    set.spawn(make());
    const auto result = co_await set.join_next();
    co_return (*result).error().message();
  };
  EXPECT_EQ(block_on(body(fail)), "broken");
}

TEST(JoinSet, ADroppedWaitLosesNoResult) {
  auto body = []() -> Task<int> {
    JoinSet<int> set;
    for (int i = 1; i <= 20; ++i) set.spawn(give_after_sleep(i * 1ms, i));
    int sum = 0;
    while (!set.empty()) {
      auto first = co_await select(set.join_next(), sleep(700us));
      if (first.index() == 0) sum += **std::get<0>(first);
    }
    co_return sum;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    const int sum = co_await body();
    EXPECT_EQ(sum, 210);
  });
}

TEST(JoinSet, GivesTheIdOfEachMember) {
  auto body = []() -> Task<void> {
    JoinSet<int> set;
    std::map<TaskId, int> values;
    for (const int n : {3, 1, 2}) values[set.spawn(give_after_sleep(n * 1ms, n)).id()] = n;
    EXPECT_FALSE(set.try_join_next_with_id());
    while (auto next = co_await set.join_next_with_id()) {
      const auto& [id, result] = *next;
      EXPECT_EQ(values.at(id), *result);
      values.erase(id);
    }
    EXPECT_TRUE(values.empty());
    const TaskId last = set.spawn(give(4)).id();
    co_await sleep(1ms);
    const auto next = set.try_join_next_with_id();
    EXPECT_EQ(next->first, last);
    EXPECT_EQ(*next->second, 4);
  };
  explorer::check({.schedules = 1'000}, body);
}

TEST(JoinSet, AnErrorSaysWhichTaskItWas) {
  auto fail = []() -> Task<void> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
  auto body = [](auto fails, auto waits) -> Task<void> {
    Gate gate;
    JoinSet<void> set;
    const TaskId broken = set.spawn(fails()).id();
    const AbortHandle aborted = set.spawn(waits(&gate));
    aborted.abort();
    while (auto result = co_await set.join_next())
      EXPECT_EQ(result->error().id(), result->error().is_cancelled() ? aborted.id() : broken);
    auto handle = spawn(fails());
    const TaskId id = handle.id();
    const auto result = co_await handle;
    EXPECT_EQ(result.error().id(), id);
  };
  explorer::check({.schedules = 1'000}, [&]() -> Task<void> { co_await body(fail, wait); });
}

TEST(JoinSet, JoinAllGivesAllResultsInTheOrderOfCompletion) {
  auto body = []() -> Task<std::vector<int>> {
    JoinSet<int> set;
    for (const int n : {3, 1, 2}) set.spawn(give_after_sleep(n * 1ms, n));
    const auto results = co_await set.join_all();
    EXPECT_TRUE(set.empty());
    const auto none = co_await set.join_all();
    EXPECT_TRUE(none.empty());
    std::vector<int> order;
    for (const auto& result : results) order.push_back(*result);
    co_return order;
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto order = co_await body();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  });
}

TEST(JoinSet, ShutdownWaitsUntilEveryTaskIsGone) {
  auto body = [](Gate* gate, Census* census) -> Task<void> {
    JoinSet<int> set;
    set.spawn(give(1));
    for (int i = 0; i < 3; ++i) set.spawn(give_after(gate, 1, Counted(*census)));
    if (explorer::choose(2) == 1) co_await yield_now();
    co_await set.shutdown();
    EXPECT_EQ(census->alive, 0);
    EXPECT_TRUE(set.empty());
    co_await set.shutdown();
    set.spawn(give(4));  // the set can be used again
    const auto result = co_await set.join_next();
    EXPECT_EQ(**result, 4);
  };
  explorer::check({.search = Search::depth_first, .preemptions = 1}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    co_await body(&gate, &census);
  });
}

TEST(JoinSet, FunctionsThatBlockMayBeMembers) {
  auto body = []() -> Task<int> {
    JoinSet<int> set;
    auto seven = [] { return 7; };
    set.spawn_blocking(std::move(seven));
    set.spawn(give(1));
    int sum = 0;
    while (auto result = co_await set.join_next()) sum += **result;
    co_return sum;
  };
  explorer::check({.schedules = 200}, [&body]() -> Task<void> {
    const int sum = co_await body();
    EXPECT_EQ(sum, 8);
  });
  EXPECT_EQ(block_on(body()), 8);
}

class JoinSetOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(JoinSetOn);

TEST_P(JoinSetOn, GivesEachResultOnce) {
  Runtime runtime = make();
  auto body = [](int count) -> Task<std::int64_t> {
    JoinSet<int> set;
    for (int i = 0; i < count; ++i) set.spawn(give(i));
    std::int64_t sum = 0;
    while (auto result = co_await set.join_next()) sum += **result;
    co_return sum;
  };
  const auto count = static_cast<std::int64_t>(test::scaled(20'000));
  EXPECT_EQ(runtime.block_on(body(static_cast<int>(count))), count * (count - 1) / 2);
}

TEST_P(JoinSetOn, AbortAllDuringCompletionLosesNoResult) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<int> {
    int total = 0;
    for (std::uint64_t i = 0; i < test::scaled(1000); ++i) {
      Gate gate;
      JoinSet<int> set;
      for (int n = 0; n < 4; ++n) set.spawn(give_after(&gate, 1, counted));
      gate.open();
      set.abort_all();
      while (co_await set.join_next()) ++total;
    }
    co_return total;
  };
  EXPECT_EQ(runtime.block_on(body(Counted(census))), static_cast<int>(test::scaled(1000)) * 4);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(JoinSetOn, MayMoveBetweenTasks) {
  Runtime runtime = make();
  auto finish = [](JoinSet<int> set) -> Task<int> {
    int sum = 0;
    while (auto result = co_await set.join_next()) sum += **result;
    co_return sum;
  };
  auto body = [](auto next) -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 200; ++i) {
      JoinSet<int> set;
      for (int n = 1; n <= 4; ++n) set.spawn(give(n));
      const auto one = co_await set.join_next();
      auto handle = spawn(next(std::move(set)));
      const auto rest = co_await handle;
      sum += **one + *rest;
    }
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body(finish)), 2000);
}

TEST_P(JoinSetOn, MayBeDroppedOutsideWhileItsTasksEnd) {
  Runtime runtime = make();
  Census census;
  auto fill = [](Gate* gate, Counted counted) -> Task<JoinSet<int>> {
    JoinSet<int> set;
    for (int n = 0; n < 4; ++n) set.spawn(give_after(gate, 1, counted));
    co_return set;
  };
  for (std::uint64_t i = 0; i < test::scaled(500); ++i) {
    Gate gate;
    {
      const JoinSet<int> set = runtime.block_on(fill(&gate, Counted(census)));
      gate.open();
    }
    test::run_until(runtime, [&] { return census.alive == 0; });
  }
}

TEST_P(JoinSetOn, ItsTasksAreCancelledWithTheirRuntime) {
  Census census;
  Gate gate;
  std::optional<JoinSet<int>> set;
  {
    Runtime runtime = make();
    auto fill = [](Gate* at, Counted counted) -> Task<JoinSet<int>> {
      JoinSet<int> filled;
      for (int n = 0; n < 4; ++n) filled.spawn(give_after(at, 1, counted));
      co_return filled;
    };
    set.emplace(runtime.block_on(fill(&gate, Counted(census))));
  }
  EXPECT_EQ(census.alive, 0);
  int cancelled = 0;
  while (auto result = set->try_join_next()) cancelled += !*result && result->error().is_cancelled() ? 1 : 0;
  EXPECT_EQ(cancelled, 4);
}

TEST_P(JoinSetOn, TasksOfAnotherRuntimeMayBeMembers) {
  Runtime runtime = make();
  auto other = Runtime::multi_thread(2);
  auto body = [](Runtime* elsewhere) -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 200; ++i) {
      JoinSet<int> set;
      auto seven = [] { return 7; };
      set.spawn_blocking_on(*elsewhere, std::move(seven));
      for (int n = 1; n <= 4; ++n) set.spawn_on(*elsewhere, give(n));
      set.spawn(give(5));
      while (auto result = co_await set.join_next()) sum += **result;
    }
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body(&other)), 200 * 22);
}

}  // namespace
}  // namespace corokit
