#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/pin.hpp>
#include <corokit/scope.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/gate.hpp"
#include "support/manual_executor.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Census;
using test::Counted;
using test::Gate;

constexpr int kMore = 1'000;  // than any budget

Task<int> spend(int units) {
  for (int i = 0; i < units; ++i) co_await consume_budget();
  co_return units;
}

Task<int> spend_in_children(int units) {
  for (int i = 0; i < units; ++i) co_await spend(1);
  co_return units;
}

/// Returns: in how many turns the task ends.
template <class T>
int turns_of(Task<T> task) {
  test::ManualExecutor executor;
  auto handle = detail::spawn_on(executor, std::move(task));
  int turns = 0;
  while (!handle.is_finished()) {
    executor.run(handle.cell());
    ++turns;
  }
  static_cast<void>(detail::take_joined(handle.cell(), [](auto&&...) { return 0; }));
  return turns;
}

using UnconstrainedOn = test::OnEachRuntime;

TEST_P(UnconstrainedOn, NoOtherTaskRunsWhileTheOperationNeedNotWait) {
  Runtime runtime = make();
  const auto program = []() -> Task<std::string> {
    std::string told;
    for (const bool free : {true, false}) {
      std::atomic<bool> others_ran = false;
      auto other = spawn([](std::atomic<bool>& ran) -> Task<void> {
        ran = true;
        co_return;
      }(others_ran));
      if (free)
        co_await unconstrained(spend(kMore));
      else
        co_await spend(kMore);
      told += others_ran ? "others ran, " : "alone, ";
      static_cast<void>(co_await other);
    }
    co_return told;
  };
  const std::string told = runtime.block_on(program());
  if (GetParam().workers <= 1) {  // else another worker may run the other task
    EXPECT_EQ(told, "alone, others ran, ");
  }
}

TEST_P(UnconstrainedOn, GivesWhatTheOperationGives) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    auto [sender, receiver] = mpsc::channel<int>(kMore);
    auto producer = spawn([](mpsc::Sender<int> tx) -> Task<void> {
      for (int i = 0; i < 3 * kMore; ++i) static_cast<void>(co_await tx.send(1));
    }(std::move(sender)));
    const auto drain = [](mpsc::Receiver<int>& rx) -> Task<int> {
      int sum = 0;
      while (const auto value = co_await rx.recv()) sum += *value;
      co_return sum;
    };
    const int sum = co_await unconstrained(drain(receiver));
    static_cast<void>(co_await producer);
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(program()), 3 * kMore);
}

COROKIT_ON_EACH_RUNTIME(UnconstrainedOn);

TEST(Unconstrained, TakesOneTurnWhateverTheOperationCombines) {
  const auto alone = [](auto operation) -> Task<void> { static_cast<void>(co_await operation()); };
  EXPECT_GT(turns_of(alone([] { return spend(kMore); })), 5);
  EXPECT_EQ(turns_of(alone([] { return unconstrained(spend(kMore)); })), 1);
  EXPECT_EQ(turns_of(alone([] { return unconstrained(spend_in_children(kMore)); })), 1);
  EXPECT_EQ(turns_of(alone([] { return unconstrained(join(spend(kMore), spend_in_children(kMore))); })), 1);
  EXPECT_EQ(turns_of(alone([] { return unconstrained(select(biased, spend(kMore), spend(kMore))); })), 1);
  EXPECT_EQ(turns_of(alone([] { return unconstrained(unconstrained(spend(kMore))); })), 1);
  EXPECT_EQ(turns_of(alone([] {
              return unconstrained([]() -> Task<void> {
                FuturesUnordered<Task<int>> running;
                for (int i = 0; i < kMore; ++i) running.push(spend(3));
                while (co_await running.next()) {
                }
                auto pinned = pin(spend(kMore));
                co_await pinned;
              }());
            })),
            1);
  EXPECT_EQ(turns_of(alone([] {
              return unconstrained(scope([](Scope& s) -> Task<void> {
                for (int i = 0; i < kMore; ++i) s.spawn(spend(3));
                co_await s.join();
              }));
            })),
            1);
}

TEST(Unconstrained, LeavesTheBudgetToWhatFollows) {
  const auto program = [](int before) -> Task<void> {
    co_await spend(before);
    co_await unconstrained(spend(kMore));
    co_await spend(60);
  };
  EXPECT_EQ(turns_of(program(60)), 1);
  EXPECT_EQ(turns_of(program(127)), 2);
}

TEST(Unconstrained, BeginsWithASpentBudget) {
  const auto program = []() -> Task<void> {
    co_await spend(test::kBudgets - 1);  // the end of a child takes one more
    co_await unconstrained(spend(kMore));
  };
  test::ManualExecutor executor;
  executor.set_budget(test::kBudgets);
  auto handle = detail::spawn_on(executor, program());
  executor.run(handle.cell());
  EXPECT_TRUE(handle.is_finished());
  handle.detach();
}

TEST(Unconstrained, OtherBranchesStillGiveWay) {
  const auto program = []() -> Task<void> {
    static_cast<void>(co_await join(unconstrained(spend(kMore)), spend(kMore)));
  };
  EXPECT_GT(turns_of(program()), 5);
}

TEST(Unconstrained, StaysSoAfterItHasWaited) {
  const auto waits = [](Gate& gate) -> Task<int> {
    co_await gate.wait();
    co_return co_await spend_in_children(kMore);
  };
  const auto program = [](auto operation, Gate& gate) -> Task<void> {
    co_await unconstrained(operation(gate));
  };
  Gate gate;
  test::ManualExecutor executor;
  auto handle = detail::spawn_on(executor, program(waits, gate));
  executor.run_all();
  EXPECT_FALSE(handle.is_finished());
  gate.open();
  executor.run(handle.cell());
  EXPECT_TRUE(handle.is_finished());
  handle.detach();
}

TEST(Unconstrained, YieldNowStillGivesWay) {
  const auto yields = []() -> Task<void> {
    for (int i = 0; i < 3; ++i) co_await yield_now();
  };
  const auto program = [](auto operation) -> Task<void> { co_await unconstrained(operation()); };
  EXPECT_EQ(turns_of(program(yields)), 4);
}

TEST(Unconstrained, AnExceptionPassesThroughIt) {
  const auto program = []() -> Task<std::string> {
    const auto fails = []() -> Task<int> {
      co_await spend(kMore);
      throw std::runtime_error("out");
    };
    std::string told;
    try {
      static_cast<void>(co_await unconstrained(fails()));
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
    co_return told;
  };
  EXPECT_EQ(block_on(program()), "out");
}

TEST(Unconstrained, MayBeDroppedAtEverySuspensionPoint) {
  const auto operation = [](Census& census) -> Task<int> {
    const auto inside = [](Census& counts) -> Task<int> {
      const Counted counted(counts);
      for (int turn = 0; turn < 3; ++turn) {
        co_await spend(200);
        co_await yield_now();
      }
      co_return 1;
    };
    const auto both = co_await join(unconstrained(inside(census)), unconstrained(inside(census)));
    co_return std::get<0>(both) + std::get<1>(both);
  };
  for (int turns = 0;; ++turns) {
    Census census;
    test::Probe probe(operation(census));
    bool over = false;
    for (int turn = 0; turn < turns && !over; ++turn) over = probe.poll();
    probe.drop();
    EXPECT_EQ(census.alive, 0) << turns;
    if (over) break;
    ASSERT_LT(turns, 100);
  }
}

TEST(Unconstrained, DoesTheSameAtEachBudget) {
  const auto write = [](std::string& written, char name) -> Task<int> {
    for (int units = 0; units < 3; ++units) co_await consume_budget();
    written += name;
    co_return 1;
  };
  test::does_the_same_at_each_budget("unconstrained", [&]() -> Task<std::string> {
    return [](auto operation) -> Task<std::string> {
      std::string written;
      const auto first =
          co_await select(biased, unconstrained(operation(written, 'a')), operation(written, 'b'));
      const auto second =
          co_await select(biased, operation(written, 'c'), unconstrained(operation(written, 'd')));
      static_cast<void>(co_await join(operation(written, 'e'), unconstrained(operation(written, 'f')),
                                      operation(written, 'g')));
      static_cast<void>(co_await unconstrained(join(operation(written, 'h'), operation(written, 'i'))));
      co_return written + std::to_string(first.index()) + std::to_string(second.index());
    }(write);
  });
}

TEST(Unconstrained, NestsDeep) {
  struct Deep {
    static Task<int> nest(int depth) {
      if (depth == 0) co_return co_await spend(kMore);
      const auto inner = co_await join(nest(depth - 1), spend(1));
      co_return std::get<0>(inner);
    }
  };
  const auto program = []() -> Task<int> { co_return co_await unconstrained(Deep::nest(300)); };
  EXPECT_EQ(block_on(program()), kMore);
}

COROKIT_EXPLORE(UnconstrainedSchedules, IsNotInterruptedWhileItNeedNotWait) {
  bool inside = false;
  bool interrupted = false;
  const auto busy = [](bool& flag) -> Task<void> {
    flag = true;
    co_await spend(5);
    flag = false;
  };
  auto first = spawn([](auto operation, bool& flag) -> Task<void> {
    co_await unconstrained(operation(flag));
  }(busy, inside));
  auto second = spawn([](bool& flag, bool& noted) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      noted = noted || flag;
      co_await yield_now();
    }
  }(inside, interrupted));
  static_cast<void>(co_await first);
  static_cast<void>(co_await second);
  EXPECT_FALSE(interrupted);
}

}  // namespace
}  // namespace corokit
