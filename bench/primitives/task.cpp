// Awaiting another coroutine: one that does not suspend, and one that does.
#include "measure.hpp"

#include <corokit/task.hpp>
#include <corokit/yield.hpp>

namespace corokit::bench {
namespace {

Task<int> seven() {
  co_return 7;
}

Task<int> seven_later() {
  co_await yield_now();
  co_return 7;
}

Task<void> await_ready_child(benchmark::State* state) {
  for (auto _ : *state) benchmark::DoNotOptimize(co_await seven());
}

Task<void> await_suspending_child(benchmark::State* state) {
  for (auto _ : *state) benchmark::DoNotOptimize(co_await seven_later());
}

const Measure ready("task/await_ready", await_ready_child);
const Measure suspending("task/await_suspending", await_suspending_child);

}  // namespace
}  // namespace corokit::bench
