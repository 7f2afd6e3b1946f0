// One atomic word instead of a mutex, a condition variable and a bool. Without a lock nothing tells park() when the
// unpark() that wakes it no longer touches the parker; so the word has a state for that, `telling`. The thread sleeps
// in wait(), a futex on Linux: it looks at the word and goes to sleep in one step. That buys an unpark() that never
// waits for anybody and calls the kernel only if somebody sleeps, and costs a park() that spins while unpark() ends.
#pragma once
#include <03_block_on/given.hpp>

#include <atomic>
#include <thread>

namespace mini {

/// Puts its thread to sleep until another thread calls unpark(). A call that comes before park() is not lost.
class Parker {
 public:
  /// Is called by one thread.
  void park() {
    unsigned now = kEmpty;
    // Acquire, here as below: what was written before unpark(). Pairs with the release of both its updates.
    if (word_.compare_exchange_strong(now, kSleeping, std::memory_order_acquire)) {
      while ((now = word_.load(std::memory_order_acquire)) != kToken)
        now == kSleeping ? word_.wait(now, std::memory_order_relaxed) : std::this_thread::yield();
    }
    // An update, not a store: it sees what the last unpark() published, not only the first.
    word_.exchange(kEmpty, std::memory_order_acquire);
  }

  void unpark() {
    unsigned now = word_.load(std::memory_order_relaxed);  // any value: the update below knows better
    while (!word_.compare_exchange_weak(now, after_unpark(now), std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
    if (now != kSleeping) return;
    word_.notify_one();
    // The last touch. Acquire: what an unpark() published that found `telling` is passed on.
    word_.exchange(kToken, std::memory_order_acq_rel);
  }

 private:
  // Who moves the word:                   park()             unpark()
  static constexpr unsigned kEmpty = 0;     //  -> sleeping        -> token
  static constexpr unsigned kSleeping = 1;  //  waits              -> telling
  static constexpr unsigned kTelling = 2;   //  spins              -> token, by the one that tells
  static constexpr unsigned kToken = 3;     //  -> empty, returns  stays, but is written again

  static constexpr unsigned after_unpark(unsigned now) noexcept {
    return now == kEmpty ? kToken : now == kSleeping ? kTelling : now;
  }

  std::atomic<unsigned> word_ = kEmpty;
};

/// Runs a task on this thread, which sleeps while the task waits. Returns: what the task returns; throws what it throws.
template <class T>
T block_on(Task<T> task) {
  struct Blocked final : Job {
    explicit Blocked(std::coroutine_handle<> first) { leaf = first; }
    void wake() noexcept override { parker.unpark(); }
    Parker parker;
  };
  Blocked job(task.handle());
  for (job.run(); !task.done(); job.run()) job.parker.park();
  return task.result();
}

}  // namespace mini
