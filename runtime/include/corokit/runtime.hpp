#pragma once
#include <corokit/metrics.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace corokit {

namespace detail {
class Executor;
}  // namespace detail

/// Runs tasks. Everything asynchronous happens inside one.
///
///     auto runtime = corokit::Runtime::multi_thread();
///     int answer = runtime.block_on(compute());
///
/// When it is destroyed, every task that is not over is dropped at its suspension point; functions of
/// spawn_blocking() that are running are waited for. Handles on such tasks resolve as cancelled.
/// Thread-safety: spawn() and block_on() from any thread outside of it; destroy it when no such call is under
/// way.
class Runtime {
 public:
  /// Worker threads that steal work from each other. Throws: std::invalid_argument for 0 or more than 1,024.
  static Runtime multi_thread(std::size_t workers = default_workers());
  /// Worker threads that share one queue under one lock: simple, strictly first come, first served, and
  /// slower the more they meet there. Throws: as multi_thread().
  static Runtime global_queue(std::size_t workers = default_workers());
  /// No thread of its own: tasks run on whichever thread is inside block_on().
  static Runtime current_thread();
  /// One worker a processor that this process may use.
  static std::size_t default_workers() noexcept;

  Runtime(Runtime&&) noexcept;
  Runtime& operator=(Runtime&&) noexcept;
  ~Runtime();

  /// Starts a task from outside. As corokit::spawn() otherwise.
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
    return detail::spawn_on(scheduler(), std::move(task), std::move(name));
  }

  /// Runs a task and blocks this thread until it is over.
  /// Returns: what the task returned. Throws: what escaped it; std::logic_error when called from inside a
  /// runtime; std::runtime_error if the runtime ended first (a blocking job may still be inside).
  template <class T>
  T block_on(Task<T> task) {
    refuse_nesting();
    JoinHandle<T> handle = spawn(std::move(task));
    wait_for(handle.cell());
    if (handle.cell().outcome == detail::Outcome::cancelled) throw_ended();
    return handle.cell().take();
  }

  template <class F, class T = std::invoke_result_t<F>>
  JoinHandle<T> spawn_blocking(F function) {
    return detail::spawn_blocking_on<F, T>(scheduler(), std::move(function));
  }

  /// Ends the runtime as its destructor does, on a thread of its own, and waits for that up to `limit`: what a worker or
  /// a function of spawn_blocking() that does not end would otherwise hold up for ever goes on behind our back.
  /// Returns: whether all has ended. The runtime cannot be used any more, also where it has not.
  bool shutdown(Duration limit);

  /// Tasks that are not over. Stale at once.
  std::size_t approx_alive_tasks() const noexcept;
  /// Any thread. Complexity: O(workers).
  RuntimeMetrics metrics() const;

 private:
  explicit Runtime(std::unique_ptr<detail::Executor> executor) noexcept;
  detail::Scheduler& scheduler();
  void refuse_nesting() const;
  [[noreturn]] static void throw_ended();
  void wait_for(detail::TaskHeader& task);

  std::unique_ptr<detail::Executor> executor_;
};

/// Runs a task on a current-thread runtime made for it. As Runtime::block_on() otherwise.
template <class T>
T block_on(Task<T> task) {
  return Runtime::current_thread().block_on(std::move(task));
}

}  // namespace corokit
