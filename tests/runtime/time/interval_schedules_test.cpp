// Compares intervals with a model: ticks, pauses, resets and dropped waits come in random order, in virtual time.
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

/// The model: when the next tick is due, and how taking a tick changes that.
struct Model {
  Instant next;
  Duration period;
  Behaviour behaviour = Behaviour::burst;

  /// Takes the tick at `time`. Returns: whether it was missed.
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
      case 1: {  // the wait may be dropped before the tick is due, which loses no tick
        const Instant limit = before + random;
        const auto tick = co_await timeout_at(limit, every.tick());
        if (model.next != limit && before != limit) {  // otherwise either of the two may win
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
