// Taking a lock for reading and for writing.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/yield.hpp>

#include <vector>

namespace corokit::bench {
namespace {

Task<void> read(benchmark::State* state) {
  RwLock<int> lock(7);
  for (auto _ : *state) {
    const auto guard = co_await lock.read();
    benchmark::DoNotOptimize(*guard);
  }
}

Task<void> write(benchmark::State* state) {
  RwLock<int> lock(7);
  for (auto _ : *state) {
    auto guard = co_await lock.write();
    ++*guard;
  }
}

Task<void> read_until(RwLock<bool>* stop) {
  for (;;) {
    const auto stopped = co_await stop->read();
    if (*stopped) co_return;
    co_await yield_now();
  }
}

/// Each iteration waits until it may write, while four tasks read in turn.
Task<void> write_among_readers(benchmark::State* state) {
  RwLock<bool> stop(false);
  std::vector<JoinHandle<void>> readers;
  for (int i = 0; i < 4; ++i) readers.push_back(spawn(read_until(&stop)));
  for (auto _ : *state) {
    auto guard = co_await stop.write();
    benchmark::DoNotOptimize(*guard);
  }
  {
    auto guard = co_await stop.write();
    *guard = true;
  }
  for (auto& reader : readers) co_await reader;
}

const Measure reading("rw_lock/read", read);
const Measure writing("rw_lock/write", write);
const Measure among_readers("rw_lock/write_among_readers", write_among_readers);

}  // namespace
}  // namespace corokit::bench
