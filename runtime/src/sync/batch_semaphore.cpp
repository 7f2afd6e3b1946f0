#include <corokit/detail/sync/batch_semaphore.hpp>

#include <algorithm>

namespace corokit::detail {

std::size_t BatchSemaphore::forget(std::size_t permits) noexcept {
  Word word = state_.load(std::memory_order_relaxed);
  std::size_t forgotten = 0;
  do {
    forgotten = std::min(permits, word >> kShift);
    // Relaxed: no task takes the permits; the read-modify-write passes on what the givers published.
  } while (!state_.compare_exchange_weak(word, word - (forgotten << kShift), std::memory_order_relaxed,
                                         std::memory_order_relaxed));
  return forgotten;
}

void BatchSemaphore::close() noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  const SemaphoreWait* head = front_locked(locked);
  const std::size_t collected = head ? head->wanted_ - head->missing_ : 0;
  Word word = state_.load(std::memory_order_relaxed);
  Word wanted = 0;
  do {
    wanted = ((word | kClosed) & ~kWaiters) + (collected << kShift);
    // [close] release. It comes before the first wake-up, so that a waiter that runs finds the semaphore closed.
  } while (!state_.compare_exchange_weak(word, wanted, std::memory_order_release, std::memory_order_relaxed));
  while (WaitNode* waiter = waiters_.pop_front()) batch.add(*waiter->branch);
}

bool BatchSemaphore::enqueue(SemaphoreWait& wait) noexcept {
  const Locked locked(lock_);
  // [permit], [close] acquire: as in try_take().
  Word word = state_.load(std::memory_order_acquire);
  bool enough = false;
  Word wanted = 0;
  do {
    if (word & kClosed) return false;
    enough = (word >> kShift) >= wait.wanted_;
    // One exchange takes the free permits and announces the waiter. A give() before it makes the exchange fail; a
    // give() after it finds the flag and takes the lock. So no permit stays free while a task waits.
    wanted = enough ? word - (wait.wanted_ << kShift) : kWaiters;
  } while (!state_.compare_exchange_weak(word, wanted, std::memory_order_acquire, std::memory_order_acquire));
  if (enough) {
    wait.granted_ = true;
    return false;
  }
  wait.missing_ = wait.wanted_ - (word >> kShift);
  waiters_.push_back(wait);
  return true;
}

bool BatchSemaphore::abandon(SemaphoreWait& wait) noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  if (wait.linked) {
    waiters_.remove(wait);
    return give_locked(wait.wanted_ - wait.missing_, batch, locked);
  }
  return wait.granted_ && give_locked(wait.wanted_, batch, locked);
}

bool BatchSemaphore::give_slow(std::size_t permits) noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  return give_locked(permits, batch, locked);
}

bool BatchSemaphore::give_locked(std::size_t permits, WakeBatch& batch, const Locked& locked) noexcept {
  WaitList granted;
  SemaphoreWait* head = nullptr;
  while ((head = front_locked(locked))) {
    const std::size_t part = std::min(permits, head->missing_);
    permits -= part;
    head->missing_ -= part;
    if (head->missing_ > 0) break;
    waiters_.remove(*head);
    head->granted_ = true;
    granted.push_back(*head);
  }
  Word word = state_.load(std::memory_order_relaxed);
  if (!head) {
    // [permit] release: as in give(). It comes before the first wake-up, so that a waiter that runs finds the permits
    // that are left.
    while (!state_.compare_exchange_weak(word, (word & ~kWaiters) + (permits << kShift),
                                         std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  while (WaitNode* waiter = granted.pop_front()) batch.add(*waiter->branch);
  return (word & kClosed) != 0;
}

SemaphoreWait* BatchSemaphore::front_locked(const Locked&) const noexcept {
  return static_cast<SemaphoreWait*>(waiters_.front());
}

}  // namespace corokit::detail
