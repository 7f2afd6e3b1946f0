// Yielding, alone and in turn with another task.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

#include <atomic>

namespace corokit::bench {
namespace {

Task<void> give_way(benchmark::State* state) {
  for (auto _ : *state) co_await yield_now();
}

Task<void> give_way_until(std::atomic<bool>* stop) {
  while (!stop->load(std::memory_order_relaxed)) co_await yield_now();
}

Task<void> take_turns(benchmark::State* state) {
  std::atomic<bool> stop{false};
  auto other = spawn(give_way_until(&stop));
  for (auto _ : *state) co_await yield_now();
  stop.store(true, std::memory_order_relaxed);
  co_await other;
}

const Measure lone("yield/lone", give_way);
const Measure in_turns("yield/in_turns", take_turns);

}  // namespace
}  // namespace corokit::bench
