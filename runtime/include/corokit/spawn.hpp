#pragma once
#include <corokit/join_handle.hpp>
#include <corokit/task.hpp>

namespace corokit {

namespace detail {

template <class T>
JoinHandle<T> spawn_on(Scheduler& scheduler, Task<T>&& task) {
  assert(task && "corokit: this Task was moved from, awaited or spawned before");
  auto frame = TaskAccess::release(std::move(task));
  Cell<T>& cell = frame.promise().cell();
  frame.promise().begin_strand(cell.root);
  cell.root.task = &cell;
  cell.root.leaf = frame;
  cell.spawned = true;
  cell.refs.store(2, std::memory_order_relaxed);  // the runtime's and the handle's; published by schedule()
  JoinHandle<T> handle(cell);
  scheduler.start(cell);
  return handle;
}

}  // namespace detail

/// Starts a task on the current runtime; it runs concurrently with the caller, on any worker.
///
/// Requires: a runtime on this thread (inside a task or a spawn_blocking job), else
///   std::logic_error; the task was not started before.
/// Returns: the handle on its result. On a runtime that is shutting down the task never runs and the handle
///   resolves as cancelled.
/// Thread-safety: any thread of a runtime.
/// Complexity: O(1); no allocation beyond the coroutine's own frame.
template <class T>
JoinHandle<T> spawn(Task<T> task) {
  return detail::spawn_on(detail::current_scheduler("spawn"), std::move(task));
}

}  // namespace corokit
