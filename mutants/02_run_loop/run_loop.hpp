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
  ~RunLoop() {
    while (Spawned* const job = all_) {
      all_ = job->younger;
      delete job;
    }
  }

  /// Takes the task over. It begins in run().
  void spawn(Task<> task) {
    auto* const job = new Spawned(*this, std::move(task));
    job->younger = all_;
    if (all_) all_->older = job;
    all_ = job;
    job->wake();
  }

  /// Runs until no task is woken. Returns: how many tasks have not ended.
  std::size_t run() {
    while (Spawned* const job = first_) {
      first_ = job->next;
      if (!first_) last_ = nullptr;
      job->queued = false;  // a wake from here on, also one while it runs, queues it again
      job->run();
      if (job->task.done()) remove(*job);
    }
    std::size_t left = 0;
    for (const Spawned* job = all_; job; job = job->younger) ++left;
    return left;
  }

 private:
  struct Spawned final : Job {
    Spawned(RunLoop& the_loop, Task<> the_task) : loop(the_loop), task(std::move(the_task)) {
      leaf = task.handle();
    }
    void wake() noexcept override {
      if (queued) return;
      queued = true;
      next = nullptr;
      (loop.last_ ? loop.last_->next : loop.first_) = this;
      loop.last_ = this;
    }

    RunLoop& loop;
    Task<> task;
    bool queued = false;
    Spawned* next = nullptr;   // in the queue of those that are woken
    Spawned* older = nullptr;  // in the list of all tasks
    Spawned* younger = nullptr;
  };

  void remove(Spawned& job) {
    (job.older ? job.older->younger : all_) = job.younger;
    if (job.younger) job.younger->older = job.older;
    delete &job;
  }

  Spawned* first_ = nullptr;
  Spawned* last_ = nullptr;
  Spawned* all_ = nullptr;
};

/// Lets the other tasks run that are woken: co_await yield();
inline auto yield() noexcept {
  struct Yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) const noexcept { suspend_in(here).wake(); }
    void await_resume() const noexcept {}
  };
  return Yield{};
}

}  // namespace mini
