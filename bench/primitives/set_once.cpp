// A value that is set once: getting it, and waiting for it.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/set_once.hpp>

namespace corokit::bench {
namespace {

Task<void> get(benchmark::State* state) {
  SetOnce<int> value(7);
  for (auto _ : *state) benchmark::DoNotOptimize(value.get());
  co_return;
}

Task<void> set(SetOnce<int>* value) {
  static_cast<void>(value->set(7));
  co_return;
}

/// Each iteration waits for a value that a new task sets.
Task<void> spawn_and_wait(benchmark::State* state) {
  for (auto _ : *state) {
    SetOnce<int> value;
    auto setter = spawn(set(&value));
    benchmark::DoNotOptimize(co_await value.wait());
    co_await setter;
  }
}

const Measure got("set_once/get", get);
const Measure waited("set_once/spawn_and_wait", spawn_and_wait);

}  // namespace
}  // namespace corokit::bench
