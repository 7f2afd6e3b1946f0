#include <corokit/detail/mpsc_core.hpp>
#include <corokit/detail/mpsc_queue.hpp>

#include <cassert>
#include <thread>
#include <utility>

namespace corokit::detail {

void relax(int spins) noexcept {
  if (spins < 64)
    cpu_relax();
  else
    std::this_thread::yield();
}

void MpscCore::remove_sender() noexcept {
  // [closed] release: all sends come before. Pairs with: [closed] acquire in is_drained().
  if (senders_.fetch_sub(1, std::memory_order_acq_rel) == 1) wake_receiver();
}

MpscCore::Acquired MpscCore::acquire_or_wait(PermitNode& node) noexcept {
  Locked locked(lock_);
  for (;;) {
    const Acquired now = try_acquire();
    if (now != Acquired::full) return now;
    std::size_t expected = permits_.load(std::memory_order_relaxed);
    if (expected >= kOne || (expected & kClosed)) continue;
    // Relaxed: the flag only sends those who give a permit back to the lock, where they see the list. If one
    // came back meanwhile, this fails.
    if (permits_.compare_exchange_weak(expected, expected | kWaiting, std::memory_order_relaxed)) break;
  }
  line_.push_back(node);
  return Acquired::full;
}

void MpscCore::stop_waiting(PermitNode& node) noexcept {
  {
    Locked locked(lock_);
    if (node.linked) {
      line_.remove(node);
      clear_waiting_if_empty(locked);
      return;
    }
  }
  if (node.granted) release_permit();  // woken, and never took it
}

void MpscCore::clear_waiting_if_empty(const Locked&) noexcept {
  if (line_.empty()) permits_.fetch_and(~kWaiting, std::memory_order_relaxed);  // as in acquire_or_wait()
}

bool MpscCore::hand_on() noexcept {
  TaskHeader* task;
  {
    Locked locked(lock_);
    auto* first = static_cast<PermitNode*>(line_.pop_front());
    if (!first) return false;
    clear_waiting_if_empty(locked);
    first->granted = true;
    task = mark_ready(*first->strand);
  }
  schedule(task);
  return true;
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
  WakeBatch batch;
  Locked locked(lock_);
  permits_.fetch_or(kClosed, std::memory_order_acq_rel);
  while (WaitNode* node = line_.pop_front()) batch.add(*node->strand);
  clear_waiting_if_empty(locked);
  while (WaitNode* node = waiting_for_close_.pop_front()) batch.add(*node->strand);
}

bool MpscCore::wait_for_message(Strand& strand, MpscSlotState& head) noexcept {
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
  receiver_ = &strand;
  awaited_ = &head;
  return true;
}

void MpscCore::stop_waiting_for_message() noexcept {
  Locked locked(lock_);
  receiver_ = nullptr;
}

}  // namespace corokit::detail
