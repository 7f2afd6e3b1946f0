#pragma once
// A benchmark of a primitive is a coroutine with the library's own loop inside.
#include <benchmark/benchmark.h>
#include <corokit/runtime.hpp>

#include <string>

namespace corokit::bench {

/// Registers, while the program starts, a coroutine that measures itself:
///
///     Task<void> lock(benchmark::State* state) {
///       Mutex<> mutex;
///       for (auto _ : *state) auto guard = co_await mutex.lock();
///     }
///     const Measure lock_free("mutex/lock", lock);
///
/// It runs as a task of a current-thread runtime, and as one of a runtime with two workers. A task that has others to
/// wait for ends them itself.
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
    benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime();  // the thread that asks only waits
  }
};

}  // namespace corokit::bench
