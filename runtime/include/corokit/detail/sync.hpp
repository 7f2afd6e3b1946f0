#pragma once
// The one seam through which the runtime takes its atomics and its locks. A build that schedules at every
// atomic operation (tests/unit/model) replaces what stands here, and the threads of executor/thread.hpp.
#include <atomic>
#include <cstdint>

#ifdef COROKIT_MODEL
#include <model/seam.hpp>
#endif

namespace corokit::detail {

#ifdef COROKIT_MODEL
inline constexpr bool kModel = true;  // queues are short then, so that a few operations fill them
template <class T>
using Atomic = model::Atomic<T>;
#else
inline constexpr bool kModel = false;
template <class T>
using Atomic = std::atomic<T>;
#endif

/// Tells the processor that this is a spin loop.
inline void cpu_relax() noexcept {
#if defined(COROKIT_MODEL)
  if (model::World* world = model::World::current()) world->relax();
#elif defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Sleeps in the kernel while `word == expected`, at most `timeout_ns` (negative: no limit). May return
/// early.
void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept;
/// Wakes one sleeper of `word`. The word's memory may already be gone: the kernel only compares the address.
void futex_wake_one(const Atomic<std::uint32_t>& word) noexcept;

/// A lock of four bytes for critical sections of a few instructions: spins a little, then sleeps.
///
/// It may be destroyed as soon as another thread can hold it: unlock() does not touch the word after the
/// exchange that frees it.
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
  static constexpr std::uint32_t kHeld = 1;       // held, nobody sleeps
  static constexpr std::uint32_t kContended = 2;  // held, and somebody may sleep

  void lock_slow() noexcept;

  Atomic<std::uint32_t> state_{kFree};
};

/// Holds a Lock for a scope. `x_locked(const Locked&)` functions take one as proof.
class [[nodiscard]] Locked {
 public:
  explicit Locked(Lock& lock) noexcept : Locked(lock, true) {}
  /// `needed`: false where one thread at a time is there anyway; then nothing is locked.
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

/// Puts one thread to sleep until another one calls unpark(); an unpark() that comes first is remembered.
class Parker {
 public:
  /// Returns at once if a token is there, else sleeps until unpark() or for `timeout_ns` (negative: no
  /// limit). Returns: whether a token was taken.
  bool park(std::int64_t timeout_ns) noexcept;
  void unpark() noexcept;

 private:
  static constexpr std::uint32_t kEmpty = 0;   // owner runs
  static constexpr std::uint32_t kParked = 1;  // owner sleeps or is about to; set by the owner
  static constexpr std::uint32_t kToken = 2;   // unparked; set by any thread, cleared by the owner
  Atomic<std::uint32_t> state_{kEmpty};
};

}  // namespace corokit::detail
