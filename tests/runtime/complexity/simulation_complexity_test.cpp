#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>

#include "complexity/steps.hpp"
#include "support/gate.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::expect_constant;
using test::expect_linear;
using test::Gate;
using test::steps;

/// Returns: the steps of a simulation until nothing in it is ready.
std::uint64_t settle(sim::Simulation& simulation) {
  const std::uint64_t before = steps();
  simulation.settle();
  return steps() - before;
}

Task<void> yield_three_times() {
  for (int i = 0; i < 3; ++i) co_await yield_now();
}

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

TEST(SimulationComplexity, AStepCostsTheSameHoweverManyTasksAreReady) {
  expect_linear([](std::size_t n) {
    sim::Simulation simulation;
    for (std::size_t i = 0; i < n; ++i) simulation.spawn(yield_three_times()).detach();
    const std::uint64_t taken = settle(simulation);
    EXPECT_LE(simulation.steps(), 4 * n);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
    return taken;
  });
}

TEST(SimulationComplexity, AStepCostsTheSameHoweverManyTasksWait) {
  Gate never;
  expect_constant([&](std::size_t n) {
    sim::Simulation simulation;
    for (std::size_t i = 0; i < n; ++i) simulation.spawn(wait_at(&never)).detach();
    simulation.settle();
    for (int i = 0; i < 100; ++i) simulation.spawn(yield_three_times()).detach();
    return settle(simulation);
  });
}

TEST(SimulationComplexity, WaitingAndBeingWokenAreLinearInTheNumberOfTasks) {
  expect_linear([](std::size_t n) {
    Gate gate;
    sim::Simulation simulation;
    const std::uint64_t before = steps();
    for (std::size_t i = 0; i < n; ++i) simulation.spawn(wait_at(&gate)).detach();
    simulation.settle();
    gate.open();
    simulation.settle();
    EXPECT_EQ(simulation.alive_tasks(), 0u);
    return steps() - before;
  });
}

TEST(SimulationComplexity, AJumpInTimeCostsTheSameHoweverManyTasksSleep) {
  expect_linear([](std::size_t n) {
    sim::Simulation simulation({.max_steps = 100 * n});
    for (std::size_t i = 0; i < n; ++i)
      simulation.spawn([](Duration length) -> Task<void> { co_await sleep(length); }(i * 7919 % n * 1us))
          .detach();
    const std::uint64_t before = steps();
    simulation.advance(1h);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
    return steps() - before;
  });
}

TEST(SimulationComplexity, DroppingEverythingIsLinearInTheNumberOfTasks) {
  Gate never;
  expect_linear([&](std::size_t n) {
    std::uint64_t before = 0;
    {
      sim::Simulation simulation;
      for (std::size_t i = 0; i < n; ++i) simulation.spawn(wait_at(&never)).detach();
      simulation.settle();
      before = steps();
    }
    return steps() - before;
  });
}

TEST(SimulationComplexity, ABlockingFunctionCostsTheSameHoweverManyAreReady) {
  expect_linear(
      [](std::size_t n) {
        auto root = [](std::size_t count) -> Task<void> {
          for (std::size_t i = 0; i < count; ++i) spawn_blocking([] {}).detach();
          co_return;
        };
        sim::Simulation simulation;
        static_cast<void>(simulation.run(root(n)));
        return settle(simulation);
      },
      1024);
}

}  // namespace
}  // namespace corokit
