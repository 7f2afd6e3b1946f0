// Timers: set, and set and dropped among many.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <vector>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

/// A time that has passed does not suspend.
Task<void> sleep_until_the_past(benchmark::State* state) {
  for (auto _ : *state) co_await sleep_until(Instant{});
}

Task<void> sleep_shortly(benchmark::State* state) {
  for (auto _ : *state) co_await sleep(1us);
}

Task<void> wait_long() {
  co_await sleep(1h);
}

/// Each iteration sets a timer and takes it out again, while a thousand others are set.
Task<void> time_out(benchmark::State* state) {
  std::vector<JoinHandle<void>> others;
  for (int i = 0; i < 1'000; ++i) others.push_back(spawn(wait_long()));
  for (auto _ : *state) benchmark::DoNotOptimize(co_await timeout(1h, sleep_until(Instant{})));
  for (auto& other : others) other.abort();
  for (auto& other : others) co_await other;
}

const Measure past("sleep/in_the_past", sleep_until_the_past);
const Measure microsecond("sleep/microsecond", sleep_shortly);
const Measure ready("sleep/timeout_around_ready", time_out);

}  // namespace
}  // namespace corokit::bench
