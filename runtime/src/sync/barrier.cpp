#include <corokit/sync/barrier.hpp>

namespace corokit {

using detail::Locked;
using detail::WaitNode;
using detail::WakeBatch;

bool Barrier::complete_locked(WakeBatch& batch, const Locked&) noexcept {
  if (waiting_ + 1 < parties_) return false;
  while (WaitNode* node = waiters_.pop_front()) batch.add(*node->branch);
  waiting_ = 0;
  return true;
}

bool Barrier::try_arrive() noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  return complete_locked(batch, locked);
}

bool Barrier::arrive(WaitNode& node) noexcept {
  WakeBatch batch;
  const Locked locked(lock_);
  if (complete_locked(batch, locked)) return false;
  waiters_.push_back(node);
  ++waiting_;
  return true;
}

void Barrier::withdraw(WaitNode& node) noexcept {
  const Locked locked(lock_);
  if (!node.linked) return;
  waiters_.remove(node);
  --waiting_;
}

}  // namespace corokit
