// Awaiting several operations of one task until all are over.
#include "measure.hpp"

#include <corokit/join.hpp>
#include <corokit/yield.hpp>

namespace corokit::bench {
namespace {

Task<int> child() {
  co_return 1;
}

Task<int> child_that_waits() {
  co_await yield_now();
  co_return 1;
}

Task<void> ready(benchmark::State* state) {
  for (auto _ : *state) benchmark::DoNotOptimize(co_await join(child(), child(), child()));
}

Task<void> waiting(benchmark::State* state) {
  for (auto _ : *state)
    benchmark::DoNotOptimize(co_await join(child_that_waits(), child_that_waits(), child_that_waits()));
}

const Measure three("join/three_ready", ready);
const Measure three_wait("join/three_wait", waiting);

}  // namespace
}  // namespace corokit::bench
