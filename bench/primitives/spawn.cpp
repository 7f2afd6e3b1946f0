// Spawning tasks, and joining them.
#include "measure.hpp"

#include <corokit/spawn.hpp>

#include <vector>

namespace corokit::bench {
namespace {

Task<void> nothing() {
  co_return;
}

Task<void> spawn_and_await(benchmark::State* state) {
  for (auto _ : *state) co_await spawn(nothing());
}

/// Each iteration spawns a thousand tasks, then joins them.
Task<void> spawn_many(benchmark::State* state) {
  std::vector<JoinHandle<void>> handles;
  for (auto _ : *state) {
    for (int i = 0; i < 1'000; ++i) handles.push_back(spawn(nothing()));
    for (auto& handle : handles) co_await handle;
    handles.clear();
  }
}

Task<void> await_child(benchmark::State* state) {
  for (auto _ : *state) co_await nothing();
}

const Measure one("spawn/one", spawn_and_await);
const Measure many("spawn/thousand", spawn_many);
const Measure child("spawn/child_instead", await_child);

}  // namespace
}  // namespace corokit::bench
