#pragma once
#include <corokit/join_handle.hpp>
#include <corokit/task.hpp>

#include <optional>
#include <string>
#include <type_traits>
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
  // Relaxed: schedule() publishes the count, which is one reference of the runtime and one of the handle.
  cell.refs.store(2, std::memory_order_relaxed);
  JoinHandle<T> handle(cell);
  scheduler.start(cell, std::move(name));
  return handle;
}

/// A callable without parameters that makes a Task: a lambda coroutine, say.
template <class F>
concept MakesTask = IsTask<std::invoke_result_t<F&>>::value;

/// The type of the value of that Task.
template <class F>
using TaskValue = typename std::invoke_result_t<F&>::value_type;

/// Runs the task that `function` makes, and keeps `function` until that task is over.
template <MakesTask F>
std::invoke_result_t<F&> call_and_keep(F function) {
  static_assert(is_moved_type<F>());
  co_return co_await function();
}

}  // namespace detail

/// Starts a task on the current runtime. It runs concurrently with the caller, on any worker.
///
/// `name`: how reports name the task ("task 7 (Seraph) waits in Semaphore::acquire"); it need not be unique. See also
///   current_task_name().
/// Requires: the caller is a task or a function of spawn_blocking(); the task was not started before.
/// Returns: the handle of the task. On a runtime that is shutting down, the task never runs, and the handle resolves as
///   cancelled.
/// Throws: std::logic_error outside of every runtime.
/// Thread-safety: any thread of a runtime.
/// Complexity: O(1); no allocation besides the coroutine's own frame, and one or two for a name. The tables of the runtime
///   grow with the number of tasks that are alive at once, and are kept.
template <class T>
JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
  return detail::spawn_on(detail::current_scheduler("spawn"), std::move(task), std::move(name));
}

/// As spawn() of a Task, for a callable that makes one, and that is kept until the task is over. So a lambda coroutine may
/// use what it captures:
///
///     spawn([data]() -> Task<> { co_await use(data); });
///
/// Do not call the lambda yourself, `spawn([data]() -> Task<> { … }())`: it is destroyed at the end of that statement, and
/// its captures with it. With g++ 12, await the handle in another statement than the call, since temporaries are
/// destroyed twice there (PR 99576).
/// `F`: a type that can be moved, is aligned to at most 16 bytes, and whose destructor does not throw.
/// Thread-safety: any thread of a runtime.
/// Complexity: one coroutine more.
template <class F>
requires detail::MakesTask<F> JoinHandle<detail::TaskValue<F>> spawn(F function, std::string name = {}) {
  return spawn(detail::call_and_keep(std::move(function)), std::move(name));
}

/// Returns: the id of the task that runs on this thread. In a function of spawn_blocking() it is the id of its handle.
///   It is the same in every destructor that the end of the task runs, that of the result of a detached task included.
/// Throws: std::logic_error outside of every task.
/// Complexity: O(1).
TaskId current_task_id();
/// As current_task_id(), for code that may run outside of every task. Returns: the id; none outside of every task.
std::optional<TaskId> try_current_task_id() noexcept;
/// Returns: the name of the task that runs on this thread; empty if it was spawned without a name, and in the destructor
///   of the result of a detached task.
/// Throws: std::logic_error outside of every task.
std::string current_task_name();

}  // namespace corokit
