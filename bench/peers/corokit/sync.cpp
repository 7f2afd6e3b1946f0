// Locks and permits, contended and uncontended.
#include "harness.hpp"

#include <corokit/spawn.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/yield.hpp>

#include <functional>
#include <stdexcept>

namespace peers {
namespace {

using Counter = Mutex<std::uint64_t>;

Task<void> increment(Counter* mutex, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    auto value = co_await mutex->lock();
    ++*value;
  }
}

Task<void> increment_slowly(Counter* mutex, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    auto value = co_await mutex->lock();
    co_await yield_now();
    ++*value;
  }
}

Task<void> acquire_often(Semaphore* semaphore, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    const auto permit = co_await semaphore->acquire();
    if (!permit) throw std::logic_error("the semaphore is closed");
  }
}

/// Runs the same function in several tasks, until all are over.
template <class T>
Task<void> together(std::uint64_t tasks, Task<void> (*make)(T*, std::uint64_t), T* what,
                    std::uint64_t times) {
  std::vector<JoinHandle<void>> handles;
  for (std::uint64_t i = 0; i < tasks; ++i) handles.push_back(corokit::spawn(make(what, times)));
  for (auto& handle : handles) co_await handle;
}

void mutex_uncontended(const Run& run) {
  const auto times = run.count(5'000'000);
  Counter mutex(0);
  run.emit_per_op("", run.root(timed(increment(&mutex, times))), times);
}

void mutex_contended(const Run& run) {
  const auto times = run.count(500'000);
  Counter mutex(0);
  const auto took = run.root(timed(together(8, &increment, &mutex, times)));
  if (mutex.get_mut() != 8 * times) throw std::logic_error("increments were lost");
  run.emit_per_op("", took, 8 * times);
}

void mutex_contended_yield(const Run& run) {
  const auto times = run.count(100'000);
  Counter mutex(0);
  run.emit_per_op("", run.root(timed(together(8, &increment_slowly, &mutex, times))), 8 * times);
}

void semaphore_uncontended(const Run& run) {
  const auto times = run.count(5'000'000);
  Semaphore semaphore(1);
  run.emit_per_op("", run.root(timed(acquire_often(&semaphore, times))), times);
}

void semaphore_p10_6t(const Run& run) {
  const auto times = run.count(1'000'000);
  Semaphore semaphore(10);
  run.emit_per_op("", run.root(timed(together(6, &acquire_often, &semaphore, times))), 6 * times);
}

const Suite suite{{"mutex_uncontended", mutex_uncontended},
                  {"mutex_contended", mutex_contended},
                  {"mutex_contended_yield", mutex_contended_yield},
                  {"semaphore_uncontended", semaphore_uncontended},
                  {"semaphore_p10_6t", semaphore_p10_6t}};

}  // namespace
}  // namespace peers
