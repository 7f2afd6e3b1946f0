#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <optional>
#include <utility>

namespace corokit::detail {

/// Throws: std::logic_error if the calling thread runs tasks, and `call` would therefore block a worker.
void refuse_blocking(const char* call);

/// Throws: std::logic_error if the calling thread runs tasks, so that block_on() would block a worker.
void refuse_nesting();
[[noreturn]] void throw_runtime_ended();

/// Runs a task on `scheduler`, and blocks the calling thread, which runs no tasks, until the task is over.
/// Throws: the exception that escaped the task; std::runtime_error if the scheduler ended before the task.
template <class T>
T run_and_wait(Scheduler& scheduler, Task<T> task) {
  JoinHandle<T> handle = spawn_on(scheduler, std::move(task));
  scheduler.wait_for(handle.cell());
  if (handle.cell().outcome == Outcome::cancelled) throw_runtime_ended();
  return handle.cell().take();
}

/// Returns: the simulation whose spawn_blocking() function the calling thread runs; null if it runs none.
Scheduler* simulation_around() noexcept;
[[noreturn]] void throw_simulation_ended(const char* call);

/// Runs a task in a simulation, and lets the simulation go on until the task is over. `call`: the name of the task.
/// Requires: the calling thread runs a spawn_blocking() function of that simulation.
/// Throws: the exception that escaped the task; std::runtime_error if the simulation ends first.
template <class T>
T block_in_simulation(Scheduler& simulation, Task<T> task, const char* call) {
  JoinHandle<T> handle = spawn_on(simulation, std::move(task), call);
  simulation.wait_for(handle.cell());
  if (handle.cell().outcome == Outcome::cancelled) throw_simulation_ended(call);
  return handle.cell().take();
}

/// Runs a task, and blocks the calling thread until the task is over. Requires: the calling thread runs no tasks.
void run_blocking(Task<void> task, const char* call);

template <class A, class Value>
Task<void> wait_into(A& awaiter, std::optional<Value>& value) {
  value.emplace(co_await awaiter);
}

/// Waits for an awaiter, and blocks the calling thread meanwhile; the blocking_ functions call it. `call` names the
/// function in the message of an exception.
/// Throws: std::logic_error if the calling thread runs tasks; std::runtime_error if it runs a function of a simulation
///   that ends before the wait is over.
/// Complexity: no allocation if the wait is over at once; otherwise it makes a current-thread runtime for the wait.
template <IsAwaiter A>
auto block_thread(A awaiter, const char* call) {
  refuse_blocking(call);
  if (awaiter.try_complete()) return awaiter.await_resume();
  std::optional<decltype(awaiter.await_resume())> value;
  run_blocking(wait_into(awaiter, value), call);
  return std::move(*value);
}

}  // namespace corokit::detail
