#include <corokit/sync/notify.hpp>

// The edge of Notify:
//   [notify]  From the thread that notifies to the task that is notified. Release where a notification changes the
//             word; acquire where take() and epoch() read it. A wake-up has its own edge ([wake] in branch.cpp).
namespace corokit {

using detail::Locked;
using detail::NotifiedAwaiter;
using detail::WaitNode;
using detail::WakeBatch;

void Notify::notify(Pick pick) noexcept {
  Word word = state_.load(std::memory_order_relaxed);  // a stale value makes the exchange fail
  while (!(word & kWaiting)) {
    // [notify] release, even if a notification is already remembered: the wait that takes it sees what came before this
    // call.
    if (state_.compare_exchange_weak(word, word | kRemembered, std::memory_order_release,
                                     std::memory_order_relaxed))
      return;
  }
  WakeBatch batch;
  const Locked locked(lock_);
  notify_locked(pick, batch, locked);
}

void Notify::notify_locked(Pick pick, WakeBatch& batch, const Locked& locked) noexcept {
  WaitNode* node = pick == Pick::oldest ? waiters_.front() : waiters_.back();
  if (!node) {  // kWaiting is not set, and no other thread sets it while this one holds the lock
    state_.fetch_or(kRemembered, std::memory_order_release);  // [notify] release, as in notify()
    return;
  }
  waiters_.remove(*node);
  clear_if_empty_locked(locked);
  auto& waiter = static_cast<NotifiedAwaiter&>(*node);
  waiter.grant_ = pick == Pick::oldest ? Grant::oldest : Grant::newest;
  if (waiter.is_attached_) batch.add(*node->branch);  // an enabled wait has no branch until it is awaited
}

void Notify::notify_waiters() noexcept {
  Word word = state_.load(std::memory_order_relaxed);
  while (!(word & kWaiting)) {
    // [notify] release: as in notify().
    if (state_.compare_exchange_weak(word, word + kEpoch, std::memory_order_release,
                                     std::memory_order_relaxed))
      return;
  }
  WakeBatch batch;
  const Locked locked(lock_);
  word = state_.load(std::memory_order_relaxed);
  // [notify] release. It comes before the first wake-up: the woken task may check another wait of the same epoch, which
  // must be over by then.
  while (!state_.compare_exchange_weak(word, (word & ~kWaiting) + kEpoch, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  // Not pop_front(), which reads the branch of the next waiter: until a wait is attached, its task may be setting it.
  while (WaitNode* node = waiters_.front()) {
    waiters_.remove(*node);
    auto& waiter = static_cast<NotifiedAwaiter&>(*node);
    waiter.grant_ = Grant::all;
    if (waiter.is_attached_) batch.add(*node->branch);
  }
}

Notify::Grant Notify::take(Epoch epoch) noexcept {
  // [notify] acquire, here and on failure.
  Word word = state_.load(std::memory_order_acquire);
  do {
    if (epoch_of(word) != epoch) return Grant::all;
    if (!(word & kRemembered)) return Grant::none;
  } while (!state_.compare_exchange_weak(word, word & ~kRemembered, std::memory_order_acquire,
                                         std::memory_order_acquire));
  return Grant::oldest;
}

bool Notify::enqueue(NotifiedAwaiter& waiter) noexcept {
  const Locked locked(lock_);
  Word quiet;
  do {
    // Relaxed: take() reads the word again, and a stale value makes the exchange fail.
    quiet = state_.load(std::memory_order_relaxed) & ~(kRemembered | kWaiting);
    waiter.grant_ = take(waiter.epoch_);
    if (waiter.grant_ != Grant::none) return false;
    // Setting the flag fails if any notification came since, so none is lost. Relaxed: a thread that reads the flag
    // takes the lock next.
  } while (waiters_.empty() &&
           !state_.compare_exchange_weak(quiet, quiet | kWaiting, std::memory_order_relaxed,
                                         std::memory_order_relaxed));
  waiters_.push_back(waiter);
  return true;
}

bool Notify::is_granted(const NotifiedAwaiter& waiter) noexcept {
  const Locked locked(lock_);
  return waiter.grant_ != Grant::none;
}

/// A task awaits an enabled wait. Returns: false if the wait was notified before.
bool Notify::attach(NotifiedAwaiter& waiter) noexcept {
  const Locked locked(lock_);
  if (waiter.grant_ != Grant::none) return false;
  waiter.is_attached_ = true;
  return true;
}

void Notify::abandon(NotifiedAwaiter& waiter) noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  if (waiter.linked) {
    waiters_.remove(waiter);
    clear_if_empty_locked(locked);
  } else if (waiter.grant_ == Grant::oldest || waiter.grant_ == Grant::newest) {
    notify_locked(waiter.grant_ == Grant::oldest ? Pick::oldest : Pick::newest, batch, locked);
  }
}

void Notify::clear_if_empty_locked(const Locked&) noexcept {
  // Relaxed: clearing the flag publishes nothing; notifications publish with their own changes of the word.
  if (waiters_.empty()) state_.fetch_and(~kWaiting, std::memory_order_relaxed);
}

}  // namespace corokit
