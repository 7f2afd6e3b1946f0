// The timer wheel alone, without a sleeping task, its memory or the clock.
#include <benchmark/benchmark.h>
#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/time/timer_wheel.hpp>

#include <memory>

namespace corokit::bench {
namespace {

using detail::TimerNode;
using detail::TimerWheel;

constexpr unsigned kTickShift = 16;  // that of the executors

/// Draws a duration from 1 ms to 1,000 s.
Instant random_deadline(detail::Rng& random) {
  return Instant{} + Duration{1'000'000} * (1 + random.below(1'000'000));
}

/// Each iteration removes a random timer and sets it again, while `range(0)` timers are set.
void cancel_and_insert(benchmark::State& state, TimerWheel::Users users) {
  const auto timers = static_cast<std::uint32_t>(state.range(0));
  TimerWheel wheel(kTickShift, Instant{}, users);
  const auto nodes = std::make_unique<TimerNode[]>(timers);
  detail::Rng random;
  for (std::uint32_t i = 0; i < timers; ++i) wheel.insert(nodes[i], random_deadline(random));
  for (auto _ : state) {
    TimerNode& node = nodes[random.below(timers)];
    wheel.remove(node);
    wheel.insert(node, random_deadline(random));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(cancel_and_insert, one_thread, TimerWheel::Users::one_thread)
    ->Name("timer_wheel/cancel_and_insert/one_thread")
    ->Arg(1)
    ->Arg(1'000)
    ->Arg(1'000'000);
BENCHMARK_CAPTURE(cancel_and_insert, shared, TimerWheel::Users::many_threads)
    ->Name("timer_wheel/cancel_and_insert/shared")
    ->Arg(1)
    ->Arg(1'000)
    ->Arg(1'000'000);

}  // namespace
}  // namespace corokit::bench
