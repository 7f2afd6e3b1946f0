#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/rw_hold.hpp>
#include <corokit/detail/value_rules.hpp>

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

/// Holds a RwLock for reading, and gives access to its value or a part of it; its destructor releases the lock.
/// Move-only.
///
/// Requires: the lock outlives the guard (an OwnedRwLockReadGuard keeps it alive).
/// Thread-safety: one thread at a time; it may be held across suspensions, and be destroyed on any thread.
template <class T, class Owner = Unit>
class [[nodiscard("its destructor releases the lock")]] RwLockReadGuard {
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

  /// Returns: a guard of the part of the value to which `part(const T&)` returns a reference, in place of this guard.
  /// Requires: the part stays where it is as long as the guard lives, as a member of the value does.
  template <class F>
  auto map(F part)&& {
    auto& chosen = detail::part_of(part, **this);
    return RwLockReadGuard<std::remove_cvref_t<decltype(chosen)>, Owner>(std::move(hold_), chosen);
  }
  /// As map(), for a `part(const T&)` that returns a pointer. If it returns null, the error is this guard.
  template <class F>
  auto try_map(F part)&& {
    const auto* chosen = detail::part_if_any(part, **this);
    using Part = RwLockReadGuard<std::remove_cvref_t<decltype(*chosen)>, Owner>;
    using Answer = Result<Part, RwLockReadGuard>;
    if (!chosen) return Answer(Err<RwLockReadGuard>(std::move(*this)));
    return Answer(Part(std::move(hold_), *chosen));
  }

 private:
  detail::RwHold<Owner> hold_;
  const T* value_;
};

/// Holds a RwLock for writing, and gives access to its value or a part of it. As RwLockReadGuard otherwise.
template <class T, class Owner = Unit>
class [[nodiscard("its destructor releases the lock")]] RwLockWriteGuard {
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

  /// Returns: a guard of the part of the value to which `part(T&)` returns a reference, in place of this guard.
  /// Requires: the part stays where it is as long as the guard lives, as a member of the value does.
  template <class F>
  auto map(F part)&& {
    auto& chosen = detail::part_of(part, **this);
    return RwLockWriteGuard<std::remove_reference_t<decltype(chosen)>, Owner>(std::move(hold_), chosen);
  }
  /// As map(), for a `part(T&)` that returns a pointer. If it returns null, the error is this guard.
  template <class F>
  auto try_map(F part)&& {
    auto* chosen = detail::part_if_any(part, **this);
    using Part = RwLockWriteGuard<std::remove_pointer_t<decltype(chosen)>, Owner>;
    using Answer = Result<Part, RwLockWriteGuard>;
    if (!chosen) return Answer(Err<RwLockWriteGuard>(std::move(*this)));
    return Answer(Part(std::move(hold_), *chosen));
  }

  /// Returns: a guard for reading, in place of this guard. No other task writes in between. The readers at the head of
  /// the queue, up to the first writer, get the lock too.
  Read<T> downgrade()&& {
    return std::move(*this).downgrade_map([](const T& value) -> const T& { return value; });
  }
  /// As downgrade(), for a part of the value. While `part(const T&)` runs, no other task holds the lock.
  template <class F>
  auto downgrade_map(F part)&& {
    auto& chosen = part(std::as_const(**this));
    hold_.keep_one();
    return Read<std::remove_cvref_t<decltype(chosen)>>(std::move(hold_), chosen);
  }
  /// As downgrade_map(), for a `part(const T&)` that returns a pointer. If it returns null, the error is this guard.
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

/// Guards a value that many tasks may read at once, or one task may change, even across suspensions:
///
///     auto guard = co_await lock.read();      // or lock.write()
///
/// Waiters are served first come, first served: readers wait behind a writer that came before them, so that no task
/// starves. A task that locks it twice for reading may therefore wait for itself. For short work a Mutex is cheaper.
///
/// Requires: the lock outlives its guards and waits (read_owned() and write_owned() keep it alive).
/// Thread-safety: may be called at once from any thread, except for construction, destruction, get_mut() and
///   into_inner().
/// Complexity: 40 bytes besides the value; an uncontended lock or unlock is one compare-and-swap.
/// Source: tokio's RwLock (a semaphore of which a reader takes one permit, and a writer all).
template <class T>
class RwLock {
  static_assert(detail::is_kept_type<T>());
  using Shared = std::shared_ptr<RwLock>;
  using Owner = std::shared_ptr<const void>;
  using Take = detail::BatchSemaphore::Take;

 public:
  static constexpr std::size_t kMaxReaders = detail::BatchSemaphore::kMaxPermits;

  RwLock() requires std::is_default_constructible_v<T> : RwLock(T()) {}
  /// `max_readers`: how many tasks may read at once.
  /// Throws: std::invalid_argument if `max_readers` is 0 or more than kMaxReaders.
  explicit RwLock(T value, std::size_t max_readers = kMaxReaders)
      : readers_(checked(max_readers)), core_(max_readers), value_(std::move(value)) {}
  /// Constructs the value in place.
  template <class... Args>
  explicit RwLock(std::in_place_t, Args&&... args)
      : readers_(kMaxReaders), core_(kMaxReaders), value_(std::forward<Args>(args)...) {}

  /// Locks it for reading, after waiting in the queue.
  ///
  /// Resumes: on the awaiting task's executor; never inside the call that released the lock.
  /// Returns: the guard.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place in the queue; a lock that it was already given goes to the next
  ///   waiters.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::RwLockAwaiter<T, Unit, false> read() noexcept { return {*this, Unit()}; }
  /// Locks it for writing, after waiting in the queue. As read() otherwise.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as read(); the readers behind a dropped writer get the lock if only readers hold it.
  [[nodiscard]] detail::RwLockAwaiter<T, Unit, true> write() noexcept { return {*this, Unit()}; }

  /// Locks it for reading if that needs no waiting. Returns: the guard, or none.
  [[nodiscard]] std::optional<RwLockReadGuard<T>> try_read() noexcept {
    if (core_.try_take(1) != Take::taken) return std::nullopt;
    return std::optional(read_guard(Unit()));
  }
  /// As try_read(), for writing.
  [[nodiscard]] std::optional<RwLockWriteGuard<T>> try_write() noexcept {
    if (core_.try_take(readers_) != Take::taken) return std::nullopt;
    return std::optional(write_guard(Unit()));
  }

  /// As read(), for a guard that keeps the lock alive.
  /// Throws: std::invalid_argument if `lock` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as read().
  [[nodiscard]] static detail::RwLockAwaiter<T, Owner, false> read_owned(Shared lock) {
    RwLock& target = checked(lock);
    return {target, std::move(lock)};
  }
  /// As write(), for a guard that keeps the lock alive. Throws: std::invalid_argument if `lock` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as write().
  [[nodiscard]] static detail::RwLockAwaiter<T, Owner, true> write_owned(Shared lock) {
    RwLock& target = checked(lock);
    return {target, std::move(lock)};
  }
  /// As try_read(), for a guard that keeps the lock alive. Throws: std::invalid_argument if `lock` is null.
  [[nodiscard]] static std::optional<OwnedRwLockReadGuard<T>> try_read_owned(Shared lock) {
    RwLock& target = checked(lock);
    if (target.core_.try_take(1) != Take::taken) return std::nullopt;
    return std::optional(target.read_guard(Owner(std::move(lock))));
  }
  /// As try_write(), for a guard that keeps the lock alive. Throws: std::invalid_argument if `lock` is null.
  [[nodiscard]] static std::optional<OwnedRwLockWriteGuard<T>> try_write_owned(Shared lock) {
    RwLock& target = checked(lock);
    if (target.core_.try_take(target.readers_) != Take::taken) return std::nullopt;
    return std::optional(target.write_guard(Owner(std::move(lock))));
  }

  /// As read(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  RwLockReadGuard<T> blocking_read() { return detail::block_thread(read(), "RwLock::blocking_read"); }
  /// As write(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  RwLockWriteGuard<T> blocking_write() { return detail::block_thread(write(), "RwLock::blocking_write"); }

  /// Returns: the value, without locking. Requires: nothing else uses the lock.
  T& get_mut() noexcept {
    assert(core_.available() == readers_ && "corokit: the lock is held");
    return value_;
  }
  /// Moves the value out. Requires: nothing else uses the lock.
  T into_inner() && { return std::move(get_mut()); }

 private:
  template <class, class, bool>
  friend class detail::RwLockAwaiter;

  static std::size_t checked(std::size_t max_readers) {
    if (max_readers == 0 || max_readers > kMaxReaders)
      throw std::invalid_argument("corokit: a RwLock admits 1 to kMaxReaders readers at once");
    return max_readers;
  }
  static RwLock& checked(const Shared& lock) {
    if (!lock) throw std::invalid_argument("corokit: the pointer to the RwLock is null");
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
  detail::BatchSemaphore core_;  // a reader takes one permit, a writer takes all
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
    wait_.finish();  // always true, since the semaphore of a lock is never closed
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
