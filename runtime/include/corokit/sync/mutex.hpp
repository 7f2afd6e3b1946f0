#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/cell.hpp>

#include <cassert>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace corokit {

template <class T = void>
class Mutex;

namespace detail {
template <class T, class Ref>
class LockAwaiter;
}  // namespace detail

/// The right to a Mutex and its value; it ends when this dies. Move-only. `Ref` says how it refers to the
/// mutex.
///
/// Requires: the mutex outlives it (an OwnedMutexGuard keeps it alive itself).
/// Thread-safety: one thread at a time; it may be held across suspensions, and die on any thread.
template <class T, class Ref>
class [[nodiscard("the mutex is unlocked when this dies")]] BasicMutexGuard {
 public:
  BasicMutexGuard(BasicMutexGuard && other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  BasicMutexGuard& operator=(BasicMutexGuard&& other) noexcept {
    if (this != &other) {
      unlock();
      mutex_ = std::exchange(other.mutex_, nullptr);
    }
    return *this;
  }
  ~BasicMutexGuard() {
    unlock();
  }

  detail::Stored<T>& operator*() const noexcept requires(!std::is_void_v<T>) {
    return mutex_->value_;
  }
  detail::Stored<T>* operator->() const noexcept requires(!std::is_void_v<T>) {
    return &mutex_->value_;
  }

 private:
  friend class Mutex<T>;
  friend class detail::LockAwaiter<T, Ref>;
  explicit BasicMutexGuard(Ref mutex) noexcept : mutex_(std::move(mutex)) {}
  void unlock() noexcept {
    if (const Ref mutex = std::exchange(mutex_, nullptr)) mutex->core_.give(1);
  }

  Ref mutex_;
};

template <class T = void>
using MutexGuard = BasicMutexGuard<T, Mutex<T>*>;
template <class T = void>
using OwnedMutexGuard = BasicMutexGuard<T, std::shared_ptr<Mutex<T>>>;

namespace detail {

template <class T, class Ref = Mutex<T>*>
class LockAwaiter : public Awaiter<LockAwaiter<T, Ref>> {
 public:
  static constexpr const char* kName = "Mutex::lock";

  explicit LockAwaiter(Ref mutex) noexcept : mutex_(std::move(mutex)), wait_(mutex_->core_, 1) {}
  LockAwaiter(LockAwaiter&& other) noexcept
      : Awaiter<LockAwaiter>(other), mutex_(std::move(other.mutex_)), wait_(other.wait_) {}
  ~LockAwaiter() = default;

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->branch()); }
  BasicMutexGuard<T, Ref> await_resume() noexcept {
    wait_.finish();  // never closed
    return BasicMutexGuard<T, Ref>(std::move(mutex_));
  }

 private:
  Ref mutex_;  // outlives wait_
  SemaphoreWait wait_;
};

}  // namespace detail

/// A value that one task at a time may touch, also across suspensions:
///
///     auto guard = co_await mutex.lock();
///     guard->push_back(1);
///
/// Mutex<> guards no value. Unlocking hands it to who has waited longest; nobody overtakes. An exception
/// that passes a guard unlocks, and marks nothing. For a few instructions without a co_await a std::mutex
/// is cheaper.
///
/// Requires: it outlives who holds it and who waits; shared, with lock_owned(), it does by itself. Locking it
///   twice in one task is a deadlock.
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut()
///   and into_inner().
/// Complexity: 32 bytes beside the value; an uncontended lock or unlock is one compare-and-swap.
/// Source: tokio's Mutex (a semaphore of one permit).
template <class T>
class Mutex {
 public:
  Mutex() requires std::is_default_constructible_v<detail::Stored<T>>
  = default;
  explicit Mutex(detail::Stored<T> value) requires(!std::is_void_v<T>) : value_(std::move(value)) {}
  /// Makes the value in place.
  template <class... Args>
  requires(!std::is_void_v<T>) explicit Mutex(std::in_place_t, Args&&... args)
      : value_(std::forward<Args>(args)...) {}

  /// Locks it, waiting in line.
  ///
  /// Resumes: on the awaiting task's executor; never inside the unlocking call.
  /// Returns: the guard.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place; a lock already handed to it goes to the next in line.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::LockAwaiter<T> lock() noexcept { return detail::LockAwaiter<T>(this); }

  /// Locks it if nobody holds it and nobody waits.
  [[nodiscard]] std::optional<MutexGuard<T>> try_lock() noexcept {
    if (core_.try_take(1) != detail::BatchSemaphore::Take::taken) return std::nullopt;
    return MutexGuard<T>(this);
  }

  /// The same two, for a guard that keeps the mutex alive. Throws: std::invalid_argument for null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as lock().
  [[nodiscard]] static detail::LockAwaiter<T, std::shared_ptr<Mutex>> lock_owned(
      std::shared_ptr<Mutex> mutex) {
    return detail::LockAwaiter<T, std::shared_ptr<Mutex>>(checked(std::move(mutex)));
  }
  [[nodiscard]] static std::optional<OwnedMutexGuard<T>> try_lock_owned(std::shared_ptr<Mutex> mutex) {
    if (checked(mutex)->core_.try_take(1) != detail::BatchSemaphore::Take::taken) return std::nullopt;
    return OwnedMutexGuard<T>(std::move(mutex));
  }

  /// Locks it, blocking this thread, which is none of a runtime's. Throws: std::logic_error inside a runtime.
  MutexGuard<T> blocking_lock() { return detail::block_thread(lock(), "Mutex::blocking_lock"); }

  /// The value, without locking. Requires: nobody else uses the mutex.
  detail::Stored<T>& get_mut() noexcept requires(!std::is_void_v<T>) {
    assert(core_.available() == 1 && "corokit: the mutex is locked");
    return value_;
  }
  /// Moves the value out. Requires: nobody else uses the mutex.
  T into_inner() && requires(!std::is_void_v<T>) { return std::move(get_mut()); }

 private:
  template <class, class>
  friend class BasicMutexGuard;
  template <class, class>
  friend class detail::LockAwaiter;

  static std::shared_ptr<Mutex> checked(std::shared_ptr<Mutex> mutex) {
    if (!mutex) throw std::invalid_argument("corokit: no mutex to lock");
    return mutex;
  }

  detail::BatchSemaphore core_{1};
  [[no_unique_address]] detail::Stored<T> value_{};
};

}  // namespace corokit
