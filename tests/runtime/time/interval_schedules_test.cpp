// Compares intervals with a model: ticks, pauses, resets and dropped waits come in random order, in virtual time.
#include <corokit/explore_test.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "support/chosen.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Chosen;
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

Task<int> play(Chosen random, int steps) {
  const Duration period = (1 + random.below(20)) * 1ms;
  Model model{now() + random.below(30) * 1ms, period};
  Interval every = interval_at(model.next, period);
  int missed = 0;
  for (; steps > 0; --steps) {
    const Duration drawn = random.below(50) * 1ms;
    const Instant before = now();
    switch (random.below(8)) {
      case 0:
        co_await sleep(drawn);
        break;
      case 1: {  // the wait may be dropped before the tick is due, which loses no tick
        const Instant limit = before + drawn;
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
        every.reset_after(drawn);
        model.next = before + drawn;
        break;
      case 4:
        model.behaviour = static_cast<Behaviour>(random.below(3));
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

COROKIT_EXPLORE(IntervalModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 1'000) {
  const int missed = co_await play(Chosen{}, 60);
  explorer::reached("no tick is missed", missed == 0);
  explorer::reached("several ticks are missed", missed > 3);
}

}  // namespace
}  // namespace corokit
