// A timeout that does not pass.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <vector>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

Task<void> wait_long() {
  co_await sleep(1h);
}

/// Each iteration sets a timer and removes it again, while a thousand other timers are set.
Task<void> await_ready_operation(benchmark::State* state) {
  std::vector<JoinHandle<void>> others;
  for (int i = 0; i < 1'000; ++i) others.push_back(spawn(wait_long()));
  for (auto _ : *state) benchmark::DoNotOptimize(co_await timeout(1h, sleep_until(Instant{})));
  for (auto& other : others) other.abort();
  for (auto& other : others) co_await other;
}

const Measure ready("timeout/around_ready", await_ready_operation);

}  // namespace
}  // namespace corokit::bench
