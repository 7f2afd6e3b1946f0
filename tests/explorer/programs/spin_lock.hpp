#pragma once
#include <atomic>
#include <thread>

/// A mutex whose waiters look again and again.
class SpinLock {
 public:
  void lock() {
    // [unlock] acquire: what the last owner wrote. Pairs with unlock().
    while (locked_.exchange(true, std::memory_order_acquire)) {
      while (locked_.load(std::memory_order_relaxed)) std::this_thread::yield();  // the exchange looks again
    }
  }

  void unlock() {
    // [unlock] release: what the owner wrote. Pairs with lock().
    locked_.store(false, std::memory_order_release);
  }

 private:
  std::atomic<bool> locked_ = false;
};
