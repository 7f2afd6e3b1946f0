#pragma once
#include <corokit/result.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/unhandled_exception.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace corokit::explorer {
struct Schedule;
}

/// Runs tasks on one thread, in virtual time, on a schedule that a seed decides: the same seed gives the same schedule.
/// To try all schedules within bounds: <corokit/explore.hpp>.
/// Example: runtime/examples/explored_test.cpp
namespace corokit::sim {

/// The choices of one simulation.
struct Options {
  /// Decides which ready task runs next, how long it may run, and everything else that the runtime chooses at random.
  std::uint64_t seed = 0;
  /// The number of turns after which a run counts as endless.
  std::uint64_t max_steps = 1'000'000;
  /// As RuntimeOptions::on_unhandled_exception.
  std::function<void(const UnhandledException&)> on_unhandled_exception = {};
  /// The schedule that is played, whose choices count instead of the seed. The explorer sets it.
  explorer::Schedule* schedule = nullptr;
};

/// The reason why a simulation did not run its task to the end.
struct Failure {
  /// The reason why the task did not end.
  enum class Kind {
    deadlock,    ///< no task can run, and no timer will change that; a timer at the end of time never fires
    step_limit,  ///< max_steps turns were not enough
    broken,      ///< an explorer::require() did not hold
  };
  Kind kind = Kind::deadlock;
  /// A text for people, which says which task waits for what, and for step_limit first which tasks had the last turns.
  std::string message;
};

/// A simulation. The function run() is the short form; a test that inspects the state between two runs makes an object.
///
/// A task may give way before each of its awaits, so that schedules differ in more than the order of wake-ups. Time stands still while any task can run, and then jumps to the next timer. A function of spawn_blocking()
/// runs as a step of its own, on a thread that runs only while the simulation's thread waits for it. Where it waits, in
/// blocking_lock(), blocking_recv() and the like or in block_on(), the other steps go on, and its rest is one more step.
/// If it waits for the world outside, the simulation waits with it.
///
/// Thread-safety: one thread; no other thread may wake its tasks.
class Simulation {
 public:
  /// Makes a simulation without tasks.
  explicit Simulation(const Options& options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  /// Drops every task that is left.
  ~Simulation();

  /// Starts a task. It runs during the next run(), step(), settle() or advance().
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
    return detail::spawn_on(scheduler(), std::move(task), std::move(name));
  }

  /// Runs tasks until `root` is over. Other tasks that are not over go on during the next run().
  ///
  /// Returns: the value of `root`, or the reason why it did not end, in which case it is dropped.
  /// Throws: the exception that escaped `root`.
  template <class T>
  Result<T, Failure> run(Task<T> root) {
    JoinHandle<T> handle = spawn(std::move(root));
    if (auto failure = run_until_finished(handle.cell())) {
      drop(handle.cell());
      return Err<Failure>(std::move(*failure));
    }
    if constexpr (std::is_void_v<T>) {
      handle.cell().take();
      return {};
    } else {
      return handle.cell().take();
    }
  }

  /// Runs one turn of one task. Returns: false if no task can run before time passes.
  /// Complexity: O(1) beside the turn itself, however many tasks are ready, wait or sleep.
  bool step();
  /// Runs tasks until none can run before time passes.
  /// Throws: std::runtime_error if that takes more than max_steps turns.
  void settle();
  /// Lets virtual time pass: the timers that are due within `duration` fire in order, and the tasks that they wake run.
  /// The clock stops at the end of time, Instant::max().
  /// Throws: std::invalid_argument if the duration is negative, and std::runtime_error if the whole takes more than
  ///   max_steps turns.
  void advance(AnyDuration duration);
  /// Returns: the virtual time. It begins at an arbitrary, fixed time.
  Instant now() const noexcept;
  /// Returns: the number of tasks that are not over.
  std::size_t alive_tasks() const noexcept;
  /// Returns: the number of turns run so far.
  std::uint64_t steps() const noexcept;
  /// As Runtime::dump(), at the virtual time. It changes nothing: the schedule is as without it.
  TaskDump dump() const;
  /// Returns: a text with one line for each suspended task, which says what the task waits for.
  std::string describe_waiting() const;

 private:
  class Executor;
  detail::Scheduler& scheduler() noexcept;
  std::unique_ptr<Failure> run_until_finished(detail::TaskHeader& root);
  void drop(detail::TaskHeader& task);

  std::unique_ptr<Executor> executor_;
};

/// Runs a task, and the tasks that it spawns, in a simulation of its own. When `root` is over, the other tasks are
/// dropped.
///
/// Returns: the value that `root` returned, or the reason why it did not end.
/// Throws: the exception that escaped `root`.
/// Thread-safety: any thread; several simulations may run at once, each on its own thread.
template <class T>
Result<T, Failure> run(const Options& options, Task<T> root) {
  Simulation simulation(options);
  return simulation.run(std::move(root));
}

/// Returns: true if it is called inside a simulation.
bool is_simulated() noexcept;

}  // namespace corokit::sim
