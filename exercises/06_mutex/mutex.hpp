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

  // TODO: Guard(this) if the mutex is free; none if it is locked.
  std::optional<Guard> try_lock() noexcept { return std::nullopt; }

  /// A wait for the lock.
  struct [[nodiscard]] Lock : Waiter {
    explicit Lock(Mutex& the_mutex) noexcept : mutex(the_mutex) {}

    // TODO: a wait that is dropped leaves the list; if the lock was handed to it, it hands it on.
    ~Lock() {}

    // TODO: the fast path: lock the mutex if it is free, with one compare-and-swap.
    bool await_ready() const noexcept { return true; }

    // TODO: look once more, in one step with joining the list; return false if the mutex is ours, true if we wait.
    bool await_suspend(std::coroutine_handle<> here) noexcept { return (void)here, false; }

    // TODO: is the task that unlocked through with the mutex?
    Guard await_resume() noexcept { return Guard(&mutex); }

    Mutex& mutex;
  };

 private:
  // TODO: the fast path if nobody waits; else hand the lock over to the oldest waiter, and wake it.
  void unlock() noexcept {}

  // TODO: an atomic state (free, locked, somebody waits), a std::mutex, the list.
};

}  // namespace mini
