#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/sync/rw_hold.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/cell.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/result.hpp>

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
template <class T, class Ref>
class ConditionAwaiter;
template <class T, class Ref, class F>
class ConditionUntil;
}  // namespace detail

/// Holds a Mutex, and gives access to a part of its value; its destructor unlocks the mutex. Move-only. The guards make
/// it, with map() and try_map().
///
/// Requires: the mutex outlives the guard (an OwnedMappedMutexGuard keeps it alive), and the part stays where it is as
///   long as the guard lives.
/// Thread-safety: one thread at a time; it may be held across suspensions, and be destroyed on any thread.
template <class U, class Owner>
class [[nodiscard("its destructor unlocks the mutex")]] BasicMappedMutexGuard {
  template <class V>
  using Part = BasicMappedMutexGuard<V, Owner>;

 public:
  /// For the guards.
  BasicMappedMutexGuard(detail::RwHold<Owner> hold, U & part) noexcept
      : hold_(std::move(hold)), part_(&part) {}

  U& operator*() const noexcept {
    return *part_;
  }
  U* operator->() const noexcept {
    return part_;
  }

  /// Returns: a guard of a part of this part, as BasicMutexGuard::map().
  template <class F>
  auto map(F part)&& {
    auto& chosen = detail::part_of(part, **this);
    return Part<std::remove_reference_t<decltype(chosen)>>(std::move(hold_), chosen);
  }
  /// Returns: a guard of a part of this part, or this guard, as BasicMutexGuard::try_map().
  template <class F>
  auto try_map(F part)&& {
    auto* chosen = detail::part_if_any(part, **this);
    using Chosen = Part<std::remove_pointer_t<decltype(chosen)>>;
    using Answer = Result<Chosen, BasicMappedMutexGuard>;
    if (!chosen) return Answer(Err<BasicMappedMutexGuard>(std::move(*this)));
    return Answer(Chosen(std::move(hold_), *chosen));
  }

 private:
  detail::RwHold<Owner> hold_;
  U* part_;
};

template <class U>
using MappedMutexGuard = BasicMappedMutexGuard<U, Unit>;
template <class U>
using OwnedMappedMutexGuard = BasicMappedMutexGuard<U, std::shared_ptr<const void>>;

/// Holds a Mutex, and gives access to its value; its destructor unlocks the mutex. Move-only. `Ref` is the type of its
/// reference to the mutex.
///
/// Requires: the mutex outlives the guard (an OwnedMutexGuard keeps it alive).
/// Thread-safety: one thread at a time; it may be held across suspensions, and be destroyed on any thread.
template <class T, class Ref>
class [[nodiscard("its destructor unlocks the mutex")]] BasicMutexGuard {
  using PartOwner = std::conditional_t<std::is_pointer_v<Ref>, Unit, std::shared_ptr<const void>>;
  template <class U>
  using Part = BasicMappedMutexGuard<U, PartOwner>;

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

  /// Makes a guard of the part of the value to which `part(T&)` returns a reference, in place of this guard:
  ///
  ///     auto name = std::move(guard).map([](User& user) -> auto& { return user.name; });
  ///
  /// The mutex stays locked, and this guard is empty afterwards.
  ///
  /// Requires: this guard holds the mutex. The part stays where it is as long as the new guard lives: it is a member of
  ///   the value, say, or belongs to what the value owns and nobody replaces meanwhile; never a local variable of
  ///   `part`.
  /// Returns: the new guard, a MappedMutexGuard, or an OwnedMappedMutexGuard, which keeps the mutex alive.
  /// Throws: what `part` throws, in which case this guard still holds the mutex.
  /// Complexity: O(1), no allocation.
  template <class F>
      auto map(F part) && requires(!std::is_void_v<T>) {
    auto& chosen = detail::part_of(part, **this);
    return Part<std::remove_reference_t<decltype(chosen)>>(std::move(*this).hold(), chosen);
  }
  /// As map(), for a `part(T&)` that returns a pointer, which may be null:
  ///
  ///     auto found = std::move(guard).try_map([&](Users& users) { return users.find(id); });
  ///     if (!found) return insert(std::move(found).error(), id);       // the guard of all users
  ///
  /// Returns: the new guard; or, if the pointer is null, this guard as the error.
  template <class F>
      auto try_map(F part) && requires(!std::is_void_v<T>) {
    auto* chosen = detail::part_if_any(part, **this);
    using Chosen = Part<std::remove_pointer_t<decltype(chosen)>>;
    using Answer = Result<Chosen, BasicMutexGuard>;
    if (!chosen) return Answer(Err<BasicMutexGuard>(std::move(*this)));
    return Answer(Chosen(std::move(*this).hold(), *chosen));
  }

 private:
  friend class Mutex<T>;
  friend class detail::LockAwaiter<T, Ref>;
  friend class detail::ConditionAwaiter<T, Ref>;
  template <class, class, class>
  friend class detail::ConditionUntil;
  explicit BasicMutexGuard(Ref mutex) noexcept : mutex_(std::move(mutex)) {}
  detail::RwHold<PartOwner> hold()&& noexcept {
    Ref mutex = std::exchange(mutex_, nullptr);
    detail::BatchSemaphore& core = mutex->core_;
    if constexpr (std::is_pointer_v<Ref>)
      return {core, 1, Unit()};
    else
      return {core, 1, std::move(mutex)};
  }
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
    wait_.finish();  // always true, since the semaphore of a mutex is never closed
    return BasicMutexGuard<T, Ref>(std::move(mutex_));
  }

 private:
  Ref mutex_;  // outlives wait_
  SemaphoreWait wait_;
};

}  // namespace detail

/// Guards a value that one task at a time may use, even across suspensions:
///
///     auto guard = co_await mutex.lock();
///     guard->push_back(1);
///
/// Mutex<> guards no value. Waiters are served first come, first served: unlocking hands the mutex to the task that
/// has waited longest. An exception that leaves the scope of a guard unlocks the mutex, which is not poisoned. For a
/// few instructions without a co_await, a std::mutex is cheaper.
///
/// Requires: the mutex outlives its guards and waits (lock_owned() keeps it alive). A task that locks it twice waits
///   for itself.
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut() and
///   into_inner().
/// Complexity: 32 bytes besides the value; an uncontended lock or unlock is one compare-and-swap.
/// Source: tokio's Mutex (a semaphore of one permit).
template <class T>
class Mutex {
  static_assert(detail::is_kept_type<detail::Stored<T>>());

 public:
  Mutex() requires std::is_default_constructible_v<detail::Stored<T>>
  = default;
  /// A mutex that holds `value`, and is not locked.
  explicit Mutex(detail::Stored<T> value) requires(!std::is_void_v<T>) : value_(std::move(value)) {}
  /// Constructs the value in place.
  template <class... Args>
  requires(!std::is_void_v<T>) explicit Mutex(std::in_place_t, Args&&... args)
      : value_(std::forward<Args>(args)...) {}

  /// Locks the mutex, after waiting in the queue if it is held.
  ///
  /// Resumes: on the awaiting task's executor; never inside the unlocking call.
  /// Returns: the guard.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place in the queue; a lock that it was already given goes to the next
  ///   waiter.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::LockAwaiter<T> lock() noexcept { return detail::LockAwaiter<T>(this); }

  /// Locks the mutex if it is free. Returns: the guard, or none.
  [[nodiscard]] std::optional<MutexGuard<T>> try_lock() noexcept {
    if (core_.try_take(1) != detail::BatchSemaphore::Take::taken) return std::nullopt;
    return MutexGuard<T>(this);
  }

  /// As lock(), for a guard that keeps the mutex alive.
  /// Throws: std::invalid_argument if `mutex` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as lock().
  [[nodiscard]] static detail::LockAwaiter<T, std::shared_ptr<Mutex>> lock_owned(
      std::shared_ptr<Mutex> mutex) {
    return detail::LockAwaiter<T, std::shared_ptr<Mutex>>(checked(std::move(mutex)));
  }
  /// As try_lock(), for a guard that keeps the mutex alive. Throws: std::invalid_argument if `mutex` is null.
  [[nodiscard]] static std::optional<OwnedMutexGuard<T>> try_lock_owned(std::shared_ptr<Mutex> mutex) {
    if (checked(mutex)->core_.try_take(1) != detail::BatchSemaphore::Take::taken) return std::nullopt;
    return OwnedMutexGuard<T>(std::move(mutex));
  }

  /// As lock(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  MutexGuard<T> blocking_lock() { return detail::block_thread(lock(), "Mutex::blocking_lock"); }

  /// Returns: the value, without locking. Requires: nothing else uses the mutex.
  detail::Stored<T>& get_mut() noexcept requires(!std::is_void_v<T>) {
    assert(core_.available() == 1 && "corokit: the mutex is locked");
    return value_;
  }
  /// Moves the value out. Requires: nothing else uses the mutex.
  T into_inner() && requires(!std::is_void_v<T>) { return std::move(get_mut()); }

 private:
  template <class, class>
  friend class BasicMutexGuard;
  template <class, class>
  friend class detail::LockAwaiter;
  template <class, class>
  friend class detail::ConditionAwaiter;
  template <class, class, class>
  friend class detail::ConditionUntil;

  static std::shared_ptr<Mutex> checked(std::shared_ptr<Mutex> mutex) {
    if (!mutex) throw std::invalid_argument("corokit: the pointer to the Mutex is null");
    return mutex;
  }

  detail::BatchSemaphore core_{1};
  [[no_unique_address]] detail::Stored<T> value_{};
};

}  // namespace corokit
