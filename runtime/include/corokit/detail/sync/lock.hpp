#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <cstdint>

namespace corokit::detail {

/// A lock of four bytes for critical sections of a few instructions. A thread that waits for it spins, then sleeps.
///
/// A thread that has taken the lock may destroy it after its own unlock(), even if the unlock() of the previous holder
/// has not returned yet: unlock() does not touch the word after the exchange that frees the lock.
class Lock {
 public:
  Lock() noexcept = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void lock() noexcept {
    std::uint32_t expected = kFree;
    // [lock] acquire: sees what the last holder wrote. Pairs with: [lock] release in unlock().
    if (!state_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                        std::memory_order_relaxed))
      lock_slow();
  }

  bool try_lock() noexcept {
    std::uint32_t expected = kFree;
    return state_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  void unlock() noexcept {
    // [lock] release: publishes the critical section. Pairs with: [lock] acquire in lock().
    if (state_.exchange(kFree, std::memory_order_release) == kContended) futex_wake_one(state_);
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;       // held, and no thread sleeps
  static constexpr std::uint32_t kContended = 2;  // held, and a thread may sleep

  void lock_slow() noexcept;

  Atomic<std::uint32_t> state_{kFree};
};

/// Holds a Lock for a scope. Functions named `x_locked(const Locked&)` take one as a proof that the lock is held.
class [[nodiscard]] Locked {
 public:
  explicit Locked(Lock& lock) noexcept : Locked(lock, true) {}
  /// `needed`: false if only one thread uses the object, in which case nothing is locked.
  Locked(Lock& lock, bool needed) noexcept : lock_(needed ? &lock : nullptr) {
    if (lock_) lock_->lock();
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() {
    if (lock_) lock_->unlock();
  }
  void unlock() noexcept {
    lock_->unlock();
    lock_ = nullptr;
  }

 private:
  Lock* lock_;
};

}  // namespace corokit::detail
