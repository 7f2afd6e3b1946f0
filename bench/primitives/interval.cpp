// Ticks: missed ones, and the next one.
#include "measure.hpp"

#include <corokit/time/interval.hpp>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

/// Missed ticks come at once, one after another.
Task<void> catch_up(benchmark::State* state) {
  Interval ticks = interval_at(Instant{}, 1ns);
  for (auto _ : *state) benchmark::DoNotOptimize(co_await ticks.tick());
}

/// Each iteration sleeps until the next tick.
Task<void> tick(benchmark::State* state) {
  Interval ticks = interval(1us);
  ticks.set_missed_tick_behaviour(MissedTickBehaviour::delay);
  for (auto _ : *state) benchmark::DoNotOptimize(co_await ticks.tick());
}

const Measure missed("interval/missed", catch_up);
const Measure microsecond("interval/microsecond", tick);

}  // namespace
}  // namespace corokit::bench
