#include <corokit/detail/sync/mpsc_core.hpp>
#include <corokit/detail/sync/mpsc_queue.hpp>

#include <cassert>
#include <thread>
#include <utility>

namespace corokit::detail {

void relax(int spins) noexcept {
  if (kModel || spins < 64)
    cpu_relax();
  else
    std::this_thread::yield();
}

bool MpscCore::wait_for_close(WaitNode& node) noexcept {
  Locked locked(lock_);
  if (is_closed()) return false;
  waiting_for_close_.push_back(node);
  return true;
}

void MpscCore::stop_waiting_for_close(WaitNode& node) noexcept {
  Locked locked(lock_);
  if (node.linked) waiting_for_close_.remove(node);
}

void MpscCore::wake_receiver(bool over) noexcept {
  TaskHeader* task = nullptr;
  {
    Locked locked(lock_);
    // The wait that a publisher saw may be over, and another one begun: that one has to have a reason as
    // well.
    if (receiver_ && (over || awaited_->is_ready() || is_drained()))
      task = mark_ready(*std::exchange(receiver_, nullptr));
  }
  schedule(task);
}

void MpscCore::close() noexcept {
  // Before the lock is taken: whoever waits for this from now on finds it closed.
  permits_.close();
  WakeBatch batch;
  Locked locked(lock_);
  while (WaitNode* node = waiting_for_close_.pop_front()) batch.add(*node->branch);
}

bool MpscCore::wait_for_message(Branch& branch, MpscSlotState& head) noexcept {
  Locked locked(lock_);
  assert(!receiver_ && "corokit: one recv() at a time on an mpsc::Receiver");
  std::uint32_t expected = MpscSlotState::kEmpty;
  // A sender that publishes the slot after this sees kAwaited, and comes to the lock to wake us. The mark of
  // an earlier wait may still be there. [slot] acquire: the message, if it was published before.
  if (!head.state.compare_exchange_strong(expected, MpscSlotState::kAwaited, std::memory_order_acq_rel,
                                          std::memory_order_acquire) &&
      expected == MpscSlotState::kReady)
    return false;
  // The last sender, and the last permit to come back, change the count first and then take the lock.
  if (is_drained()) return false;
  receiver_ = &branch;
  awaited_ = &head;
  return true;
}

void MpscCore::stop_waiting_for_message() noexcept {
  Locked locked(lock_);
  receiver_ = nullptr;
}

}  // namespace corokit::detail
