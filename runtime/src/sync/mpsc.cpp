#include <corokit/detail/sync/mpsc_core.hpp>
#include <corokit/detail/sync/mpsc_queue.hpp>

#include <algorithm>
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

MpscCore::Acquired MpscCore::acquire_or_wait(PermitNode& node) noexcept {
  Locked locked(lock_);
  std::size_t word = permits_.load(std::memory_order_relaxed);
  bool enough = false;
  std::size_t wanted = 0;
  do {
    if (word & kClosed) return Acquired::closed;
    enough = word / kOne >= node.wanted;
    // Taking what is free and announcing the waiter is one step. A permit that came back before it makes the
    // exchange fail; whoever gives one back after it finds the flag, and takes the lock.
    wanted = enough ? word - node.wanted * kOne : kWaiting;
    // [permit] acquire: as in try_acquire().
  } while (
      !permits_.compare_exchange_weak(word, wanted, std::memory_order_acquire, std::memory_order_relaxed));
  if (enough) return Acquired::yes;
  node.missing = node.wanted - word / kOne;
  line_.push_back(node);
  return Acquired::full;
}

void MpscCore::stop_waiting(PermitNode& node) noexcept {
  bool was_closed = false;
  {
    WakeBatch batch;
    Locked locked(lock_);
    if (node.linked) {
      line_.remove(node);
      was_closed = give_locked(node.wanted - node.missing, batch, locked);
    } else if (node.granted) {  // woken, and never took them
      was_closed = give_locked(node.wanted, batch, locked);
    }
  }
  if (was_closed) wake_receiver();
}

void MpscCore::release_slow(std::size_t permits) noexcept {
  bool was_closed = false;
  {
    WakeBatch batch;
    Locked locked(lock_);
    was_closed = give_locked(permits, batch, locked);
  }
  if (was_closed) wake_receiver();
}

bool MpscCore::give_locked(std::size_t permits, WakeBatch& batch, const Locked& locked) noexcept {
  while (PermitNode* first = first_locked(locked)) {
    const std::size_t part = std::min(permits, first->missing);
    permits -= part;
    first->missing -= part;
    if (first->missing > 0) return false;
    line_.remove(*first);
    first->granted = true;
    batch.add(*first->branch);
  }
  std::size_t word = permits_.load(std::memory_order_relaxed);
  // [permit] release: as in release_permits().
  while (!permits_.compare_exchange_weak(word, (word & ~kWaiting) + permits * kOne, std::memory_order_release,
                                         std::memory_order_relaxed)) {
  }
  return word & kClosed;
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
  const PermitNode* first = first_locked(locked);
  const std::size_t collected = first ? first->wanted - first->missing : 0;
  std::size_t word = permits_.load(std::memory_order_relaxed);
  // [permit] acquire and release: what those did who gave permits back; what the first in line had, goes back.
  while (!permits_.compare_exchange_weak(word, ((word | kClosed) & ~kWaiting) + collected * kOne,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
  }
  while (WaitNode* node = line_.pop_front()) batch.add(*node->branch);
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
