#pragma once
// Drops an operation after each of its steps, on every schedule within bounds or on many, and checks that nothing is lost
// and nothing is left behind.
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
#include <corokit/explore_test.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstddef>

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
  /// Drops the operation at each of many moments: on every schedule within bounds, or on many if those are too many.
  static void run(DropBy how) {
    explorer::check(
        {.preemptions = 1, .schedules = 4'000, .must_reach = {"the operation is dropped while it waits"}},
        [how] { return trial(how); });
  }

 private:
  static constexpr Duration kTimeout = std::chrono::hours(1);
  static constexpr std::size_t kTurns = 10;  // more than any operation takes while no time passes
  static constexpr std::size_t kTimes = 8;   // milliseconds that no operation takes

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

  /// Lets the other tasks take some of their turns, up to all of them.
  static Task<void> wait_for_some_moment() {
    const std::size_t moment = explorer::choose(kTurns + kTimes);
    for (std::size_t i = 0; i < std::min(moment, kTurns); ++i) co_await yield_now();
    for (std::size_t i = kTurns; i < moment; ++i) co_await sleep(std::chrono::milliseconds(1));
  }

  static Task<void> trial(DropBy how) {
    Census census;
    {
      Scenario scenario;
      Gate other;
      co_await scenario.prepare();
      const JoinHandle<void> victim = spawn(hold(how, &scenario, &other, Counted(census)), "operation");
      const JoinHandle<void> helper = spawn(scenario.help(), "helper");
      co_await wait_for_some_moment();
      explorer::reached("the operation is dropped while it waits", !victim.is_finished());
      if (how == DropBy::abort) victim.abort();
      if (how == DropBy::select) other.open();
      if (how == DropBy::timeout) {
        helper.abort();
        co_await sleep(2 * kTimeout);
      }
      co_await sleep(std::chrono::milliseconds(1));
      EXPECT_TRUE(victim.is_finished());
      helper.abort();
      co_await sleep(std::chrono::milliseconds(1));
      EXPECT_EQ(census.alive, 0);
      const bool succeeded = co_await scenario.again();
      EXPECT_TRUE(succeeded) << "something was lost";
    }
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
