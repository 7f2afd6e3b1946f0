#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>

#include <cassert>
#include <cstddef>
#include <limits>
#include <utility>

namespace corokit::detail {

class SemaphoreWait;

/// Counts permits, and queues the tasks that wait for them. Semaphore, Mutex, RwLock, SetOnce and the bounded mpsc
/// channel are built on it.
///
/// A waiter for several permits collects them at the head of the queue, so a later, smaller request never overtakes it.
///
/// Its edges:
///   [permit]  From the thread that gives permits to the thread that takes them. Release in give() and give_locked();
///             acquire in try_take(), enqueue() and is_closed_with(). Every change of the word is a read-modify-write,
///             so a take also sees what earlier givers wrote. Permits that go to a waiter are published by the lock and
///             the wake-up.
///   [close]   From close() to the thread that sees that the semaphore is closed. Release in close(); acquire where
///             kClosed is read.
class BatchSemaphore {
 public:
  static constexpr std::size_t kMaxPermits = std::numeric_limits<std::size_t>::max() >> 3;

  enum class Take {
    taken,
    not_enough,
    closed,
  };

  explicit BatchSemaphore(std::size_t permits) noexcept : state_(permits << kShift) {}
  BatchSemaphore(const BatchSemaphore&) = delete;
  BatchSemaphore& operator=(const BatchSemaphore&) = delete;
  /// Waits until a give() that has already served its waiter has left the lock.
  ~BatchSemaphore() {
    const Locked last(lock_);
    assert(waiters_.empty() && "corokit: a primitive was destroyed while a task waits for it");
  }

  /// Takes permits without waiting. It fails while a task waits, since no permit is free then.
  /// Complexity: one compare-and-swap.
  Take try_take(std::size_t permits) noexcept {
    // [permit], [close] acquire. Pairs with: [permit] release in give(), [close] release in close().
    //   If relaxed: the new holder may not see what the last holder wrote.
    Word word = state_.load(std::memory_order_acquire);
    do {
      if (word & kClosed) return Take::closed;
      if ((word >> kShift) < permits) return Take::not_enough;
    } while (!state_.compare_exchange_weak(word, word - (permits << kShift), std::memory_order_acquire,
                                           std::memory_order_acquire));
    return Take::taken;
  }

  /// Gives permits back, to the waiters first. Returns: whether the semaphore is closed.
  /// Complexity: one compare-and-swap, unless a task waits.
  bool give(std::size_t permits) noexcept {
    Word word = state_.load(std::memory_order_relaxed);  // a stale value makes the exchange fail
    while (!(word & kWaiters)) {
      // [permit] release: publishes what the holder wrote. Pairs with: [permit] acquire in try_take().
      if (state_.compare_exchange_weak(word, word + (permits << kShift), std::memory_order_release,
                                       std::memory_order_relaxed))
        return (word & kClosed) != 0;
    }
    return give_slow(permits);
  }

  /// Destroys up to `permits` free permits. Returns: how many it destroyed.
  std::size_t forget(std::size_t permits) noexcept;
  /// Closes the semaphore: it ends all waits, and no task waits from here on.
  void close() noexcept;

  bool is_closed() const noexcept {
    // [close] acquire. Pairs with: [close] release in close().
    return (state_.load(std::memory_order_acquire) & kClosed) != 0;
  }
  /// Returns: true if the semaphore is closed, and `permits` permits are free. If it began with `permits` permits, then
  ///   no task holds one.
  bool is_closed_with(std::size_t permits) const noexcept {
    // [permit], [close] acquire: sees what the holders did. Pairs with: [permit] release in give().
    return state_.load(std::memory_order_acquire) == ((permits << kShift) | kClosed);
  }
  std::size_t available() const noexcept {
    return state_.load(std::memory_order_relaxed) >> kShift;  // relaxed: the value may be stale at once
  }

 private:
  friend class SemaphoreWait;
  using Word = std::size_t;

  // Values of state_: the number of free permits, above two flags.
  static constexpr Word kClosed = 1;   // set once, by close()
  static constexpr Word kWaiters = 2;  // the queue is not empty; then no permit is free, since the head takes
                                       // all. Set and cleared under the lock; while it is set, only the
                                       // holder of the lock changes the word
  static constexpr unsigned kShift = 2;

  /// Returns: true if the wait has begun; false if it is over, because it was granted or the semaphore is closed.
  bool enqueue(SemaphoreWait& wait) noexcept;
  // These return whether the semaphore is closed, as give() does.
  bool abandon(SemaphoreWait& wait) noexcept;
  bool give_slow(std::size_t permits) noexcept;
  bool give_locked(std::size_t permits, WakeBatch& batch, const Locked&) noexcept;
  SemaphoreWait* front_locked(const Locked&) const noexcept;

  Atomic<Word> state_;
  Lock lock_;
  WaitList waiters_;
};

/// One wait for permits. It is a part of an awaiter, which forwards its calls. Permits that were granted, and that
/// finish() did not take, go to the next waiter.
class SemaphoreWait : WaitNode {
 public:
  SemaphoreWait(BatchSemaphore& semaphore, std::size_t permits) noexcept
      : semaphore_(&semaphore), wanted_(permits) {}
  // NOLINTNEXTLINE(bugprone-copy-constructor-init): a copy has not begun to wait.
  SemaphoreWait(const SemaphoreWait& other) noexcept
      : WaitNode(), semaphore_(other.semaphore_), wanted_(other.wanted_) {}
  SemaphoreWait& operator=(const SemaphoreWait&) = delete;
  std::size_t wanted() const noexcept { return wanted_; }
  ~SemaphoreWait() { abandon(); }

  /// Ends the wait. Permits that it was granted and did not take go to the next waiter.
  /// Returns: true if permits went back to a semaphore that is closed.
  bool abandon() noexcept { return std::exchange(begun_, false) && semaphore_->abandon(*this); }

  bool try_complete() noexcept {
    const auto take = semaphore_->try_take(wanted_);
    if (take == BatchSemaphore::Take::not_enough) return false;
    granted_ = take == BatchSemaphore::Take::taken;
    return begun_ = true;
  }
  bool suspend(Branch& waiting) noexcept {
    branch = &waiting;
    begun_ = true;
    return semaphore_->enqueue(*this);
  }
  /// Call it after the wait. Returns: true if the caller owns the permits now, even if the semaphore was closed after
  /// it granted them; false if it was closed before.
  bool finish() noexcept {
    begun_ = false;
    return granted_;
  }

 private:
  friend class BatchSemaphore;

  // The small members come first: they fill the unused rest of the node's last word.
  bool granted_ = false;  // guarded by the semaphore's lock until the wait is over
  bool begun_ = false;    // the wait has begun, and is not over; the wakers do not look at it
  BatchSemaphore* semaphore_;
  std::size_t wanted_;
  std::size_t missing_ = 0;  // how many permits it lacks, while queued; guarded by the semaphore's lock
};
static_assert(sizeof(SemaphoreWait) <= 7 * sizeof(void*));

}  // namespace corokit::detail
