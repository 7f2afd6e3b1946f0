#pragma once
// Another right Mutex, without a std::mutex: one more bit of the atomic word is a spin lock, and guards the list. While
// it is set, only who has set it may change the word, so the word is written with plain stores: to let go of the list,
// and to change who owns the Mutex, are one and the same store. That buys a smaller object, and it is easier to see that
// nothing is touched after the last step. A thread that is descheduled while it has the bit set lets others spin, which
// a std::mutex would put to sleep.
#include <06_mutex/given.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

namespace mini {

class Mutex {
 public:
  struct Lock;
  struct Unlock {
    void operator()(Mutex* mutex) const noexcept { mutex->unlock(); }
  };
  using Guard = std::unique_ptr<Mutex, Unlock>;

  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  Lock lock() noexcept { return Lock(*this); }
  std::optional<Guard> try_lock() noexcept { return take() ? std::optional(Guard(this)) : std::nullopt; }

  struct [[nodiscard]] Lock : Waiter {
    explicit Lock(Mutex& the_mutex) noexcept : mutex(the_mutex) {}
    ~Lock() {
      if (!job) return;
      mutex.open_list();
      if (linked) {
        mutex.waiters_.remove(*this);
        mutex.close_list(kOwned);
      } else {
        mutex.hand_over();
      }
    }

    bool await_ready() const noexcept { return mutex.take(); }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const bool waits = mutex.open_list() & kOwned;
      if (waits) {
        job = &suspend_in(here);
        mutex.waiters_.push_back(*this);
      }
      mutex.close_list(kOwned);
      return waits;
    }
    Guard await_resume() noexcept {
      if (job) {
        mutex.open_list();
        mutex.close_list(kOwned);
        job = nullptr;
      }
      return Guard(&mutex);
    }

    Mutex& mutex;
  };

 private:
  // Bits of state_.
  static constexpr unsigned kOwned = 1;
  static constexpr unsigned kWaiting = 2;  // the list is not empty
  static constexpr unsigned kOpen = 4;     // somebody uses the list, and alone may change the word

  bool take() noexcept {
    unsigned expected = 0;
    // [owner] acquire: sees what the owners before have written. Pairs with the releases below.
    return state_.compare_exchange_strong(expected, kOwned, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  void unlock() noexcept {
    unsigned expected = kOwned;
    // [owner] release.
    if (state_.compare_exchange_strong(expected, 0, std::memory_order_release, std::memory_order_relaxed))
      return;
    open_list();
    hand_over();
  }

  /// The list is open, and the caller owns the mutex.
  void hand_over() noexcept {
    Waiter* const heir = waiters_.pop_front();
    if (heir) heir->job->wake();
    close_list(heir ? kOwned : 0);
  }

  /// Returns: the other bits.
  unsigned open_list() noexcept {
    unsigned state = state_.load(std::memory_order_relaxed);
    // [owner] acquire, also for the list.
    while ((state & kOpen) || !state_.compare_exchange_weak(state, state | kOpen, std::memory_order_acquire,
                                                            std::memory_order_relaxed)) {
      std::this_thread::yield();
      state = state_.load(std::memory_order_relaxed);
    }
    return state;
  }
  void close_list(unsigned owned) noexcept {
    // [owner] release, also for the list.
    state_.store(owned | (waiters_.empty() ? 0 : kWaiting), std::memory_order_release);
  }

  std::atomic<unsigned> state_{0};
  Waiters waiters_;  // guarded by kOpen
};

}  // namespace mini
