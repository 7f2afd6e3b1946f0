#pragma once
#include <atomic>

/// Puts its thread to sleep until another thread calls unpark(). A call that comes before park() is not lost.
class Parker {
 public:
  /// Is called by one thread.
  void park() {
    // [token] acquire: what was written before unpark(). Pairs with unpark().
    while (token_.exchange(0, std::memory_order_acquire) == 0) {
      // Sleeps if the token is still 0, so unpark() cannot come in between. The exchange has the last word on the
      // value, so any order will do.
      token_.wait(0, std::memory_order_relaxed);
    }
  }

  void unpark() {
    // [token] release: what was written before. Pairs with park().
    token_.store(1, std::memory_order_release);
    token_.notify_one();
  }

 private:
  std::atomic<int> token_ = 0;  // 1: the next park() returns at once
};
