#pragma once
#include <atomic>
#include <coroutine>

/// A mutex for coroutines: `co_await mutex.lock()`, then `mutex.unlock()`, which hands it to who has waited longest.
class AsyncMutex {
 public:
  class Waiter {  // lives in the frame of the coroutine that waits
   public:
    explicit Waiter(AsyncMutex& mutex) : mutex_(mutex) {}
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      coroutine_ = coroutine;
      void* seen = mutex_.state_.load(std::memory_order_relaxed);  // any value will do: it is compared again
      for (;;) {
        if (seen == &mutex_) {
          // [release the mutex] acquire: what the last owner wrote. Pairs with unlock().
          if (mutex_.state_.compare_exchange_weak(seen, nullptr, std::memory_order_acquire,
                                                  std::memory_order_relaxed)) {
            return false;
          }
        } else {
          next_ = static_cast<Waiter*>(seen);
          // [queue] release: coroutine_ and next_. Pairs with the exchange in unlock(), which may resume the coroutine
          // at once: nothing of the frame is touched from here on.
          if (mutex_.state_.compare_exchange_weak(seen, this, std::memory_order_release,
                                                  std::memory_order_relaxed)) {
            return true;
          }
        }
      }
    }
    void await_resume() const {}

   private:
    friend AsyncMutex;
    AsyncMutex& mutex_;
    std::coroutine_handle<> coroutine_;
    Waiter* next_ = nullptr;
  };

  Waiter lock() { return Waiter(*this); }

  void unlock() {
    if (oldest_ == nullptr) {
      void* held = nullptr;
      // [release the mutex] release: what the owner wrote. Pairs with await_suspend().
      if (state_.compare_exchange_strong(held, this, std::memory_order_release)) return;
      // [queue] acquire: coroutine_ and next_ of each newcomer. Pairs with await_suspend().
      auto* newest = static_cast<Waiter*>(state_.exchange(nullptr, std::memory_order_acquire));
      while (newest != nullptr) {
        Waiter* const older = newest->next_;
        newest->next_ = oldest_;
        oldest_ = newest;
        newest = older;
      }
    }
    Waiter* const next = oldest_;
    oldest_ = next->next_;
    next->coroutine_.resume();
  }

 private:
  // `this`: free. null: held. Otherwise held, and the Waiter that came last: the head of a list.
  std::atomic<void*> state_ = this;
  Waiter* oldest_ =
      nullptr;  // those that the owner has taken over from state_, in the order in which they came
};
