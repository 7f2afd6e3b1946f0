// Intervals against a model: ticks, pauses, resets and dropped waits in random order, in virtual time.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/simulation.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::Rng;
using Behaviour = MissedTickBehaviour;

/// When the next tick is due, and how a tick that is taken at some time moves that.
struct Model {
  Instant next;
  Duration period;
  Behaviour behaviour = Behaviour::burst;

  /// Returns: was it missed?
  bool take(Instant time) {
    const bool is_missed = time - next > std::min<Duration>(period, 5ms);
    if (!is_missed || behaviour == Behaviour::burst) {
      next += period;
    } else if (behaviour == Behaviour::delay) {
      next = time + period;
    } else {
      while (next <= time) next += period;
    }
    return is_missed;
  }
};

Task<int> play(std::uint64_t seed) {
  Rng rng(seed);
  const Duration period = (1 + rng.below(20)) * 1ms;
  Model model{now() + rng.below(30) * 1ms, period};
  Interval every = interval_at(model.next, period);
  int missed = 0;
  for (int step = 0; step < 60 && !testing::Test::HasFailure(); ++step) {
    const Duration random = rng.below(50) * 1ms;
    const Instant before = now();
    switch (rng.below(8)) {
      case 0:
        co_await sleep(random);
        break;
      case 1: {  // may be dropped before it is due: no tick is lost
        const Instant limit = before + random;
        const auto tick = co_await timeout_at(limit, every.tick());
        if (model.next != limit && before != limit) {  // else chance decides
          EXPECT_EQ(tick.has_value(), model.next < limit);
        }
        if (tick) {
          EXPECT_EQ(*tick, model.next);
          missed += model.take(now());
        }
        break;
      }
      case 2:
        every.reset();
        model.next = before + period;
        break;
      case 3:
        every.reset_after(random);
        model.next = before + random;
        break;
      case 4:
        model.behaviour = static_cast<Behaviour>(rng.below(3));
        every.set_missed_tick_behaviour(model.behaviour);
        break;
      default:
        const Instant due = co_await every.tick();
        EXPECT_EQ(due, model.next);
        EXPECT_EQ(now(), std::max(before, due));
        missed += model.take(now());
    }
  }
  co_return missed;
}

TEST(IntervalModel, RandomOperationsMatchTheModel) {
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const auto end = sim::run({.seed = seed}, play(seed));
    ASSERT_TRUE(end) << end.error().message;
    missed += *end;
  }
  EXPECT_GT(missed, 1000);
}

}  // namespace
}  // namespace corokit
