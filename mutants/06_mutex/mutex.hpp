#pragma once
#include <06_mutex/given.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace mini {

/// Lets one task at a time go on, also across suspensions. Tasks get it in the order in which they came: whoever
/// unlocks it hands it over to the oldest waiter, and it is never free in between.
class Mutex {
 public:
  struct Lock;
  struct Unlock {
    void operator()(Mutex* mutex) const noexcept { mutex->unlock(); }
  };
  /// Owns the lock, and gives it back.
  using Guard = std::unique_ptr<Mutex, Unlock>;

  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// co_await mutex.lock() gives the guard, whose end unlocks the mutex.
  Lock lock() noexcept { return Lock(*this); }
  /// Returns: the guard; none if the mutex is locked.
  std::optional<Guard> try_lock() noexcept { return take() ? std::optional(Guard(this)) : std::nullopt; }

  /// A wait for the lock. As in Notify, whoever waited takes mutex_ once before it goes on.
  struct [[nodiscard]] Lock : Waiter {
    explicit Lock(Mutex& the_mutex) noexcept : mutex(the_mutex) {}
    /// Dropped while it waits: leaves the list, or hands on the lock that it was given.
    ~Lock() {
      if (job && !leave()) mutex.unlock();
    }

    bool await_ready() const noexcept { return mutex.take(); }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard guard(mutex.mutex_);
      // The owner cannot unlock past us from here on. [owner] acquire, if it has unlocked since await_ready().
      if (mutex.state_.exchange(kContended, std::memory_order_acquire) == kFree) {
        mutex.state_.store(kLocked, std::memory_order_relaxed);  // it is ours, and nobody waits
        return false;
      }
      job = &suspend_in(here);
      mutex.waiters_.push_back(*this);
      return true;
    }
    Guard await_resume() noexcept {
      if (job) {
        const std::lock_guard guard(mutex.mutex_);
        job = nullptr;
      }
      return Guard(&mutex);
    }

    /// Returns: false if it has left the list already: the lock was handed to it.
    bool leave() noexcept {
      const std::lock_guard guard(mutex.mutex_);
      const bool in_list = linked;
      if (in_list) mutex.remove_locked(*this);
      return in_list;
    }

    Mutex& mutex;
  };

 private:
  // Values of state_. While nobody waits, to lock and to unlock are one compare-and-swap each, without mutex_.
  static constexpr int kFree = 0;    // -> locked, by whoever comes
  static constexpr int kLocked = 1;  // -> free, by its owner; -> contended, under mutex_, by whoever comes
  static constexpr int kContended =
      2;  // somebody waits; -> locked, under mutex_, when the list is empty again

  bool take() noexcept { return change(kFree, kLocked, std::memory_order_acquire); }

  void unlock() noexcept {
    // This is the last touch, if it succeeds: the next owner may free the mutex.
    while (!change(kLocked, kFree, std::memory_order_release)) {
      const std::lock_guard guard(mutex_);
      if (Waiter* const heir = waiters_.front()) {
        remove_locked(*heir);
        return heir->job->wake();  // it owns the mutex from here on
      }
      // The last waiter was dropped meanwhile: the state is kLocked again.
    }
  }

  // [owner] acquire in take(), release in unlock(): an owner sees what those before it have written. An heir sees it as
  // well: it takes mutex_ after the owner has.
  bool change(int from, int to, std::memory_order order) noexcept {
    return state_.compare_exchange_strong(from, to, order, std::memory_order_relaxed);
  }

  void remove_locked(Waiter& waiter) noexcept {
    waiters_.remove(waiter);
    // Relaxed: it publishes nothing. Somebody owns the mutex.
    if (waiters_.empty()) state_.store(kLocked, std::memory_order_relaxed);
  }

  std::atomic<int> state_{kFree};
  std::mutex mutex_;  // guards the list, and each change of state_ to or from contended
  Waiters waiters_;
};

}  // namespace mini
