#pragma once
#include <corokit/detail/executor/options.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/time/duration.hpp>
#include <corokit/unhandled_exception.hpp>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace corokit {

class Runtime;

namespace detail {
class Executor;
}  // namespace detail

/// Makes a runtime of which more is said than its kind and the number of its workers:
///
///     Runtime runtime = Runtime::builder()
///                           .workers(4)
///                           .thread_name([](std::size_t index) { return "worker-" + std::to_string(index); })
///                           .on_task_end([](TaskId, const std::string& name) { ended(name); })
///                           .from_env()
///                           .build();
///
/// What is said last holds. What is not said is as with Runtime::multi_thread(). Include runtime.hpp for Runtime.
///
/// The hooks are called from several threads at once, and must not throw: an exception ends the process
/// (std::terminate). They live until the runtime has ended. A hook that is not set costs a task nothing but the test of
/// one pointer, where the task starts and where it ends.
///
/// Thread-safety: one thread at a time. build() does not change the builder, and may be called again.
class RuntimeBuilder {
 public:
  RuntimeBuilder() = default;

  /// Asks for workers that steal tasks from each other, as Runtime::multi_thread(): this is the default.
  RuntimeBuilder& multi_thread() noexcept;
  /// Asks for workers that share one queue, as Runtime::global_queue().
  RuntimeBuilder& global_queue() noexcept;
  /// Asks for no workers, as Runtime::current_thread(). A number of workers has no meaning then.
  RuntimeBuilder& current_thread() noexcept;

  /// Sets the number of workers; without it, it is Runtime::default_workers().
  /// Throws: std::invalid_argument if `count` is 0 or more than 1,024.
  RuntimeBuilder& workers(std::size_t count);

  /// Gives all threads of the runtime one name, which debuggers and `top -H` show. The threads are the workers, and those
  /// of spawn_blocking(), which change places where tasks call block_in_place(); the thread inside of block_on() keeps
  /// its name.
  /// Throws: std::invalid_argument if the name has more than 15 characters, which is as much as the system keeps.
  RuntimeBuilder& thread_name(std::string name);
  /// As thread_name() of a string, with a function that names each thread, on that thread. It is given the index of the
  /// thread: that of a worker, from 0 on, and above them a new one for each thread that is started later. What is
  /// beyond 15 characters is cut off.
  RuntimeBuilder& thread_name(std::function<std::string(std::size_t index)> name);

  /// Sets what each thread of the runtime (see thread_name()) calls before anything else. It is not inside the runtime:
  /// spawn() throws there.
  RuntimeBuilder& on_thread_start(std::function<void()> hook);
  /// As on_thread_start(), for what each thread calls as the last thing: a worker when the runtime ends, and a thread
  /// of spawn_blocking() also when it has been idle for blocking_keep_alive(). It may start tasks through a Handle;
  /// while the runtime ends, they resolve as cancelled.
  RuntimeBuilder& on_thread_stop(std::function<void()> hook);

  /// Sets what is called for each task that starts: inside of spawn(), on the thread that calls it, before any of the task
  /// runs. A task that starts while the runtime ends never runs, and is not told of. A function of spawn_blocking() is no
  /// task.
  RuntimeBuilder& on_task_start(std::function<void(TaskId, const std::string& name)> hook);
  /// As on_task_start(), for each of those tasks that is over, on the thread that ended it. Its frame is destroyed, and
  /// nobody has its result yet; current_task_id() is that of the task.
  RuntimeBuilder& on_task_end(std::function<void(TaskId, const std::string& name)> hook);

  /// Sets how many threads there are at most for spawn_blocking(); 512 without it. The functions that find none wait.
  /// Those of block_in_place() count as well.
  /// Throws: std::invalid_argument if `threads` is 0.
  RuntimeBuilder& blocking_limit(std::size_t threads);
  /// Sets how long a thread of spawn_blocking() stays without a function to run; 10 seconds without it.
  RuntimeBuilder& blocking_keep_alive(AnyDuration duration) noexcept;

  /// Has Runtime::dump() printed on stderr for each signal of a kind: `kill -USR1 PID`. A thread of its own
  /// does it, so it works even if all threads of the runtime are stuck. Signals that come before it is
  /// printed count as one.
  ///
  /// From build() on, the signal does nothing else in this process, even after the end of the runtime.
  /// io::Signals may listen to it too, and several runtimes may print, each its own tasks. build() also
  /// throws std::system_error if the system gives no descriptors.
  /// Throws: std::invalid_argument for a signal that io::Signals::listen() refuses.
  RuntimeBuilder& dump_on_signal(int kind = SIGUSR1);

  /// As RuntimeOptions::on_unhandled_exception.
  RuntimeBuilder& on_unhandled_exception(std::function<void(const UnhandledException&)> handler);

  /// Takes over what the environment says. A variable that is not set, or is empty, changes nothing:
  ///
  ///     COROKIT_RUNTIME                  multi_thread, global_queue or current_thread
  ///     COROKIT_WORKERS                  as workers()
  ///     COROKIT_THREAD_NAME              as thread_name() of a string
  ///     COROKIT_BLOCKING_LIMIT           as blocking_limit()
  ///     COROKIT_BLOCKING_KEEP_ALIVE_MS   as blocking_keep_alive(), in whole milliseconds
  ///
  /// Throws: std::invalid_argument, whose what() is a sentence that names the variable, its value and what it must be. The
  ///   builder is then as before.
  /// Thread-safety: no other thread changes the environment meanwhile.
  RuntimeBuilder& from_env();

  /// Returns: the runtime.
  /// Throws: std::system_error if the system does not give so many threads.
  Runtime build() const;

 private:
  enum class Kind : std::uint8_t { multi_thread, global_queue, current_thread };
  std::unique_ptr<detail::Executor> make_executor() const;

  Kind kind_ = Kind::multi_thread;
  std::optional<std::size_t> workers_;
  std::optional<int> dump_signal_;
  detail::ExecutorOptions options_;
};

}  // namespace corokit
