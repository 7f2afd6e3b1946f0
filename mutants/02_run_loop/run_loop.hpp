#pragma once
#include <02_run_loop/given.hpp>

#include <cstddef>
#include <list>

namespace mini {

/// Runs tasks on one thread, in the order in which they are woken.
class RunLoop {
 public:
  RunLoop() = default;
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;
  /// Destroys the tasks that have not ended.
  ~RunLoop() {
    // What is queued is not queued again: a task that is destroyed may wake another one, which is gone soon.
    for (Spawned& job : tasks_) job.queued = true;
  }

  /// Takes the task over. It begins in run().
  void spawn(Task<> task) {
    Spawned& job = tasks_.emplace_back(*this, std::move(task));
    job.self = std::prev(tasks_.end());
    job.wake();
  }

  /// Runs until no task is woken. Returns: how many tasks have not ended. Throws what a task throws, when that is gone.
  std::size_t run() {
    while (Spawned* const job = first_) {
      first_ = job->next;
      if (!first_) last_ = nullptr;
      job->queued = false;  // a wake from here on, also one while it runs, queues it again
      if (!job->task.done()) job->run();
      // A task that was woken while it ran, and has ended, is still queued: it goes when its turn comes.
      if (job->task.done() && !job->queued) remove(*job);
    }
    return tasks_.size();
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
    bool queued = false;
    Spawned* next = nullptr;  // in the queue
    std::list<Spawned>::iterator self;
    Task<> task;  // the last member is destroyed first: what is in the task may still wake the job
  };

  void remove(Spawned& job) {
    job.queued = true;  // it is not queued any more, also if its task wakes it when that is destroyed
    std::list<Spawned> ended;
    ended.splice(ended.begin(), tasks_, job.self);
    job.task.result();
  }

  std::list<Spawned> tasks_;  // all that have not ended
  Spawned* first_ = nullptr;  // the queue: those that are woken
  Spawned* last_ = nullptr;
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
