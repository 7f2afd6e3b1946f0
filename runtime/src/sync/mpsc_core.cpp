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
    // The wait that the caller saw may be over, and another one may have begun, so the reason is checked again.
    if (receiver_ && (over || awaited_->is_ready() || is_drained()))
      task = mark_ready(*std::exchange(receiver_, nullptr));
  }
  schedule(task);
}

void MpscCore::close() noexcept {
  // This comes before the lock: a task that begins to wait for the close from now on finds the channel closed.
  permits_.close();
  WakeBatch batch;
  Locked locked(lock_);
  while (WaitNode* node = waiting_for_close_.pop_front()) batch.add(*node->branch);
}

bool MpscCore::wait_for_message(Branch& branch, MpscSlotState& head) noexcept {
  Locked locked(lock_);
  assert(!receiver_ && "corokit: an mpsc::Receiver allows one recv() at a time");
  std::uint32_t expected = MpscSlotState::kEmpty;
  // A sender that publishes the slot after this sees kAwaited, and takes the lock to wake the receiver. kAwaited may
  // still be set from an earlier wait. [slot] acquire: sees the message, if it was published before.
  if (!head.state.compare_exchange_strong(expected, MpscSlotState::kAwaited, std::memory_order_acq_rel,
                                          std::memory_order_acquire) &&
      expected == MpscSlotState::kReady)
    return false;
  // The thread that removes the last sender, or gives the last permit back, changes the count first, and then takes the
  // lock to wake the receiver.
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
