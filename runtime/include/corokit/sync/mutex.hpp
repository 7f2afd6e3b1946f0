#pragma once
#include <corokit/detail/awaiter.hpp>
#include <corokit/detail/batch_semaphore.hpp>
#include <corokit/detail/cell.hpp>

#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit {

template <class T = void>
class Mutex;
template <class T = void>
class MutexGuard;

namespace detail {
template <class T>
class LockAwaiter;
}  // namespace detail

/// The right to a Mutex and its value; it ends when this dies. Move-only.
///
/// Requires: the mutex outlives it.
/// Thread-safety: one thread at a time; it may be held across suspensions, and die on any thread.
template <class T>
class [[nodiscard("the mutex is unlocked when this dies")]] MutexGuard {
 public:
  MutexGuard(MutexGuard && other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  MutexGuard& operator=(MutexGuard&& other) noexcept {
    if (this != &other) {
      unlock();
      mutex_ = std::exchange(other.mutex_, nullptr);
    }
    return *this;
  }
  ~MutexGuard() {
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
  friend class detail::LockAwaiter<T>;
  explicit MutexGuard(Mutex<T> & mutex) noexcept : mutex_(&mutex) {}
  void unlock() noexcept {
    if (mutex_) std::exchange(mutex_, nullptr)->core_.give(1);
  }

  Mutex<T>* mutex_;
};

namespace detail {

template <class T>
class LockAwaiter : public Awaiter<LockAwaiter<T>> {
 public:
  static constexpr const char* kName = "Mutex::lock";

  explicit LockAwaiter(Mutex<T>& mutex) noexcept : mutex_(&mutex), wait_(mutex.core_, 1) {}
  LockAwaiter(LockAwaiter&& other) noexcept
      : Awaiter<LockAwaiter>(other), mutex_(other.mutex_), wait_(other.wait_) {}
  ~LockAwaiter() = default;

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->strand()); }
  MutexGuard<T> await_resume() noexcept {
    wait_.finish();  // never closed
    return MutexGuard<T>(*mutex_);
  }

 private:
  Mutex<T>* mutex_;
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
/// Requires: it outlives who holds it and who waits. Locking it twice in one task is a deadlock.
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
  [[nodiscard]] detail::LockAwaiter<T> lock() noexcept { return detail::LockAwaiter<T>(*this); }

  /// Locks it if nobody holds it and nobody waits.
  [[nodiscard]] std::optional<MutexGuard<T>> try_lock() noexcept {
    if (core_.try_take(1) != detail::BatchSemaphore::Take::taken) return std::nullopt;
    return MutexGuard<T>(*this);
  }

  /// The value, without locking. Requires: nobody else uses the mutex.
  detail::Stored<T>& get_mut() noexcept requires(!std::is_void_v<T>) {
    assert(core_.available() == 1 && "corokit: the mutex is locked");
    return value_;
  }
  /// Moves the value out. Requires: nobody else uses the mutex.
  T into_inner() && requires(!std::is_void_v<T>) { return std::move(get_mut()); }

 private:
  friend class MutexGuard<T>;
  friend class detail::LockAwaiter<T>;

  detail::BatchSemaphore core_{1};
  [[no_unique_address]] detail::Stored<T> value_{};
};

}  // namespace corokit
