#include "blocking_pool.hpp"

#include <chrono>
#include <corokit/detail/turn.hpp>
#include <iterator>
#include <utility>

namespace corokit::detail {

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
      if (queued_ <= idle_ || alive_ == max_threads_) return wake_.notify_one();
      ended = std::exchange(ended_, {});
      ++alive_;
      start_thread_locked();
    }
  }
  if (!accepted) job.run(job, true);
  for (std::thread& thread : ended) thread.join();
}

void BlockingPool::start_thread_locked() {
  threads_.emplace_back();
  auto place = std::prev(threads_.end());
  *place = std::thread([this, place] { work(place); });
}

void BlockingPool::work(Threads::iterator self) {
  Context context;
  context.scheduler = &runtime_;
  EnterContext entered(context);
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!first_ && !closed_) {
      ++idle_;
      const bool woken = wake_.wait_for(lock, std::chrono::seconds(10)) == std::cv_status::no_timeout;
      --idle_;
      if (woken || first_ || closed_) continue;
      --alive_;
      ended_.splice(ended_.end(), threads_, self);  // somebody else joins this thread
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

void BlockingPool::cancel_all(BlockingJob* jobs) {
  while (jobs) {
    BlockingJob& job = *std::exchange(jobs, jobs->next);
    job.run(job, true);
  }
}

}  // namespace corokit::detail
