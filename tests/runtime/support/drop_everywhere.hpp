#pragma once
// Drops an operation after each of its steps in turn, and looks whether anything was lost or is left.
//
// A world is what the operation works on, made anew for each trial:
//
//     struct AcquireWorld : WorldBase {
//       Semaphore semaphore{0};
//       Task<void> prepare();  // runs to its end first
//       Task<void> operate();  // what is dropped
//       Task<void> help();     // runs beside it, and lets it come to its end; may be dropped as well
//       Task<bool> again();    // afterwards: does a fresh operation succeed, and is nothing lost?
//     };
//     using Worlds = ::testing::Types<AcquireWorld, …>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(Sync, DropEverywhereOf, Worlds);     // in namespace corokit::test
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
  abort,    ///< the task that waits is aborted
  select,   ///< another branch wins, even where the operation was granted what it waited for
  timeout,  ///< its time is up
};

template <class World>
class DropEverywhere {
 public:
  /// Tries every step under many schedules.
  static void run(DropBy how) {
    std::size_t most_steps = 0;
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      std::size_t steps = 0;
      while (trial(how, seed, steps)) ASSERT_LT(++steps, 1000U) << "the operation never ends";
      most_steps = std::max(most_steps, steps);
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GE(most_steps, 2U) << "the operation has to suspend for this to mean anything";
  }

 private:
  static constexpr Duration kTimeout = std::chrono::hours(1);

  static Task<void> hold(DropBy how, World* world, Gate* other, Counted) {
    switch (how) {
      case DropBy::abort:
        co_await world->operate();
        break;
      case DropBy::select: {
        static_cast<void>(co_await select(biased, other->wait(), world->operate()));
        break;
      }
      case DropBy::timeout:
        static_cast<void>(co_await timeout(kTimeout, world->operate()));
        break;
    }
  }

  /// Drops the operation after `steps` turns. Returns: whether it was not over by then.
  static bool trial(DropBy how, std::uint64_t seed, std::size_t steps) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ", dropped after " << steps << " steps");
    World world;
    Gate other;
    Census census;
    sim::Simulation simulation({.seed = seed});
    EXPECT_TRUE(simulation.run(world.prepare()));
    const JoinHandle<void> victim = simulation.spawn(hold(how, &world, &other, Counted(census)));
    const JoinHandle<void> helper = simulation.spawn(world.help());
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
    const auto succeeded = simulation.run(world.again());
    EXPECT_TRUE(succeeded) << (succeeded ? "" : succeeded.error().message);
    EXPECT_TRUE(succeeded && *succeeded);
    EXPECT_EQ(simulation.alive_tasks(), 0U);
    return pending;
  }

  /// Nothing can run: lets a little time pass, so that sleeps end as well.
  static bool jump(sim::Simulation& simulation, const JoinHandle<void>& victim) {
    if (!victim.is_finished()) simulation.advance(std::chrono::milliseconds(1));
    return true;
  }
};

/// For a world that needs no preparation, or no help.
struct WorldBase {
  static Task<void> prepare() { co_return; }
  static Task<void> help() { co_return; }
};

template <class World>
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
