// Runs timeout() over many schedules, with operations and limits of random length, by value and by reference.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/pin.hpp>
#include <corokit/simulation.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "support/counted.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::Rng;
using test::Census;
using test::Counted;

TEST(TimeoutSchedules, IsAnErrorIfTheOperationTakesLongerAndOnlyThen) {
  // When both end at the same time, either may win, because a simulation may let either of them yield first.
  const auto work = [](Duration duration, Counted) -> Task<int> {
    co_await sleep(duration / 2);
    co_await sleep(duration - duration / 2);
    co_return 1;
  };
  const auto body = [](auto operate_for, std::uint64_t seed) -> Task<void> {
    Rng rng(seed);
    Census census;
    for (int i = 0; i < 20; ++i) {
      const Duration needed = rng.below(6) * 1ms;
      const Duration given = rng.below(6) * 1ms;
      const Instant begin = now();
      if (rng.below(2) == 0) {
        const auto result = co_await timeout(given, operate_for(needed, Counted(census)));
        if (needed != given) {
          EXPECT_EQ(result.has_value(), needed < given);
        }
        EXPECT_EQ(now() - begin, std::min(needed, given));
      } else {
        auto kept = pin(operate_for(needed, Counted(census)));
        const auto result = co_await timeout(given, kept);
        if (needed != given) {
          EXPECT_EQ(result.has_value(), needed < given);
        }
        EXPECT_EQ(now() - begin, std::min(needed, given));
        if (!result) {
          EXPECT_EQ(co_await kept, 1);
          EXPECT_EQ(now() - begin, needed);
        }
      }
      EXPECT_EQ(census.alive, 0);
    }
  };
  for (std::uint64_t seed = 0; seed < 100 && !HasFailure(); ++seed) {
    const auto end = sim::run({.seed = seed}, body(work, seed));
    EXPECT_TRUE(end) << "seed " << seed << ": " << end.error().message;
  }
}

}  // namespace
}  // namespace corokit
