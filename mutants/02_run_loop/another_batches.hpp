#pragma once
// The other right solution. wake() puts the job on a stack: two assignments, and no last element to look after. run()
// takes the whole stack, turns it round, and runs it from the oldest job to the youngest; what is woken meanwhile is on a
// new stack, and comes with the next batch. So the order is that of a queue. It is how loops are built whose jobs are
// woken by other threads: pushing on a stack that is only ever taken whole needs one atomic pointer and no lock. Besides,
// the jobs are in a list of their own, linked through themselves, so that spawning allocates once besides the frame.
#include <02_run_loop/given.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace mini {

class RunLoop {
 public:
  RunLoop() = default;
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;
  ~RunLoop() {
    closing_ = true;
    while (Spawned* const job = all_) {
      all_ = job->younger;
      delete job;
    }
  }

  void spawn(Task<> task) {
    auto* const job = new Spawned(*this, std::move(task));
    job->younger = all_;
    if (all_) all_->older = job;
    all_ = job;
    ++count_;
    job->wake();
  }

  std::size_t run() {
    while (woken_ || batch_) {
      if (!batch_) batch_ = turned_round(std::exchange(woken_, nullptr));
      Spawned* const job = std::exchange(batch_, batch_->next);
      job->queued = false;
      if (!job->task.done()) job->run();
      if (job->task.done() && !job->queued) end(job);
    }
    return count_;
  }

 private:
  struct Spawned final : Job {
    Spawned(RunLoop& the_loop, Task<> the_task) : loop(the_loop), task(std::move(the_task)) {
      leaf = task.handle();
    }
    void wake() noexcept override {
      if (queued || loop.closing_) return;
      queued = true;
      next = std::exchange(loop.woken_, this);
    }

    RunLoop& loop;
    bool queued = false;
    Spawned* next = nullptr;
    Spawned* older = nullptr;
    Spawned* younger = nullptr;
    Task<> task;
  };

  static Spawned* turned_round(Spawned* youngest) {
    Spawned* oldest = nullptr;
    while (Spawned* const job = youngest) {
      youngest = job->next;
      job->next = std::exchange(oldest, job);
    }
    return oldest;
  }

  void end(Spawned* job) {
    (job->older ? job->older->younger : all_) = job->younger;
    if (job->younger) job->younger->older = job->older;
    --count_;
    job->queued = true;
    const std::unique_ptr<Spawned> ended(job);
    job->task.result();
  }

  Spawned* woken_ = nullptr;  // the youngest of those that were woken since the batch began
  Spawned* batch_ = nullptr;  // the oldest of the batch that runs now
  Spawned* all_ = nullptr;
  std::size_t count_ = 0;
  bool closing_ = false;
};

inline auto yield() noexcept {
  struct Yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) const noexcept { suspend_in(here).wake(); }
    void await_resume() const noexcept {}
  };
  return Yield{};
}

}  // namespace mini
