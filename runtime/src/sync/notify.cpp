#include <corokit/sync/notify.hpp>

// Its edge:
//   [notify]  whoever notifies -> whoever is notified: release where the word is changed to say so, acquire
//             where it is read in take(), enqueue() and epoch(). A wake-up publishes by itself.
namespace corokit {

using detail::Locked;
using detail::NotifiedAwaiter;
using detail::WaitNode;
using detail::WakeBatch;

void Notify::notify(Pick pick) noexcept {
  Word word = state_.load(std::memory_order_relaxed);  // a stale value fails the exchange
  while (!(word & kWaiting)) {
    // [notify] release; also when one is remembered already: who takes that sees what came before this call.
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
  if (!node) {  // so kWaiting is not set, and nobody sets it while we hold the lock
    state_.fetch_or(kRemembered, std::memory_order_release);  // [notify] release, as in notify()
    return;
  }
  waiters_.remove(*node);
  clear_if_empty_locked(locked);
  auto& waiter = static_cast<NotifiedAwaiter&>(*node);
  waiter.grant_ = pick == Pick::oldest ? Grant::oldest : Grant::newest;
  if (waiter.is_attached_) batch.add(*node->branch);  // an enabled wait is not until it is awaited
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
  // [notify] release, before the first is woken: it may look at a wait of the same epoch, which must be over.
  while (!state_.compare_exchange_weak(word, (word & ~kWaiting) + kEpoch, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  while (WaitNode* node = waiters_.pop_front()) {
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
    // Relaxed: take() looks again, and a stale value fails the exchange.
    quiet = state_.load(std::memory_order_relaxed) & ~(kRemembered | kWaiting);
    waiter.grant_ = take(waiter.epoch_);
    if (waiter.grant_ != Grant::none) return false;
    // Announcing the waiter fails if anything was notified since, and no notification is lost. Relaxed:
    // whoever reads the flag takes the lock next.
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

/// An enabled wait begins. Returns: false if it was notified meanwhile.
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
  // Relaxed: it takes back an announcement; what was notified before, other changes of the word publish.
  if (waiters_.empty()) state_.fetch_and(~kWaiting, std::memory_order_relaxed);
}

}  // namespace corokit
