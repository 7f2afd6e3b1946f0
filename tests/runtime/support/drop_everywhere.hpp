#pragma once
// Drops an operation after each of its steps in turn, and checks that nothing is lost and nothing is left behind.
//
// A scenario holds the objects that the operation works on, and is made anew for each trial:
//
//     struct AcquireScenario : ScenarioBase {
//       Semaphore semaphore{0};
//       Task<void> prepare();  // runs to its end before the operation begins
//       Task<void> operate();  // the operation that is dropped
//       Task<void> help();     // runs beside the operation and enables it to complete; it may be dropped as well
//       Task<bool> again();    // runs afterwards; returns whether a new operation succeeds and nothing was lost
//     };
//     using Scenarios = ::testing::Types<AcquireScenario, …>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(Sync, DropEverywhereOf, Scenarios);  // in namespace corokit::test
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "counted.hpp"
#include "gate.hpp"

namespace corokit::test {

enum class DropBy {
  abort,    ///< the waiting task is aborted
  select,   ///< another branch of a select wins, even if the operation was granted what it waited for
  timeout,  ///< the time limit of the operation is over
};

template <class Scenario>
class DropEverywhere {
 public:
  /// Drops the operation after every step, under many schedules.
  static void run(DropBy how) {
    std::size_t most_steps = 0;
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      std::size_t steps = 0;
      while (trial(how, seed, steps)) ASSERT_LT(++steps, 1000U) << "the operation never ends";
      most_steps = std::max(most_steps, steps);
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GE(most_steps, 2U) << "the operation never suspends, so that this test checks nothing";
  }

 private:
  static constexpr Duration kTimeout = std::chrono::hours(1);

  static Task<void> hold(DropBy how, Scenario* scenario, Gate* other, Counted) {
    switch (how) {
      case DropBy::abort:
        co_await scenario->operate();
        break;
      case DropBy::select: {
        static_cast<void>(co_await select(biased, other->wait(), scenario->operate()));
        break;
      }
      case DropBy::timeout:
        static_cast<void>(co_await timeout(kTimeout, scenario->operate()));
        break;
    }
  }

  /// Drops the operation after `steps` turns. Returns: whether it was still pending by then.
  static bool trial(DropBy how, std::uint64_t seed, std::size_t steps) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ", dropped after " << steps << " steps");
    Scenario scenario;
    Gate other;
    Census census;
    sim::Simulation simulation({.seed = seed});
    EXPECT_TRUE(simulation.run(scenario.prepare()));
    const JoinHandle<void> victim = simulation.spawn(hold(how, &scenario, &other, Counted(census)));
    const JoinHandle<void> helper = simulation.spawn(scenario.help());
    for (std::size_t i = 0; i < steps && (simulation.step() || jump(simulation, victim)); ++i) {
    }
    const bool pending = !victim.is_finished();
    if (how == DropBy::abort) victim.abort();
    if (how == DropBy::select) other.open();
    if (how == DropBy::timeout) {
      helper.abort();
      simulation.advance(2 * kTimeout);
    }
    simulation.settle();
    EXPECT_TRUE(victim.is_finished());
    helper.abort();
    simulation.settle();
    EXPECT_EQ(census.alive, 0);
    const auto succeeded = simulation.run(scenario.again());
    EXPECT_TRUE(succeeded) << (succeeded ? "" : succeeded.error().message);
    EXPECT_TRUE(succeeded && *succeeded);
    EXPECT_EQ(simulation.alive_tasks(), 0U);
    return pending;
  }

  /// Lets a little time pass when nothing can run, so that sleeps end as well.
  static bool jump(sim::Simulation& simulation, const JoinHandle<void>& victim) {
    if (!victim.is_finished()) simulation.advance(std::chrono::milliseconds(1));
    return true;
  }
};

/// The base of a scenario that needs no preparation or no help.
struct ScenarioBase {
  static Task<void> prepare() { co_return; }
  static Task<void> help() { co_return; }
};

template <class Scenario>
class DropEverywhereOf : public ::testing::Test {};
TYPED_TEST_SUITE_P(DropEverywhereOf);

TYPED_TEST_P(DropEverywhereOf, AnAbortLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::abort);
}
TYPED_TEST_P(DropEverywhereOf, ALostSelectLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::select);
}
TYPED_TEST_P(DropEverywhereOf, ATimeoutLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::timeout);
}
REGISTER_TYPED_TEST_SUITE_P(DropEverywhereOf, AnAbortLosesNothing, ALostSelectLosesNothing,
                            ATimeoutLosesNothing);

}  // namespace corokit::test
