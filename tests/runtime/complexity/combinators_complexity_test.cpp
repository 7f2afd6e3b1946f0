// What many branches of one task cost: each costs the same however many there are.
#include <corokit/fork_join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/scope.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task_local.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/unordered.hpp>
#include <corokit/when.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "complexity/steps.hpp"

namespace corokit {
namespace {

using test::expect_linear;
using test::steps;

/// Returns: the steps of a task that runs alone, in a simulation.
std::uint64_t steps_of(Task<void> task) {
  const std::uint64_t before = steps();
  EXPECT_TRUE(sim::run(sim::Options{.seed = 1}, std::move(task)));
  return steps() - before;
}

Task<void> wait_or_be_cancelled(Instant until, CancellationToken token, bool cancels) {
  static_cast<void>(co_await select(sleep_until(until), token.cancelled()));
  if (cancels) token.cancel();
}

TEST(CombinatorsComplexity, EachOfManySelectsDropsALoserThatWasWokenAmongTheOthers) {
  const auto program = [](std::size_t n) -> Task<void> {
    const Instant until = now() + std::chrono::seconds(1);
    const CancellationToken token;
    FuturesUnordered<Task<void>> futures;
    for (std::size_t i = 0; i < n; ++i) futures.push(wait_or_be_cancelled(until, token, i == 0));
    while (co_await futures.next()) {
    }
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachConditionCostsTheSame) {
  const auto program = [](std::size_t n) -> Task<void> {
    for (std::size_t i = 0; i < n; ++i)
      static_cast<void>(
          co_await select(when(i % 2 == 0, yield_now()), when(i % 3 == 0, yield_now()), otherwise));
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachResultOfFuturesUnorderedCostsTheSame) {
  const auto program = [](std::size_t n) -> Task<void> {
    FuturesUnordered<Task<void>> futures;
    for (std::size_t i = 0; i < n; ++i) futures.push([]() -> Task<void> { co_await yield_now(); }());
    while (co_await futures.next()) {
    }
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachOperationOfFuturesUnorderedIsDroppedAtTheSameCost) {
  const auto program = [](std::size_t n) -> Task<void> {
    Notify gate;
    FuturesUnordered<Task<void>> futures;
    for (std::size_t i = 0; i < n; ++i)
      futures.push([](Notify& closed) -> Task<void> { co_await closed.notified(); }(gate));
    static_cast<void>(co_await select(biased, futures.next(), sleep(std::chrono::seconds(1))));
    gate.notify_waiters();  // all are ready when they are dropped
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachChildOfAForkCostsTheSame) {
  const auto program = [](std::size_t n) -> Task<void> {
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < n; ++i) tasks.push_back([]() -> Task<void> { co_await yield_now(); }());
    co_await fork_join(std::move(tasks));
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachForkCostsTheSameAndAllocatesNothingButTheTasks) {
  const auto program = [](std::size_t n, std::uint64_t& allocated) -> Task<void> {
    const auto over = []() -> Task<void> { co_return; };
    const std::uint64_t before = test::allocations();
    for (std::size_t i = 0; i < n; ++i) co_await fork_join(over(), over());
    allocated = test::allocations() - before;
  };
  std::uint64_t allocated = 1;
  expect_linear([&](std::size_t n) { return steps_of(program(n, allocated)); });
  block_on(program(1'000, allocated));  // a simulation allocates what it records of each turn
  EXPECT_EQ(allocated, 2'000u);
}

TEST(CombinatorsComplexity, EachChildOfAForkIsDroppedAtTheSameCost) {
  const auto program = [](std::size_t n) -> Task<void> {
    Notify gate;
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < n; ++i)
      tasks.push_back([](Notify& closed) -> Task<void> { co_await closed.notified(); }(gate));
    static_cast<void>(co_await select(biased, fork_join(std::move(tasks)), sleep(std::chrono::seconds(1))));
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachChildOfAScopeCostsTheSame) {
  const auto program = [](std::size_t n) -> Task<void> {
    co_await scope([n](Scope& s) -> Task<void> {
      for (std::size_t i = 0; i < n; ++i) s.spawn([]() -> Task<void> { co_await yield_now(); }());
      co_await s.join();
    });
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachChildOfAScopeIsDroppedAtTheSameCost) {
  const auto program = [](std::size_t n) -> Task<void> {
    Notify gate;
    co_await scope([n, &gate](Scope& s) -> Task<void> {
      for (std::size_t i = 0; i < n; ++i)
        s.spawn([](Notify& closed) -> Task<void> { co_await closed.notified(); }(gate));
      co_await yield_now();
      gate.notify_waiters();  // all are ready when they are dropped
    });
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

TEST(CombinatorsComplexity, EachWithOfATaskLocalCostsTheSameAndAllocatesNothing) {
  static constinit TaskLocal<std::size_t> number;
  const auto program = [](std::size_t n, std::uint64_t& allocated) -> Task<void> {
    const std::uint64_t before = test::allocations();
    for (std::size_t i = 0; i < n; ++i) co_await number.with(i, yield_now());
    allocated = test::allocations() - before;
  };
  std::uint64_t allocated = 1;
  expect_linear([&](std::size_t n) { return steps_of(program(n, allocated)); });
  block_on(program(1'000, allocated));  // a simulation allocates what it records of each turn
  EXPECT_EQ(allocated, 0u);
}

TEST(CombinatorsComplexity, EachAwaitInUnconstrainedCostsTheSameAndAllocatesNothing) {
  const auto program = [](std::size_t n) -> Task<void> {
    const auto spend = [](std::size_t units) -> Task<void> {
      const std::uint64_t before = test::allocations();
      for (std::size_t i = 0; i < units; ++i) co_await consume_budget();
      EXPECT_EQ(test::allocations(), before);
    };
    co_await unconstrained(spend(n));
  };
  expect_linear([&program](std::size_t n) { return steps_of(program(n)); });
}

}  // namespace
}  // namespace corokit
