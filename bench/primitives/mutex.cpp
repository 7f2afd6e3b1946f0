// Locking a free mutex, and a contended one.
#include "measure.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <atomic>
#include <vector>

namespace corokit::bench {
namespace {

struct Wanted {
  Mutex<int> mutex{0};
  std::atomic<bool> stop{false};
};

Task<void> lock_and_unlock(benchmark::State* state) {
  Mutex<int> mutex(0);
  for (auto _ : *state) {
    auto value = co_await mutex.lock();
    ++*value;
  }
}

Task<void> hold_across_a_yield(Wanted* wanted) {
  while (!wanted->stop.load(std::memory_order_relaxed)) {
    auto value = co_await wanted->mutex.lock();
    co_await yield_now();
    ++*value;
  }
}

/// Four other tasks hold the mutex in turn, each during a yield. An iteration waits for all of them.
Task<void> wait_in_line(benchmark::State* state) {
  Wanted wanted;
  std::vector<JoinHandle<void>> others;
  for (int i = 0; i < 4; ++i) others.push_back(spawn(hold_across_a_yield(&wanted)));
  for (auto _ : *state) {
    auto value = co_await wanted.mutex.lock();
    ++*value;
  }
  wanted.stop.store(true, std::memory_order_relaxed);
  for (auto& other : others) co_await other;
}

const Measure unwanted("mutex/free", lock_and_unlock);
const Measure in_line("mutex/behind_four", wait_in_line);

}  // namespace
}  // namespace corokit::bench
