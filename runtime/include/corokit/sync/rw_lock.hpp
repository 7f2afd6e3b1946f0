#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/rw_hold.hpp>

#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace corokit {

template <class T>
class RwLock;

namespace detail {
template <class T, class Owner, bool kIsWrite>
class RwLockAwaiter;
}  // namespace detail

/// The right to read what a RwLock guards, or a part of it; it ends when this dies. Move-only.
///
/// Requires: the lock outlives it (an OwnedRwLockReadGuard keeps it alive itself).
/// Thread-safety: one thread at a time; it may be held across suspensions, and die on any thread.
template <class T, class Owner = Unit>
class [[nodiscard("the lock is released when this dies")]] RwLockReadGuard {
 public:
  /// For RwLock and the guards.
  RwLockReadGuard(detail::RwHold<Owner> hold, const T& value) noexcept
      : hold_(std::move(hold)), value_(&value) {}

  const T& operator*() const noexcept {
    return *value_;
  }
  const T* operator->() const noexcept {
    return value_;
  }

  /// Turns it into a guard of a part of the value, that `part(const T&)` refers to.
  template <class F>
  auto map(F part)&& {
    auto& chosen = part(**this);
    return RwLockReadGuard<std::remove_cvref_t<decltype(chosen)>, Owner>(std::move(hold_), chosen);
  }

 private:
  detail::RwHold<Owner> hold_;
  const T* value_;
};

/// The right to change what a RwLock guards, or a part of it; as RwLockReadGuard otherwise.
template <class T, class Owner = Unit>
class [[nodiscard("the lock is released when this dies")]] RwLockWriteGuard {
  template <class U>
  using Read = RwLockReadGuard<U, Owner>;

 public:
  /// For RwLock and the guards.
  RwLockWriteGuard(detail::RwHold<Owner> hold, T & value) noexcept : hold_(std::move(hold)), value_(&value) {}

  T& operator*() const noexcept {
    return *value_;
  }
  T* operator->() const noexcept {
    return value_;
  }

  /// Turns it into a guard of a part of the value, that `part(T&)` refers to.
  template <class F>
  auto map(F part)&& {
    auto& chosen = part(**this);
    return RwLockWriteGuard<std::remove_reference_t<decltype(chosen)>, Owner>(std::move(hold_), chosen);
  }

  /// Goes on as a reader. Nobody writes in between; readers that wait in front of every writer come in.
  Read<T> downgrade()&& {
    return std::move(*this).downgrade_map([](const T& value) -> const T& { return value; });
  }
  /// The same, for a part of the value. While `part(const T&)` runs nobody else is in.
  template <class F>
  auto downgrade_map(F part)&& {
    auto& chosen = part(std::as_const(**this));
    hold_.keep_one();
    return Read<std::remove_cvref_t<decltype(chosen)>>(std::move(hold_), chosen);
  }
  /// The same, if `part(const T&)` gives a pointer to a part; if it gives null, the error is this guard.
  template <class F>
  auto try_downgrade_map(
      F part)&&->Result<Read<std::remove_cv_t<std::remove_pointer_t<std::invoke_result_t<F, const T&>>>>,
                        RwLockWriteGuard> {
    const auto* chosen = part(std::as_const(**this));
    if (!chosen) return Err<RwLockWriteGuard>(std::move(*this));
    hold_.keep_one();
    return Read<std::remove_cvref_t<decltype(*chosen)>>(std::move(hold_), *chosen);
  }

 private:
  detail::RwHold<Owner> hold_;
  T* value_;
};

template <class T>
using OwnedRwLockReadGuard = RwLockReadGuard<T, std::shared_ptr<const void>>;
template <class T>
using OwnedRwLockWriteGuard = RwLockWriteGuard<T, std::shared_ptr<const void>>;

/// A value that many may read at once, or one may change, also across suspensions:
///
///     auto guard = co_await lock.read();      // or lock.write()
///
/// Served first come, first served: a writer in line holds up the readers behind it, so that none starves,
/// and a task that reads twice at once may wait for itself. For short work a Mutex is cheaper.
///
/// Requires: it outlives who holds it and who waits; shared, with read_owned(), it does by itself.
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut()
///   and into_inner().
/// Complexity: 40 bytes beside the value; an uncontended lock or unlock is one compare-and-swap.
/// Source: tokio's RwLock (a semaphore whose permits a writer takes all).
template <class T>
class RwLock {
  using Shared = std::shared_ptr<RwLock>;
  using Owner = std::shared_ptr<const void>;
  using Take = detail::BatchSemaphore::Take;

 public:
  static constexpr std::size_t kMaxReaders = detail::BatchSemaphore::kMaxPermits;

  RwLock() requires std::is_default_constructible_v<T> : RwLock(T()) {}
  /// At most `max_readers` at once. Throws: std::invalid_argument for 0, or more than kMaxReaders.
  explicit RwLock(T value, std::size_t max_readers = kMaxReaders)
      : readers_(checked(max_readers)), core_(max_readers), value_(std::move(value)) {}
  /// Makes the value in place.
  template <class... Args>
  explicit RwLock(std::in_place_t, Args&&... args)
      : readers_(kMaxReaders), core_(kMaxReaders), value_(std::forward<Args>(args)...) {}

  /// Waits in line until it may read.
  ///
  /// Resumes: on the awaiting task's executor; never inside the call that made room.
  /// Returns: the guard.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place; a lock already handed to it goes to the next in line.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::RwLockAwaiter<T, Unit, false> read() noexcept { return {*this, Unit()}; }
  /// Waits in line until it may write. As read() otherwise.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as read(); the readers behind a writer that is dropped come in.
  [[nodiscard]] detail::RwLockAwaiter<T, Unit, true> write() noexcept { return {*this, Unit()}; }

  /// Locks it if that needs no waiting.
  [[nodiscard]] std::optional<RwLockReadGuard<T>> try_read() noexcept {
    if (core_.try_take(1) != Take::taken) return std::nullopt;
    return std::optional(read_guard(Unit()));
  }
  [[nodiscard]] std::optional<RwLockWriteGuard<T>> try_write() noexcept {
    if (core_.try_take(readers_) != Take::taken) return std::nullopt;
    return std::optional(write_guard(Unit()));
  }

  /// The same four, for guards that keep the lock alive. Throws: std::invalid_argument for null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as read() and write().
  [[nodiscard]] static detail::RwLockAwaiter<T, Owner, false> read_owned(Shared lock) {
    RwLock& target = checked(lock);
    return {target, std::move(lock)};
  }
  [[nodiscard]] static detail::RwLockAwaiter<T, Owner, true> write_owned(Shared lock) {
    RwLock& target = checked(lock);
    return {target, std::move(lock)};
  }
  [[nodiscard]] static std::optional<OwnedRwLockReadGuard<T>> try_read_owned(Shared lock) {
    RwLock& target = checked(lock);
    if (target.core_.try_take(1) != Take::taken) return std::nullopt;
    return std::optional(target.read_guard(Owner(std::move(lock))));
  }
  [[nodiscard]] static std::optional<OwnedRwLockWriteGuard<T>> try_write_owned(Shared lock) {
    RwLock& target = checked(lock);
    if (target.core_.try_take(target.readers_) != Take::taken) return std::nullopt;
    return std::optional(target.write_guard(Owner(std::move(lock))));
  }

  /// Blocks this thread, which is none of a runtime's. Throws: std::logic_error inside a runtime.
  RwLockReadGuard<T> blocking_read() { return detail::block_thread(read(), "RwLock::blocking_read"); }
  RwLockWriteGuard<T> blocking_write() { return detail::block_thread(write(), "RwLock::blocking_write"); }

  /// The value, without locking. Requires: nobody else uses the lock.
  T& get_mut() noexcept {
    assert(core_.available() == readers_ && "corokit: the lock is held");
    return value_;
  }
  /// Moves the value out. Requires: nobody else uses the lock.
  T into_inner() && { return std::move(get_mut()); }

 private:
  template <class, class, bool>
  friend class detail::RwLockAwaiter;

  static std::size_t checked(std::size_t max_readers) {
    if (max_readers == 0 || max_readers > kMaxReaders)
      throw std::invalid_argument("corokit: a RwLock admits 1 to kMaxReaders readers");
    return max_readers;
  }
  static RwLock& checked(const Shared& lock) {
    if (!lock) throw std::invalid_argument("corokit: no RwLock to lock");
    return *lock;
  }
  template <class Keep>
  RwLockReadGuard<T, Keep> read_guard(Keep owner) noexcept {
    return {detail::RwHold<Keep>(core_, 1, std::move(owner)), value_};
  }
  template <class Keep>
  RwLockWriteGuard<T, Keep> write_guard(Keep owner) noexcept {
    return {detail::RwHold<Keep>(core_, readers_, std::move(owner)), value_};
  }

  const std::size_t readers_;
  detail::BatchSemaphore core_;  // a reader takes one permit, a writer all
  T value_;
};

namespace detail {

template <class T, class Owner, bool kIsWrite>
class RwLockAwaiter : public Awaiter<RwLockAwaiter<T, Owner, kIsWrite>> {
 public:
  static constexpr const char* kName = kIsWrite ? "RwLock::write" : "RwLock::read";

  RwLockAwaiter(RwLock<T>& lock, Owner owner) noexcept
      : owner_(std::move(owner)), lock_(&lock), wait_(lock.core_, kIsWrite ? lock.readers_ : 1) {}
  RwLockAwaiter(RwLockAwaiter&& other) noexcept
      : Awaiter<RwLockAwaiter>(other),
        owner_(std::move(other.owner_)),
        lock_(other.lock_),
        wait_(other.wait_) {}
  ~RwLockAwaiter() = default;

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->branch()); }
  auto await_resume() noexcept {
    wait_.finish();  // never closed
    if constexpr (kIsWrite)
      return lock_->write_guard(std::move(owner_));
    else
      return lock_->read_guard(std::move(owner_));
  }

 private:
  [[no_unique_address]] Owner owner_;  // outlives wait_
  RwLock<T>* lock_;
  SemaphoreWait wait_;
};

}  // namespace detail
}  // namespace corokit
