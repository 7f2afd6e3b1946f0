#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/metrics.hpp>

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <thread>

namespace corokit::detail {

/// Threads for work that blocks: started when a job finds none idle, up to a limit; a thread that was idle
/// for ten seconds ends. Jobs wait in line, first come, first served.
class BlockingPool {
 public:
  /// `runtime`: what jobs see as the current runtime, so that they can spawn.
  BlockingPool(Scheduler& runtime, std::size_t max_threads) : runtime_(runtime), max_threads_(max_threads) {}
  ~BlockingPool() { shutdown(); }

  /// Any thread. After shutdown() the job is cancelled at once, and so it is where the system gives no thread and the
  /// pool has none; if it has one, the job waits for it.
  void submit(BlockingJob& job);
  /// Cancels what waits in line, and waits for what runs. Idempotent.
  void shutdown();
  void measure(RuntimeMetrics& metrics) const;

 private:
  using Threads = std::list<std::thread>;  // a thread knows its own place in it

  /// Returns: false if the system gives no thread.
  bool start_thread_locked();
  void work(Threads::iterator self);
  void cancel_all(BlockingJob* jobs);

  Scheduler& runtime_;
  const std::size_t max_threads_;
  // Guarded by mutex_:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  BlockingJob* first_ = nullptr;
  BlockingJob* last_ = nullptr;
  std::size_t queued_ = 0;
  std::size_t alive_ = 0;
  std::size_t idle_ = 0;
  bool closed_ = false;
  Threads threads_;
  Threads ended_;  // gave up waiting for work; joined by the next submit() that starts one, or by shutdown()
};

}  // namespace corokit::detail
