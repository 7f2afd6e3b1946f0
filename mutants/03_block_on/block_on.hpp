#pragma once
#include <03_block_on/given.hpp>

#include <condition_variable>
#include <mutex>

namespace mini {

/// Puts its thread to sleep until another thread calls unpark(). A call that comes before park() is not lost.
class Parker {
 public:
  /// Is called by one thread.
  void park() {
    std::unique_lock lock(mutex_);
    while (!token_) woken_.wait(lock);
    token_ = false;
  }

  void unpark() {
    // Under the lock: when park() returns, unpark() no longer needs the parker, which may be gone then.
    const std::lock_guard lock(mutex_);
    token_ = true;
    woken_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool token_ = false;  // the next park() returns at once
};

/// Runs a task on this thread, which sleeps while the task waits. Returns: what the task returns; throws what it throws.
template <class T>
T block_on(Task<T> task) {
  struct Blocked final : Job {
    void wake() noexcept override { parker.unpark(); }
    Parker parker;
  };
  Blocked job;
  job.leaf = task.handle();
  for (;;) {
    job.run();
    if (task.done()) return task.result();
    job.parker.park();
  }
}

}  // namespace mini
