#pragma once
#include <02_run_loop/given.hpp>

#include <cstddef>

namespace mini {

/// Runs tasks on one thread, in the order in which they are woken.
class RunLoop {
 public:
  RunLoop() = default;
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;
  /// Destroys the tasks that have not ended.
  // TODO: write it, if the members do not do it by themselves.
  ~RunLoop() {}

  /// Takes the task over. It begins in run().
  // TODO: make a Spawned of the task, which the loop keeps, and wake it.
  void spawn(Task<> task) { (void)task; }

  /// Runs until no task is woken. Returns: how many tasks have not ended. Throws what a task throws, when that is gone.
  // TODO: take one job after another from the queue, and run() it.
  std::size_t run() { return 0; }

 private:
  /// A task of this loop.
  struct Spawned final : Job {
    // TODO: keep the task; leaf = task.handle() is where it begins.

    // TODO: append this job to the queue, unless it is in there.
    void wake() noexcept override {}
  };

  // TODO: the queue of the jobs that are woken, and all jobs that have not ended.
};

/// Lets the other tasks run that are woken: co_await yield();
inline auto yield() noexcept {
  struct Yield {
    bool await_ready() const noexcept { return false; }
    // TODO: wait here, and be woken at once.
    bool await_suspend(std::coroutine_handle<> here) const noexcept { return (void)here, false; }
    void await_resume() const noexcept {}
  };
  return Yield{};
}

}  // namespace mini
