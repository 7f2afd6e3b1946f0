#include <corokit/sync/condition.hpp>

namespace corokit {

using detail::Locked;
using detail::WaitNode;
using detail::WakeBatch;

void Condition::notify_one() noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  notify_locked(Wait::Grant::one, batch, locked);
}

void Condition::notify_all() noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  while (notify_locked(Wait::Grant::all, batch, locked)) {
  }
}

bool Condition::notify_locked(Wait::Grant grant, WakeBatch& batch, const Locked&) noexcept {
  WaitNode* node = waiters_.front();
  if (!node) return false;
  waiters_.remove(*node);
  auto& wait = static_cast<Wait&>(*node);
  wait.grant_ = grant;
  detail::Branch& branch = *node->branch;
  // If the mutex is held, this is the last touch of the wait: whoever unlocks the mutex wakes it, perhaps at once. If
  // it is dropped meanwhile, its destructor waits for the lock of this Condition.
  if (!wait.lock_.suspend(branch)) batch.add(branch);
  return true;
}

namespace detail {

void ConditionWait::begin(Branch& waiting) noexcept {
  const Locked locked(condition_->lock_);
  branch = &waiting;
  condition_->waiters_.push_back(*this);
}

void ConditionWait::abandon() noexcept {
  {
    WakeBatch batch;
    const Locked locked(condition_->lock_);
    if (linked)
      condition_->waiters_.remove(*this);
    else if (grant_ == Grant::one)
      condition_->notify_locked(Grant::one, batch, locked);
  }
  lock_.abandon();  // the lock, or the place in its queue
}

}  // namespace detail
}  // namespace corokit
