// A hundred operations of one task in each iteration, awaited in the order in which they end.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

namespace corokit::bench {
namespace {

constexpr int kOperations = 100;

Task<int> child() {
  co_await yield_now();
  co_return 1;
}

Task<void> collect_children(benchmark::State* state) {
  for (auto _ : *state) {
    FuturesUnordered<Task<int>> running;
    for (int i = 0; i < kOperations; ++i) running.push(child());
    while (auto result = co_await running.next()) benchmark::DoNotOptimize(*result);
  }
}

Task<void> collect_handles(benchmark::State* state) {
  for (auto _ : *state) {
    FuturesUnordered<JoinHandle<int>> running;
    for (int i = 0; i < kOperations; ++i) running.push(spawn(child()));
    while (auto result = co_await running.next()) benchmark::DoNotOptimize(*result);
  }
}

const Measure children("unordered/hundred_children", collect_children);
const Measure handles("unordered/hundred_handles", collect_handles);

}  // namespace
}  // namespace corokit::bench
