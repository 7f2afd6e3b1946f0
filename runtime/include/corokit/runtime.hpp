#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/handle.hpp>
#include <corokit/metrics.hpp>
#include <corokit/runtime_builder.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/task.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/unhandled_exception.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace corokit {

namespace detail {
class Executor;
}  // namespace detail

/// What a runtime may be told when it is made; RuntimeBuilder takes more.
struct RuntimeOptions {
  /// Called for an exception that nobody can take, since the handle of its task was dropped; also after the end of the
  /// runtime, if the handle is dropped only then. It is called on the thread that ended the task, or on the one that
  /// drops the handle, from several threads at once. It must not throw. If it is empty, a line on stderr names the task
  /// and what the exception says. In both cases RuntimeMetrics::unhandled_exceptions counts it.
  std::function<void(const UnhandledException&)> on_unhandled_exception;
};

/// Runs tasks. Everything asynchronous happens inside a runtime (or a simulation, see simulation.hpp).
///
///     auto runtime = corokit::Runtime::multi_thread();
///     int answer = runtime.block_on(compute());
///
/// Its destructor drops every task that is not over at its suspension point, and waits for the functions of
/// spawn_blocking() that are running. The handles of dropped tasks resolve as cancelled.
///
/// A task should not call std::exit(): it ends the process with the given status, but static objects are destroyed while
/// other workers still run tasks that may use them, and a static Runtime is left as it is, with its tasks. Return from
/// the task that block_on() waits for, and then from main(); or call std::quick_exit() or std::_Exit().
///
/// Thread-safety: spawn() may be called from any thread, and block_on() from any thread that runs no task. The runtime
///   must not be destroyed, moved or assigned to while such a call is under way.
class Runtime {
 public:
  /// Makes a runtime with worker threads that steal work from each other.
  /// Throws: std::invalid_argument if `workers` is 0 or more than 1,024; std::system_error if the system does not give
  ///   so many threads.
  static Runtime multi_thread(std::size_t workers = default_workers(), RuntimeOptions options = {});
  /// Makes a runtime with worker threads that share one queue under one lock. It is simple and serves tasks strictly in
  /// the order in which they became ready, but it is slower the more workers contend for the lock.
  /// Throws: as multi_thread().
  static Runtime global_queue(std::size_t workers = default_workers(), RuntimeOptions options = {});
  /// Makes a runtime without worker threads: its tasks run on a thread that is inside block_on().
  static Runtime current_thread(RuntimeOptions options = {});
  /// Returns: a builder of runtimes, for all that the three functions above cannot say.
  static RuntimeBuilder builder() { return {}; }
  /// Returns: the number of processors that this process may use: those of its affinity, but no more than the CPU quota
  ///   of its control group, rounded up, and no more than 1,024.
  static std::size_t default_workers() noexcept;

  Runtime(Runtime&&) noexcept;
  Runtime& operator=(Runtime&&) noexcept;
  ~Runtime();

  /// Starts a task on this runtime, from any thread. As corokit::spawn() otherwise.
  /// Throws: std::logic_error if the runtime was shut down or moved from.
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
    return detail::spawn_on(scheduler(), std::move(task), std::move(name));
  }

  /// As corokit::spawn() of a callable, which is kept until the task is over. Throws: as spawn() of a Task.
  template <class F>
  requires detail::MakesTask<F> JoinHandle<detail::TaskValue<F>> spawn(F function, std::string name = {}) {
    return spawn(detail::call_and_keep(std::move(function)), std::move(name));
  }

  /// Runs a task, and blocks the calling thread until the task is over.
  ///
  /// Returns: the value that the task returned.
  /// Throws: the exception that escaped the task; std::logic_error if it is called from inside a runtime;
  ///   std::runtime_error if the runtime ended before the task, which a call from a spawn_blocking() function may see.
  template <class T>
  T block_on(Task<T> task) {
    detail::refuse_nesting();
    return detail::run_and_wait(scheduler(),
                                std::move(task));  // it may end the process, and with it a static Runtime
  }

  /// As corokit::spawn_blocking(), on this runtime; from any thread.
  template <class F, class T = std::invoke_result_t<F>>
  JoinHandle<T> spawn_blocking(F function) {
    return detail::spawn_blocking_on<F, T>(scheduler(), std::move(function));
  }

  /// Returns: a handle, which starts tasks on this runtime, and may outlive it.
  /// Throws: std::logic_error if the runtime was shut down or moved from.
  Handle handle() const;

  /// Ends the runtime as its destructor does, but on a separate thread, and waits for that thread at most for `limit`.
  /// If a worker or a function of spawn_blocking() does not end, the separate thread goes on waiting for it.
  ///
  /// Returns: true if the runtime has ended. It cannot be used any more, even if it has not.
  /// Throws: std::system_error, at once, if the system gives no thread for it; the runtime then goes on as before.
  bool shutdown(AnyDuration limit);

  /// Returns: the number of tasks that are not over. The value may be stale at once.
  std::size_t approx_alive_tasks() const noexcept;
  /// Looks at all tasks: who waits where, since when, and for whom. See TaskDump.
  ///
  /// A task of the runtime may call it as well, and is then one that runs. It waits for no task, and for no
  /// worker: a task that runs is not looked at, and one that is woken while it is looked at runs afterwards.
  /// Dumps of one runtime are made one after the other, so that one may wait for another.
  /// Returns: the dump; an empty one if the runtime was shut down or moved from.
  /// Throws: std::bad_alloc.
  /// Thread-safety: may be called at once from any thread.
  /// Complexity: O(n log n) in the tasks that are alive, and O(n) in the operations that they combine and in
  ///   the most tasks that were alive at once. While nobody calls it, a wait costs two stores: see
  ///   runtime/README.md.
  /// Source: tokio's Handle::dump.
  TaskDump dump() const;
  /// Returns: what the runtime has done so far, and what it holds.
  /// Thread-safety: may be called at once from any thread.
  /// Complexity: O(workers).
  RuntimeMetrics metrics() const;

 private:
  friend class RuntimeBuilder;
  explicit Runtime(std::unique_ptr<detail::Executor> executor) noexcept;
  detail::Scheduler& scheduler();

  std::unique_ptr<detail::Executor> executor_;
};

/// Runs a task on a current-thread runtime that is made for it. As Runtime::block_on() otherwise. In a function of
/// spawn_blocking() that a simulation runs, the task becomes one of the simulation instead.
template <class T>
T block_on(Task<T> task) {
  if (detail::Scheduler* simulation = detail::simulation_around())
    return detail::block_in_simulation(*simulation, std::move(task), "block_on");
  return Runtime::current_thread().block_on(std::move(task));
}

}  // namespace corokit
