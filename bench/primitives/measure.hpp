#pragma once
// A benchmark of a primitive is a coroutine that contains the loop of Google Benchmark.
#include <benchmark/benchmark.h>
#include <corokit/runtime.hpp>

#include <string>

namespace corokit::bench {

/// Registers a coroutine that measures itself, while the program starts:
///
///     Task<void> lock(benchmark::State* state) {
///       Mutex<> mutex;
///       for (auto _ : *state) auto guard = co_await mutex.lock();
///     }
///     const Measure lock_free("mutex/lock", lock);
///
/// The coroutine runs once as a task of a current-thread runtime and once as a task of a runtime with two workers. It has
/// to end the tasks that it spawns.
class Measure {
 public:
  using Body = Task<void> (*)(benchmark::State*);

  Measure(const std::string& name, Body body) {
    add(name + "/current_thread", body, [] { return Runtime::current_thread(); });
    add(name + "/two_workers", body, [] { return Runtime::multi_thread(2); });
  }

 private:
  static void add(const std::string& name, Body body, Runtime (*make)()) {
    const auto run = [body, make](benchmark::State& state) {
      make().block_on(body(&state));
      state.SetItemsProcessed(state.iterations());
    };
    benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime();  // the calling thread only waits
  }
};

}  // namespace corokit::bench
