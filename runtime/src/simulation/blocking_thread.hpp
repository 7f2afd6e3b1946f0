#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/sync/parker.hpp>
#include <corokit/detail/task/turn.hpp>

#include <thread>

namespace corokit::explorer {
struct Schedule;
}

namespace corokit::sim {

/// A thread for the functions of spawn_blocking() in a simulation, one function at a time. It runs only while the
/// simulation's thread waits inside run_job() or go_on(): of the two, one runs at any time. So a function that waits
/// keeps its stack, while the schedule is decided as if all ran on one thread.
class BlockingThread {
 public:
  /// `context`: that of the simulation, whose clock and tasks the functions use. `schedule`: the one that it plays, if any.
  /// Throws: std::system_error if the system gives no thread.
  BlockingThread(const detail::Context& context, explorer::Schedule* schedule);
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;
  /// Requires: no job is under way.
  ~BlockingThread();

  /// Runs a job, until it is over or waits. Returns: true if it is over.
  bool run_job(detail::BlockingJob& job);
  /// Lets the job that waits go on, until it is over or waits again. Returns: true if it is over.
  bool go_on();

  /// Returns: the thread that calls it.
  /// Requires: a job of a simulation calls it.
  static BlockingThread& current() noexcept;
  /// Called by the job: lets the simulation's thread run, until that calls go_on().
  void wait() noexcept;

 private:
  struct JobContext : detail::Context {
    BlockingThread* thread = nullptr;
  };

  void work();

  JobContext context_;
  explorer::Schedule* const schedule_;
  detail::BlockingJob* job_ = nullptr;  // as `ends_`, it belongs to whichever of the two threads runs
  bool ends_ = false;
  detail::Parker job_may_run_;
  detail::Parker simulation_may_run_;
  std::thread thread_;
};

}  // namespace corokit::sim
