#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/task.hpp>

#include <optional>
#include <utility>

namespace corokit::detail {

/// Throws: std::logic_error inside a runtime, where `call` would block a worker.
void refuse_blocking(const char* call);

/// Runs a task, and blocks this thread until it is over. Requires: no runtime on this thread.
void run_blocking(Task<void> task);

template <class A, class Value>
Task<void> wait_into(A& awaiter, std::optional<Value>& value) {
  value.emplace(co_await awaiter);
}

/// What the blocking_ calls do: waits on this thread, which is none of a runtime's. Any thread may wake it.
/// Complexity: no allocation if the wait is over at once; else a runtime is made for it.
template <IsAwaiter A>
auto block_thread(A awaiter, const char* call) {
  refuse_blocking(call);
  if (awaiter.try_complete()) return awaiter.await_resume();
  std::optional<decltype(awaiter.await_resume())> value;
  run_blocking(wait_into(awaiter, value));
  return std::move(*value);
}

}  // namespace corokit::detail
