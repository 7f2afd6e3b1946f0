#pragma once
#include <corokit/detail/task/fork.hpp>
#include <corokit/task.hpp>

#include <utility>
#include <vector>

namespace corokit {

/// Runs tasks beside each other, on all threads of the runtime that have time, and waits for all of them:
///
///     auto [left, right] = co_await fork_join(sort(begin, middle), sort(middle, end));
///
/// It is for work that is divided and conquered: while the other threads are busy, a task costs little more than if it
/// were awaited where it stands. The first task runs in the calling one. So does each that follows, once those before it
/// are over, unless another thread has begun it by then.
///
/// The tasks may borrow what the calling coroutine owns: none of them outlives the wait. To drop the wait waits, if need
/// be, until a turn of a task that runs on another thread is over, and blocks the thread meanwhile.
///
/// `tasks`: they may wait, and for each other too. One that runs beside the caller has an id of its own, and no name; it
///   appears in no list of tasks, no hook and no count. It has the task-local values of the caller, up to the first pin()
///   or collection of operations (FuturesUnordered) that is around the call, and shares them with its siblings. It must
///   not use a Scope of the caller. While one of them is in block_in_place(), a drop and the end of the runtime wait for
///   it: what it blocks for must not need them.
/// Resumes: in the calling task. Each task that runs there costs one unit of the budget at its end.
/// Returns: a std::tuple of the values, with Unit for void.
/// Throws: the exception that escaped a task, once all are over; of several, that of the first in the call. What the
///   others gave is dropped.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: all tasks that are not over are dropped, and the results of the others lost.
/// Complexity: O(tasks), no allocation, unless tasks are dropped that run beside the caller. The depth of the stack does
///   not depend on how deep the tasks fork.
template <class... Ts>
requires(sizeof...(Ts) > 0) [[nodiscard]] detail::ForkJoin<Ts...> fork_join(Task<Ts>... tasks) {
  return detail::ForkJoin<Ts...>(std::move(tasks)...);
}

/// As above, with any number of tasks; none too.
///
/// Resumes: as above.
/// Returns: a std::vector of the values, in the order of the tasks; nothing for void.
/// Throws: as above.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as above.
/// Complexity: as above, and two allocations.
template <class T>
[[nodiscard]] detail::ForkJoinAll<T> fork_join(std::vector<Task<T>> tasks) {
  return detail::ForkJoinAll<T>(std::move(tasks));
}

}  // namespace corokit
