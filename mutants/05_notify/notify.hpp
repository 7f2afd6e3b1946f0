#pragma once
#include <05_notify/given.hpp>

#include <mutex>

namespace mini {

/// Wakes tasks that wait, and carries no data. One notify_one() that finds nobody is kept for the next who waits.
class Notify {
 public:
  struct Notified;

  Notify() = default;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  /// co_await notify.notified() waits until this task is woken; it takes a kept permit at once.
  Notified notified() noexcept { return Notified(*this); }

  /// Wakes the task that has waited longest. If none waits, a permit is kept: one, however many calls there were.
  void notify_one() noexcept {
    const std::lock_guard lock(mutex_);
    notify_one_locked();
  }

  /// Wakes all that wait now. It keeps nothing for those who come later.
  void notify_all() noexcept {
    const std::lock_guard lock(mutex_);
    while (Waiter* const oldest = waiters_.pop_front()) oldest->job->wake();
  }

  /// A wait. Who touches it last? Not the waker: it wakes while it holds the lock, and whoever was woken, or is dropped,
  /// takes the lock once before it goes on. By then the waker no longer needs the wait, its job or the Notify.
  struct [[nodiscard]] Notified : Waiter {
    explicit Notified(Notify& the_notify) noexcept : notify(the_notify) {}
    /// Dropped while it waits: leaves the list, or passes on what notify_one() gave it.
    ~Notified() {
      if (!job) return;
      const std::lock_guard lock(notify.mutex_);
      if (linked) {
        notify.waiters_.remove(*this);
      } else if (by_one) {
        notify.notify_one_locked();
      }
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(notify.mutex_);
      if (std::exchange(notify.permit_, false)) return false;
      job = &suspend_in(here);
      notify.waiters_.push_back(*this);
      return true;
    }
    void await_resume() noexcept {
      if (!job) return;
      const std::lock_guard lock(notify.mutex_);
      job = nullptr;
    }

    Notify& notify;
    bool by_one = false;  // notify_one() took it out of the list; guarded by the lock
  };

 private:
  void notify_one_locked() noexcept {
    if (Waiter* const oldest = waiters_.pop_front()) {
      static_cast<Notified*>(oldest)->by_one = true;
      oldest->job->wake();
    } else {
      permit_ = true;
    }
  }

  std::mutex mutex_;  // guards what follows, and the waiters in the list
  Waiters waiters_;
  bool permit_ = false;  // nobody waits then
};

}  // namespace mini
