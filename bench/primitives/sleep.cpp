// Sleeps: until a time that has passed, and for a microsecond.
#include "measure.hpp"

#include <corokit/time/sleep.hpp>

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

const Measure past("sleep/in_the_past", sleep_until_the_past);
const Measure microsecond("sleep/microsecond", sleep_shortly);

}  // namespace
}  // namespace corokit::bench
