#pragma once
#include <01_task/task.hpp>

#include <coroutine>
#include <utility>

namespace mini {

/// What can be woken: a task of a loop; later a thread that waits, or a branch of a select.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// Makes the job run again, soon. It only notes that: nothing of the job runs inside of wake().
  virtual void wake() noexcept = 0;

  /// Runs the job from where it waits until it waits again, or ends.
  void run() {
    Job* const outer = std::exchange(running(), this);
    leaf.resume();
    running() = outer;
  }

  std::coroutine_handle<> leaf;  // the coroutine that goes on when the job runs

  /// The job that runs on this thread; null if none does. It is not inlined: a coroutine may go on on another thread, and
  /// a compiler may keep the address of a thread's variable.
  [[gnu::noinline]] static Job*& running() noexcept {
    static thread_local Job* job = nullptr;
    return job;
  }

 protected:
  ~Job() = default;
};

/// For await_suspend(): the running job waits in `here`. Returns: the job, which somebody has to wake.
inline Job& suspend_in(std::coroutine_handle<> here) noexcept {
  Job& job = *Job::running();
  job.leaf = here;
  return job;
}

}  // namespace mini
