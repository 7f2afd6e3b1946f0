#include "blocking_pool.hpp"

#include "thread_scope.hpp"

#include <algorithm>
#include <chrono>
#include <corokit/detail/task/turn.hpp>
#include <exception>
#include <utility>

namespace corokit::detail {

BlockingPool::BlockingPool(Scheduler& runtime, const ExecutorOptions& options, std::size_t workers)
    : runtime_(runtime),
      options_(options),
      // The standard library adds it to the time of a clock, and does not check for overflow.
      keep_alive_(std::clamp<Duration>(options.blocking_keep_alive, Duration(0), std::chrono::years(100))),
      next_index_(workers) {}

void BlockingPool::submit(BlockingJob& job) {
  Threads ended;
  bool accepted;
  {
    std::unique_lock lock(mutex_);
    accepted = !closed_;
    if (accepted) {
      job.next = nullptr;
      (last_ ? last_->next : first_) = &job;
      last_ = &job;
      ++queued_;
      if (queued_ <= idle_ || alive_ == options_.blocking_limit) return wake_.notify_one();
      ended = std::exchange(ended_, {});
      if (start_thread_locked()) {
        ++alive_;
      } else if (alive_ == 0) {
        // No thread is left to run the job. Where no thread is, no other job can be in the queue.
        first_ = last_ = nullptr;
        queued_ = 0;
        accepted = false;
      }
    }
  }
  if (!accepted) job.run(job, true);
  for (std::thread& thread : ended) thread.join();
}

bool BlockingPool::start_thread_locked() noexcept {
  Threads started;
  try {
    started.emplace_back();
    started.front() =
        std::thread([this, place = started.begin(), index = next_index_] { work(place, index); });
  } catch (const std::exception&) {  // no thread, or no memory for one
    return false;
  }
  threads_.splice(threads_.end(), started);
  ++next_index_;
  return true;
}

void BlockingPool::work(Threads::iterator self, std::size_t index) {
  const ThreadScope scope(options_, index);
  run_jobs(self);
}

void BlockingPool::run_jobs(Threads::iterator self) {
  Context context;
  context.scheduler = &runtime_;
  EnterContext entered(context);
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!first_ && !closed_) {
      ++idle_;
      const bool woken = wake_.wait_for(lock, keep_alive_) == std::cv_status::no_timeout;
      --idle_;
      if (woken || first_ || closed_) continue;
      --alive_;
      ended_.splice(ended_.end(), threads_, self);  // submit() or shutdown() joins this thread
      return;
    }
    if (!first_) break;  // closed
    BlockingJob& job = *std::exchange(first_, first_->next);
    if (!first_) last_ = nullptr;
    --queued_;
    lock.unlock();
    job.run(job, false);
    lock.lock();
  }
  --alive_;
}

void BlockingPool::shutdown() {
  BlockingJob* jobs;
  Threads threads;
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    jobs = std::exchange(first_, nullptr);
    last_ = nullptr;
    queued_ = 0;
    threads = std::move(threads_);
    threads.splice(threads.end(), ended_);
    wake_.notify_all();
  }
  cancel_all(jobs);
  for (std::thread& thread : threads) thread.join();
}

void BlockingPool::measure(RuntimeMetrics& metrics) const {
  const std::lock_guard lock(mutex_);
  metrics.blocking_threads = alive_;
  metrics.idle_blocking_threads = idle_;
  metrics.blocking_queue_depth = queued_;
}

void BlockingPool::cancel_all(BlockingJob* jobs) {
  while (jobs) {
    BlockingJob& job = *std::exchange(jobs, jobs->next);
    job.run(job, true);
  }
}

}  // namespace corokit::detail
