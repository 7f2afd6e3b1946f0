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

void BlockingPool::push_locked(BlockingJob& job) noexcept {
  job.next = nullptr;
  job.prev = last_;
  (last_ ? last_->next : first_) = &job;
  last_ = &job;
  ++queued_;
}

void BlockingPool::unlink_locked(BlockingJob& job) noexcept {
  (job.prev ? job.prev->next : first_) = job.next;
  (job.next ? job.next->prev : last_) = job.prev;
  job.prev = nullptr;
  --queued_;
}

void BlockingPool::submit(BlockingJob& job) {
  Threads ended;
  bool accepted;
  {
    const std::lock_guard lock(mutex_);
    accepted = !closed_;
    if (accepted) {
      push_locked(job);
      accepted = provide_thread_locked();
      if (!accepted) unlink_locked(job);
      ended = std::exchange(ended_, {});
    }
  }
  if (!accepted) job.run(job, true);
  join(std::move(ended));
}

void BlockingPool::offer(BlockingJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  push_locked(job);
  static_cast<void>(provide_thread_locked());
}

bool BlockingPool::withdraw(BlockingJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  if (!job.prev && first_ != &job) return false;
  unlink_locked(job);
  return true;
}

bool BlockingPool::provide_thread_locked() noexcept {
  if (queued_ <= idle_ + starting_ || alive_ >= options_.blocking_limit) {
    wake_.notify_one();
    return true;
  }
  if (start_thread_locked()) return true;
  return alive_ != 0;
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
  ++alive_;
  ++starting_;
  return true;
}

void BlockingPool::work(Threads::iterator self, std::size_t index) {
  {
    const ThreadScope scope(options_, index);
    std::unique_lock lock(mutex_);
    --starting_;
    run_jobs(lock);
  }
  // The hook of the end of the thread has run, so whoever joins this thread waits for no code of the user.
  const std::lock_guard lock(mutex_);
  if (!closed_) ended_.splice(ended_.end(), threads_, self);
}

void BlockingPool::serve() {
  std::unique_lock lock(mutex_);
  run_jobs(lock);
}

void BlockingPool::expect_thread() noexcept {
  const std::lock_guard lock(mutex_);
  ++alive_;
}

void BlockingPool::run_jobs(std::unique_lock<std::mutex>& lock) {
  Context context;
  context.scheduler = &runtime_;
  EnterContext entered(context);
  for (;;) {
    while (!first_ && !closed_) {
      ++idle_;
      const bool woken = wake_.wait_for(lock, keep_alive_) == std::cv_status::no_timeout;
      --idle_;
      if (woken || first_ || closed_) continue;
      --alive_;
      return lock.unlock();
    }
    if (!first_) break;  // closed
    BlockingJob& job = *first_;
    unlink_locked(job);
    lock.unlock();
    job.run(job, false);
    lock.lock();
  }
  --alive_;
  lock.unlock();
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
  join(std::move(threads));
}

void BlockingPool::join(Threads threads) {
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
