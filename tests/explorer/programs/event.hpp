#pragma once
#include <atomic>
#include <coroutine>

/// An event that coroutines wait for: `co_await event` goes on once set() was called.
class Event {
 public:
  class Waiter {  // lives in the frame of the coroutine that waits
   public:
    explicit Waiter(Event& event) : event_(event) {}
    // [set] acquire: what was written before set(). Pairs with the exchange there.
    bool await_ready() const { return event_.state_.load(std::memory_order_acquire) == &event_; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      coroutine_ = coroutine;
      void* seen = event_.state_.load(std::memory_order_acquire);  // [set]
      do {
        if (seen == &event_) return false;
        next_ = static_cast<Waiter*>(seen);
        // [queue] release: coroutine_ and next_. Pairs with the exchange in set(). If set() comes between the load and
        // this, it fails, and the event is seen. [set] acquire, if it fails.
      } while (!event_.state_.compare_exchange_weak(seen, this, std::memory_order_release,
                                                    std::memory_order_acquire));
      return true;  // from here on the coroutine may run on another thread, and its frame may be gone
    }
    void await_resume() const {}

   private:
    friend Event;
    Event& event_;
    std::coroutine_handle<> coroutine_;
    Waiter* next_ = nullptr;
  };

  Waiter operator co_await() { return Waiter(*this); }

  void set() {
    // [set] release: what was written before. [queue] acquire: coroutine_ and next_ of each waiter.
    void* const seen = state_.exchange(this, std::memory_order_acq_rel);
    if (seen == this) return;
    auto* waiter = static_cast<Waiter*>(seen);
    while (waiter != nullptr) {
      Waiter* const next = waiter->next_;  // is read first: to resume the waiter frees it
      waiter->coroutine_.resume();
      waiter = next;
    }
  }

 private:
  // null: not set. `this`: set. Otherwise not set, and the Waiter that came last: the head of a list.
  std::atomic<void*> state_ = nullptr;
};
