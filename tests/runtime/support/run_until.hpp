#pragma once
// Waits until other tasks have reached a condition, without the clock.
#include <corokit/runtime.hpp>
#include <corokit/yield.hpp>

#include <utility>

namespace corokit::test {

/// Yields to the other tasks until `reached()` holds.
template <class Predicate>
Task<void> until(Predicate reached) {
  while (!reached()) co_await yield_now();
}

/// Runs the runtime until `reached()` holds.
template <class Predicate>
void run_until(Runtime& runtime, Predicate reached) {
  runtime.block_on(until(std::move(reached)));
}

}  // namespace corokit::test
