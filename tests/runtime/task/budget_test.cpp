// A task that has spent its budget gives way. That changes which other tasks run meanwhile, and nothing else: each
// awaitable and each combinator, nested once, is played at every remaining budget, and does what it does with one that
// never ends.
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "support/manual_executor.hpp"
#include "support/ready_operations.hpp"

namespace corokit::test {
namespace {

constexpr int kEndless = 1'000'000;
constexpr int kBudgets = 12;  // more than any of the programs needs

Task<int> count_beginning(int& begun) {
  ++begun;
  co_return 0;
}

/// Runs `program` with a budget of `each_turn`, of which `spent` are gone when it begins.
std::string outcome_of(Task<std::string> program, int each_turn, int spent) {
  const auto run = [](Task<std::string> task, int units, std::string& outcome) -> Task<void> {
    for (; units > 0; --units) co_await consume_budget();
    outcome = co_await std::move(task);
  };
  std::string outcome = "it did not end";
  ManualExecutor executor;
  executor.set_budget(each_turn);
  auto handle = detail::spawn_on(executor, run(std::move(program), spent, outcome));
  executor.run_all();
  return outcome;
}

/// `make_program()` gives a Task<std::string>: what happened in it.
template <class MakeProgram>
void does_the_same_at_each_budget(const std::string& name, MakeProgram make_program) {
  const std::string expected = outcome_of(make_program(), kEndless, 0);
  EXPECT_NE(expected, "it did not end") << name;
  for (int budget = 1; budget <= kBudgets; ++budget) {
    EXPECT_EQ(outcome_of(make_program(), budget, 0), expected) << name << ", budget " << budget;
    EXPECT_EQ(outcome_of(make_program(), budget, budget), expected)
        << name << ", with a spent budget of " << budget;
  }
}

/// Awaits what `combine(operation, marker)` makes of an operation that is over at once.
template <class Make, class Combine>
Task<std::string> play(Make make, Combine combine) {
  auto first = spawn(ReadyPrimitives::one());
  auto second = spawn(ReadyPrimitives::one());
  while (!first.is_finished() || !second.is_finished()) co_await yield_now();
  ReadyPrimitives primitives(std::move(first), std::move(second));
  int begun = 0;
  std::string told = co_await combine(make(primitives), begun);
  co_return told + ", begun behind it: " + std::to_string(begun);
}

template <class Combine>
void every_operation_does_the_same_at_each_budget(Combine combine) {
  for_each_ready_operation([&combine](const char* name, auto make) {
    does_the_same_at_each_budget(name, [&] { return play(make, combine); });
  });
}

TEST(Budget, DoesNotChangeWhatAnAwaitGives) {
  every_operation_does_the_same_at_each_budget([](auto operation, int&) -> Task<std::string> {
    static_cast<void>(co_await std::move(operation));
    co_return "over";
  });
}

TEST(Budget, DoesNotChangeWhoWinsABiasedSelect) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first = co_await select(biased, std::move(operation), count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(Budget, DoesNotBeginWhatAFairSelectDoesNotNeed) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first = co_await select(std::move(operation), count_beginning(begun));
    const bool right = begun == (first.index() == 1 ? 1 : 0);
    begun = 0;  // either may win
    co_return right ? "one began" : "both began";
  });
}

TEST(Budget, DoesNotChangeAJoin) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    static_cast<void>(co_await join(std::move(operation), count_beginning(begun), count_beginning(begun)));
    co_return "joined";
  });
}

TEST(Budget, DoesNotChangeATimeout) {
  every_operation_does_the_same_at_each_budget([](auto operation, int&) -> Task<std::string> {
    const auto result = co_await timeout(std::chrono::seconds(0), std::move(operation));
    co_return result ? "in time" : "too late";
  });
}

TEST(Budget, DoesNotChangeRunUntilCancelled) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    CancellationToken live;
    CancellationToken dead;
    dead.cancel();
    const auto ran = co_await live.run_until_cancelled(std::move(operation));
    const auto refused = co_await dead.run_until_cancelled(count_beginning(begun));
    co_return std::string(ran ? "ran" : "did not run") + (refused ? ", ran" : ", refused");
  });
}

TEST(Budget, DoesNotChangeFuturesUnordered) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    const auto wrap = [](auto inner) -> Task<int> {
      static_cast<void>(co_await std::move(inner));
      co_return 7;
    };
    FuturesUnordered<Task<int>> futures;
    futures.push(wrap(std::move(operation)));
    futures.push(count_beginning(begun));
    std::string
        results;  // their order is that of their completion, and an operation that gives way is over later
    while (auto result = co_await futures.next()) results += std::to_string(*result);
    std::sort(results.begin(), results.end());
    co_return results;
  });
}

TEST(Budget, DoesNotChangeAPinnedOperation) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto pinned = pin(std::move(operation));
    auto first = co_await select(biased, pinned, count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(Budget, DoesNotChangeNestedCombinators) {
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto first =
        co_await select(biased, join(consume_budget(), std::move(operation)), count_beginning(begun));
    co_return std::to_string(first.index());
  });
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    auto [first, second] = co_await join(select(biased, std::move(operation), count_beginning(begun)),
                                         select(biased, consume_budget(), count_beginning(begun)));
    co_return std::to_string(first.index()) + std::to_string(second.index());
  });
  every_operation_does_the_same_at_each_budget([](auto operation, int& begun) -> Task<std::string> {
    const auto several = [](auto inner) -> Task<int> {
      for (int i = 0; i < 3; ++i) co_await consume_budget();
      static_cast<void>(co_await std::move(inner));
      co_await consume_budget();
      co_return 1;
    };
    auto first = co_await select(biased, timeout(std::chrono::seconds(0), several(std::move(operation))),
                                 count_beginning(begun));
    co_return std::to_string(first.index());
  });
}

TEST(Budget, DoesNotChangeWhoWinsWhenTwoBranchesAreWokenTogether) {
  const auto several = [](Notify& gate, int units) -> Task<int> {
    co_await gate.notified();
    for (; units > 0; --units) co_await consume_budget();
    co_return units;
  };
  does_the_same_at_each_budget("two that wait", [&several]() -> Task<std::string> {
    return [](auto branch) -> Task<std::string> {
      Notify gate;
      const auto open = spawn([](Notify& closed) -> Task<void> {
        for (int turn = 0; turn < 100; ++turn) co_await yield_now();  // until both branches wait
        closed.notify_waiters();
      }(gate));
      auto first = co_await select(biased, branch(gate, 5), branch(gate, 0));
      co_return std::to_string(first.index());
    }(several);
  });
}

TEST(Budget, ASelectThatHasSpentItStillReceivesEachMessageInItsTurn) {
  // Reported as: got 128 of 200 messages, the idle branch won ten million times.
  const auto idle = []() -> Task<void> { co_return; };
  const auto program = [](auto make_idle) -> Task<std::string> {
    auto [sender, receiver] = mpsc::channel<int>(200);
    for (int i = 0; i < 200; ++i) static_cast<void>(sender.try_send(i));
    int received = 0;
    for (;;) {
      const auto first = co_await select(biased, receiver.recv(), make_idle());
      if (first.index() != 0) break;
      ++received;
    }
    co_return std::to_string(received);
  };
  EXPECT_EQ(outcome_of(program(idle), 128, 0), "200");
}

/// Awaits an operation over and over, until another task has run, or too often.
template <class Make, class Await>
Task<int> count_until_another_task_runs(Make make, Await await) {
  bool other_ran = false;
  const auto other = spawn([](bool& ran) -> Task<void> {
    ran = true;
    co_return;
  }(other_ran));
  int rounds = 0;
  for (; !other_ran && rounds < 1'000; ++rounds) {
    // Finished handles are made outside of the loop's own awaits: they would give way.
    auto first = detail::spawn_on(*detail::current_context()->scheduler, ReadyPrimitives::one());
    auto second = detail::spawn_on(*detail::current_context()->scheduler, ReadyPrimitives::one());
    auto& executor = static_cast<ManualExecutor&>(*detail::current_context()->scheduler);
    executor.run(first.cell());
    executor.run(second.cell());
    ReadyPrimitives primitives(std::move(first), std::move(second));
    co_await await(make(primitives));
  }
  co_return rounds;
}

template <class Await>
void every_operation_gives_way(Await await) {
  for_each_ready_operation([&await](const char* name, auto make) {
    ManualExecutor executor;
    executor.set_budget(16);
    auto handle = detail::spawn_on(executor, count_until_another_task_runs(make, await));
    executor.run_all();
    ASSERT_TRUE(handle.is_finished()) << name;
    EXPECT_LE(handle.cell().take(), 20) << name;
  });
}

TEST(Budget, EveryAwaitableGivesWayOnceItIsSpent) {
  every_operation_gives_way([](auto operation) { return operation; });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfASelect) {
  every_operation_gives_way([](auto operation) { return select(biased, std::move(operation)); });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfAJoin) {
  every_operation_gives_way([](auto operation) { return join(std::move(operation)); });
}

TEST(Budget, EveryAwaitableGivesWayInsideOfATimeout) {
  every_operation_gives_way(
      [](auto operation) { return timeout(std::chrono::hours(1), std::move(operation)); });
}

Task<int> spin_for_ever() {
  for (;;) co_await consume_budget();
}

TEST(Budget, ABranchThatSpinsDoesNotHoldUpTheOthersForEver) {
  const auto program = []() -> Task<std::string> {
    const auto soon = []() -> Task<int> {
      for (int turn = 0; turn < 3; ++turn) co_await yield_now();
      co_return 1;
    };
    std::string told = std::to_string((co_await select(biased, spin_for_ever(), soon())).index());
    told += std::to_string((co_await select(soon(), spin_for_ever())).index());
    FuturesUnordered<Task<int>> futures;
    futures.push(spin_for_ever());
    for (int i = 0; i < 2; ++i) {
      futures.push(soon());
      told += std::to_string(co_await futures.next() ? 1 : 0);
    }
    co_return told;
  };
  for (const int budget : {1, 2, 16, 128}) EXPECT_EQ(outcome_of(program(), budget, 0), "1011") << budget;
}

TEST(Budget, ATimeoutEndsABranchThatSpins) {
  Runtime runtime = Runtime::current_thread();
  const auto program = []() -> Task<bool> {
    co_return (co_await timeout(std::chrono::milliseconds(1), spin_for_ever())).has_value();
  };
  EXPECT_FALSE(runtime.block_on(program()));
}

TEST(Budget, EachBranchOfAJoinGetsItsShare) {
  // Reported as: 11.4 million, 88 thousand and 88 thousand steps, always from the first.
  std::array<int, 3> steps{};
  const auto spin = [](int& count) -> Task<void> {
    for (;; ++count) co_await consume_budget();
  };
  const auto program = [](auto branch, std::array<int, 3>& counts) -> Task<void> {
    co_await join(branch(counts[0]), branch(counts[1]), branch(counts[2]));
  };
  ManualExecutor executor;
  auto handle = detail::spawn_on(executor, program(spin, steps));
  constexpr int kTurns = 3'000;
  for (int turn = 0; turn < kTurns; ++turn) executor.run(handle.cell());
  constexpr double kShare = kTurns * 128 / 3.0;
  for (const int count : steps) EXPECT_NEAR(count, kShare, kShare / 10);
  handle.abort();
}

}  // namespace
}  // namespace corokit::test
