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
  /// As submit(), for a job that withdraw() may take back. Without any thread it waits in the queue. Requires:
  /// shutdown() was not called.
  void offer(BlockingJob& job) noexcept;
  /// Takes a job off the queue. Returns: false if it was not there. Complexity: O(1).
  [[nodiscard]] bool withdraw(BlockingJob& job) noexcept;

  /// Runs jobs on the calling thread, which the pool did not start, until it is idle for too long, or until shutdown().
  /// It takes the place of a thread of the pool whose job goes on for ever.
  void serve();
  /// Counts a thread that comes, or comes back, and takes nobody's place.
  void expect_thread() noexcept;

  /// Cancels the jobs that wait in the queue, and waits for those that run. Idempotent.
  void shutdown();
  void measure(RuntimeMetrics& metrics) const;

 private:
  using Threads = std::list<std::thread>;  // each thread knows its own place in the list

  void push_locked(BlockingJob& job) noexcept;
  void unlink_locked(BlockingJob& job) noexcept;
  /// Sees to it that a thread runs the job that was pushed last. Returns: false if there is no thread that ever will.
  bool provide_thread_locked() noexcept;
  /// Returns: false if the system gives no thread.
  bool start_thread_locked() noexcept;
  void work(Threads::iterator self, std::size_t index);
  void run_jobs(std::unique_lock<std::mutex>& lock);
  static void join(Threads threads);
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
  std::size_t alive_ = 0;  // the threads of the pool, and those that will come to serve()
  std::size_t next_index_;
  std::size_t starting_ = 0;  // threads that have not looked for a job yet: they count as idle
  std::size_t idle_ = 0;
  bool closed_ = false;
  Threads threads_;
  Threads
      ended_;  // threads that have left the runtime; a call that starts a thread, or shutdown(), joins them
};

}  // namespace corokit::detail
