#pragma once
#include <corokit/detail/executor/options.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/metrics.hpp>

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <thread>

namespace corokit::detail {

/// Threads for work that blocks. A job that finds no idle thread starts one, up to a limit; a thread that was idle for
/// some time ends. Jobs wait in a queue, and are run first come, first served.
class BlockingPool {
 public:
  /// `runtime`: the current runtime of the jobs, so that they can spawn tasks. `workers`: how many threads it has besides.
  /// Requires: `options` outlive the pool.
  BlockingPool(Scheduler& runtime, const ExecutorOptions& options, std::size_t workers);
  ~BlockingPool() { shutdown(); }

  /// Queues a job. Any thread may call it. The job is cancelled at once after shutdown(), and also if the pool has no
  /// thread and the system gives none; if the pool has threads, the job waits for one of them.
  void submit(BlockingJob& job);
  /// Cancels the jobs that wait in the queue, and waits for those that run. Idempotent.
  void shutdown();
  void measure(RuntimeMetrics& metrics) const;

 private:
  using Threads = std::list<std::thread>;  // each thread knows its own place in the list

  /// Returns: false if the system gives no thread.
  bool start_thread_locked() noexcept;
  void work(Threads::iterator self, std::size_t index);
  void run_jobs(Threads::iterator self);
  void cancel_all(BlockingJob* jobs);

  Scheduler& runtime_;
  const ExecutorOptions& options_;
  const Duration keep_alive_;
  // Guarded by mutex_:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  BlockingJob* first_ = nullptr;
  BlockingJob* last_ = nullptr;
  std::size_t queued_ = 0;
  std::size_t alive_ = 0;
  std::size_t next_index_;
  std::size_t idle_ = 0;
  bool closed_ = false;
  Threads threads_;
  Threads ended_;  // threads that ended; the next submit() that starts a thread, or shutdown(), joins them
};

}  // namespace corokit::detail
