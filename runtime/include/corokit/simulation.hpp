#pragma once
#include <corokit/result.hpp>
#include <corokit/spawn.hpp>

#include <cstdint>
#include <memory>
#include <string>

/// Tasks on one thread, in virtual time, on a schedule that a seed decides. The same seed gives the same
/// schedule.
namespace corokit::sim {

struct Options {
  /// Decides which ready task runs next, how long it may run, and everything else that the runtime leaves to
  /// chance.
  std::uint64_t seed = 0;
  /// Turns after which the run counts as endless.
  std::uint64_t max_steps = 1'000'000;
};

/// Why a simulation came to no end.
struct Failure {
  enum class Kind {
    deadlock,    ///< no task can run, and no timer will change that
    step_limit,  ///< max_steps turns were not enough
  };
  Kind kind = Kind::deadlock;
  /// For people: who waits for what.
  std::string message;
};

/// The executor of a simulation. run() is the short form; a test that wants to look into the state between
/// two runs makes one of these.
///
/// A task gives way at random also where it would not have to wait, so that schedules differ in more than the
/// order of wake-ups. Time stands still while anything can run, then jumps to the next timer.
/// spawn_blocking() functions run as steps of their own. Thread-safety: one thread; nothing may wake its
/// tasks from another.
class Simulation {
 public:
  explicit Simulation(const Options& options = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  /// Drops every task that is left.
  ~Simulation();

  /// Starts a task, to run in the next run().
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) {
    return detail::spawn_on(scheduler(), std::move(task), std::move(name));
  }

  /// Runs until `root` is over; other tasks may be left, and go on in the next run().
  /// Returns: its value, or why it never came to an end (it is dropped then). Throws: what escaped it.
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

  /// Runs one turn of one task. Returns: false if none can run: only time can help then.
  bool step();
  /// Runs what can run without letting time pass. Throws: std::runtime_error if that takes more than max_steps turns.
  void settle();
  /// Lets virtual time pass: every timer up to then fires in its order, and what it wakes runs. Throws: as settle(), for
  /// all of it.
  void advance(Duration duration);
  /// Virtual time. It begins at an arbitrary, fixed time.
  Instant now() const noexcept;
  /// Tasks that are not over.
  std::size_t alive_tasks() const noexcept;
  /// Turns run so far.
  std::uint64_t steps() const noexcept;
  /// Who waits for what, a line a task.
  std::string describe_waiting() const;

 private:
  class Executor;
  detail::Scheduler& scheduler() noexcept;
  std::unique_ptr<Failure> run_until_finished(detail::TaskHeader& root);
  void drop(detail::TaskHeader& task);

  std::unique_ptr<Executor> executor_;
};

/// Runs one task, and all that it spawns, in a simulation of its own. What it spawned and did not join is
/// dropped.
///
/// Returns: what the task returned, or why it never came to an end. Throws: what escaped the task.
/// Thread-safety: any thread; several simulations may run at once, each on its thread.
template <class T>
Result<T, Failure> run(const Options& options, Task<T> root) {
  Simulation simulation(options);
  return simulation.run(std::move(root));
}

/// Is the caller inside a simulation?
bool is_simulated() noexcept;

}  // namespace corokit::sim
