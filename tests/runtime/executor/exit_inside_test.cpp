#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstdlib>

#include "support/on_each_runtime.hpp"

namespace corokit {
namespace {

using ::testing::ExitedWithCode;

Task<void> exit_after_a_yield(int status) {
  co_await yield_now();
  std::exit(status);
}

Task<void> exit_in_a_blocking_function(int status) {
  co_await spawn_blocking([status] { std::exit(status); });
}

class ExitInsideOn : public test::OnEachRuntime {
 protected:
  ExitInsideOn() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  /// Runs a task on a static runtime.
  static void run(Task<void> (*make_task)(int), int status) {
    static Runtime runtime = make();
    runtime.block_on(make_task(status));
  }
};
COROKIT_ON_EACH_RUNTIME(ExitInsideOn);

TEST_P(ExitInsideOn, ATaskOfAStaticRuntimeMayExitWithItsStatus) {
  EXPECT_EXIT(run(&exit_after_a_yield, 0), ExitedWithCode(0), "^$");
  EXPECT_EXIT(run(&exit_after_a_yield, 7), ExitedWithCode(7), "^$");
}

TEST_P(ExitInsideOn, ABlockingFunctionOfAStaticRuntimeMayExitWithItsStatus) {
  EXPECT_EXIT(run(&exit_in_a_blocking_function, 0), ExitedWithCode(0), "^$");
}

TEST(ExitInside, ATaskOfAStaticSimulationMayExitWithItsStatus) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](Task<void> (*make_task)(int), int status) {
    static sim::Simulation simulation;
    static_cast<void>(simulation.run(make_task(status)));
  };
  EXPECT_EXIT(run(&exit_after_a_yield, 0), ExitedWithCode(0), "^$");
  EXPECT_EXIT(run(&exit_in_a_blocking_function, 3), ExitedWithCode(3), "^$");
}

}  // namespace
}  // namespace corokit
