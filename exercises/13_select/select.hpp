#pragma once
#include <13_select/given.hpp>

#include <optional>
#include <variant>

namespace mini {

/// A task that runs as a part of the job that awaits the select.
template <class T>
struct Branch final : Job {
  explicit Branch(Task<T> the_task) : task(std::move(the_task)) { leaf = task.handle(); }

  void wake() noexcept override {
    // TODO: on any thread; note that this branch is woken, and wake the job that awaits the select, if nobody has
  }

  Task<T> task;
};

/// Runs both tasks until one of them ends, and destroys the other one.
/// Returns: what the first one returned; throws what it threw. If both may go on, coin() says which does first:
/// it is asked once a select, and true is the right one.
template <class A, class B>
Task<std::variant<Value<A>, Value<B>>> select(Task<A> left, Task<B> right) {
  // TODO: let those branches go on that are woken; when one has ended, return; else wait until one is woken
  co_return std::variant<Value<A>, Value<B>>();
}

/// Runs the task, and destroys it if it has not ended when `ticks` are over.
/// Returns: what it returned, none if it was destroyed; throws what it threw. At the last tick the task goes on first.
template <class T>
Task<std::optional<Value<T>>> timeout(Timers& timers, Timers::Tick ticks, Task<T> task) {
  co_return std::nullopt;  // TODO: a select with a task that sleeps, but not a fair one
}

}  // namespace mini
