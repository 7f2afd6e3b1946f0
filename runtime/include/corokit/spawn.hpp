#pragma once
#include <corokit/join_handle.hpp>
#include <corokit/task.hpp>

#include <string>
#include <utility>

namespace corokit {

namespace detail {

template <class T>
JoinHandle<T> spawn_on(Scheduler& scheduler, Task<T>&& task, std::string name = {}) {
  assert(task && "corokit: this Task was moved from, awaited or spawned before");
  auto frame = TaskAccess::release(std::move(task));
  Cell<T>& cell = frame.promise().cell();
  frame.promise().begin_branch(cell.root);
  cell.root.leaf = frame;
  cell.spawned = 1;
  cell.refs.store(2, std::memory_order_relaxed);  // the runtime's and the handle's; published by schedule()
  JoinHandle<T> handle(cell);
  scheduler.start(cell, std::move(name));
  return handle;
}

}  // namespace detail

/// Starts a task on the current runtime; it runs concurrently with the caller, on any worker.
///
/// `name`: what reports call it ("task 7 (Seraph) waits in Semaphore::acquire"); it need not be unique. See also
///   current_task_name().
/// Requires: a runtime on this thread (inside a task or a spawn_blocking job), else
///   std::logic_error; the task was not started before.
/// Returns: the handle on its result. On a runtime that is shutting down the task never runs and the handle
///   resolves as cancelled.
/// Thread-safety: any thread of a runtime.
/// Complexity: O(1); no allocation beyond the coroutine's own frame, and one or two for a name.
template <class T>
JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
  return detail::spawn_on(detail::current_scheduler("spawn"), std::move(task), std::move(name));
}

/// The task that runs on this thread. Throws: std::logic_error outside of one. Complexity: O(1).
TaskId current_task_id();
/// Its name; empty if it was spawned without. Throws: as current_task_id().
std::string current_task_name();

}  // namespace corokit
