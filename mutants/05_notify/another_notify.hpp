#pragma once
// Another right Notify: what mostly happens needs no lock. The permit is a value of an atomic word, so that notify_one()
// without waiters, and a wait that finds a permit, are one compare-and-swap each. The lock guards the list alone, and is
// taken only while somebody waits, which is a third value of the word. corokit's and tokio's Notify are made so. It buys
// speed where notifications come before the waits, and costs thought: whoever changes the word without the lock may be
// the last to touch the Notify, so nothing may follow.
#include <05_notify/given.hpp>

#include <atomic>
#include <mutex>

namespace mini {

class Notify {
 public:
  struct Notified;

  Notify() = default;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  Notified notified() noexcept { return Notified(*this); }

  void notify_one() noexcept {
    while (!keep_permit()) {
      const std::lock_guard lock(mutex_);
      if (Waiter* const oldest = waiters_.front()) {
        remove_locked(*oldest);
        static_cast<Notified*>(oldest)->by_one = true;
        return oldest->job->wake();
      }
    }
  }

  void notify_all() noexcept {
    const std::lock_guard lock(mutex_);
    while (Waiter* const oldest = waiters_.front()) {
      remove_locked(*oldest);
      oldest->job->wake();
    }
  }

  struct [[nodiscard]] Notified : Waiter {
    explicit Notified(Notify& the_notify) noexcept : notify(the_notify) {}
    ~Notified() {
      if (job && !leave() && by_one) notify.notify_one();
    }

    bool await_ready() const noexcept { return notify.take_permit(); }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(notify.mutex_);
      // Until the word says that somebody waits, a permit may come at any time.
      for (int seen = kNothing;
           !notify.state_.compare_exchange_strong(seen, kWaiting, std::memory_order_relaxed);) {
        if (seen == kWaiting) break;
        if (notify.take_permit()) return false;
        seen = kNothing;
      }
      job = &suspend_in(here);
      notify.waiters_.push_back(*this);
      return true;
    }
    void await_resume() noexcept {
      if (job) leave();
      job = nullptr;
    }

    /// Returns: false if it has left the list already, because it was told.
    bool leave() noexcept {
      const std::lock_guard lock(notify.mutex_);
      const bool in_list = linked;
      if (in_list) notify.remove_locked(*this);
      return in_list;
    }

    Notify& notify;
    bool by_one = false;
  };

 private:
  // Values of state_.
  static constexpr int kNothing = 0;  // -> permit, by notify_one(); -> waiting, under mutex_
  static constexpr int kPermit = 1;   // -> nothing, by a wait
  static constexpr int kWaiting = 2;  // the list is not empty; -> nothing, under mutex_

  /// Returns: false if somebody waits.
  bool keep_permit() noexcept {
    int expected = kNothing;
    // [notify] release: who takes the permit sees what was written before notify_one(). That is also so if a permit was
    // kept already: hence kPermit is replaced by kPermit.
    while (!state_.compare_exchange_weak(expected, kPermit, std::memory_order_release,
                                         std::memory_order_relaxed)) {
      if (expected == kWaiting) return false;
    }
    return true;
  }
  bool take_permit() noexcept {
    int expected = kPermit;
    // [notify] acquire.
    return state_.compare_exchange_strong(expected, kNothing, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void remove_locked(Waiter& waiter) noexcept {
    waiters_.remove(waiter);
    if (waiters_.empty()) state_.store(kNothing, std::memory_order_relaxed);
  }

  std::atomic<int> state_{kNothing};
  std::mutex mutex_;
  Waiters waiters_;
};

}  // namespace mini
