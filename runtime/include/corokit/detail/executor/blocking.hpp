#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/task.hpp>

#include <optional>
#include <utility>

namespace corokit::detail {

/// Throws: std::logic_error if the calling thread runs tasks, and `call` would therefore block a worker.
void refuse_blocking(const char* call);

/// Runs a task, and blocks the calling thread until the task is over. Requires: the calling thread runs no tasks.
void run_blocking(Task<void> task);

template <class A, class Value>
Task<void> wait_into(A& awaiter, std::optional<Value>& value) {
  value.emplace(co_await awaiter);
}

/// Waits for an awaiter, and blocks the calling thread meanwhile; the blocking_ functions call it. `call` names the
/// function in the message of an exception.
/// Throws: std::logic_error if the calling thread runs tasks.
/// Complexity: no allocation if the wait is over at once; otherwise it makes a current-thread runtime for the wait.
template <IsAwaiter A>
auto block_thread(A awaiter, const char* call) {
  refuse_blocking(call);
  if (awaiter.try_complete()) return awaiter.await_resume();
  std::optional<decltype(awaiter.await_resume())> value;
  run_blocking(wait_into(awaiter, value));
  return std::move(*value);
}

}  // namespace corokit::detail
