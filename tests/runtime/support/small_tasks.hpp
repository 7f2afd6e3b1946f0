#pragma once
// Small tasks that many tests use.
#include <corokit/task.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include "counted.hpp"
#include "gate.hpp"

namespace corokit::test {

inline Task<void> nothing() {
  co_return;
}

inline Task<void> wait_at(Gate* gate, Counted) {
  co_await gate->wait();
}

inline Task<int> give_after(Gate* gate, int value, Counted) {
  co_await gate->wait();
  co_return value;
}

inline Task<int> give_after_sleep(Duration duration, int value) {
  co_await sleep(duration);
  co_return value;
}

inline Task<int> give_later(int value) {
  co_await yield_now();
  co_return value;
}

/// Waits `turns` times, then adds to what it borrows.
inline Task<int> add(int& sum, int value, int turns, Counted) {
  for (; turns > 0; --turns) co_await yield_now();
  sum += value;
  co_return value;
}

}  // namespace corokit::test
