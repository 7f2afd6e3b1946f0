#pragma once
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/mpsc_queue.hpp>
#include <corokit/detail/sync/sender_count.hpp>
#include <corokit/detail/sync/wait_list.hpp>

#include <cstddef>

namespace corokit::detail {

/// The part of an mpsc channel that does not depend on the type of its messages: permits, waiting and closing.
///
/// A message needs a permit of the semaphore, which goes back when the message has been taken. So the capacity is the
/// sum of the permits that are free, the permits that senders hold, and the messages in the queue. An unbounded channel
/// uses no permits: its semaphore only tells whether the channel is closed.
///
/// Sharing BatchSemaphore costs nothing: mpsc_b128_* of bench/peers takes 0.85 to 0.99 of the time that it took with
/// permits of the channel's own.
///
/// `receiver_`, `awaited_` and `waiting_for_close_` are guarded by the lock.
class MpscCore {
 public:
  /// `capacity`: 0 for an unbounded channel.
  explicit MpscCore(std::size_t capacity) noexcept : capacity_(capacity), permits_(capacity) {}
  MpscCore(const MpscCore&) = delete;
  MpscCore& operator=(const MpscCore&) = delete;

  static constexpr std::size_t kMaxCapacity = BatchSemaphore::kMaxPermits;

  // For senders, on any thread:

  void add_sender() noexcept { senders_.add(); }
  void remove_sender() noexcept {
    if (senders_.remove()) wake_receiver();
  }
  SenderCount& senders() noexcept { return senders_; }

  /// Returns: the semaphore that counts the room for messages.
  /// The return of a permit may end the wait of a receiver that has closed the channel. So permits go back through
  /// release_permits(), or through SemaphoreWait::abandon() and, if that returns true, wake_receiver().
  BatchSemaphore& permits() noexcept { return permits_; }
  const BatchSemaphore& permits() const noexcept { return permits_; }
  void release_permits(std::size_t permits = 1) noexcept {
    if (permits_.give(permits)) wake_receiver();
  }
  bool is_closed() const noexcept { return permits_.is_closed(); }
  std::size_t capacity() const noexcept { return capacity_; }

  bool wait_for_close(WaitNode& node) noexcept;
  void stop_waiting_for_close(WaitNode& node) noexcept;

  /// Wakes the receiver if its wait is over. Call it after publish() returned that the receiver waits, or when
  /// something else may have ended its wait. `over`: the caller knows that the wait is over.
  void wake_receiver(bool over = false) noexcept;

  // For the receiver, one thread at a time:

  /// Closes the channel: it gives no more permits, and ends the waits for permits and for the close.
  void close() noexcept;
  /// Returns: true if no sender is left, or the channel is closed and no permit is in use; no message will come then.
  bool is_drained() const noexcept {
    if (senders_.strong() == 0) return true;
    return capacity_ != 0 && permits_.is_closed_with(capacity_);
  }
  bool has_senders() const noexcept { return senders_.strong() != 0; }
  /// Begins a wait for the message of `head`. Returns: false, without beginning it, if the message has come, or
  /// is_drained().
  bool wait_for_message(Branch& branch, MpscSlotState& head) noexcept;
  void stop_waiting_for_message() noexcept;

 private:
  Lock lock_;
  Branch* receiver_ = nullptr;              // the receiver's branch, while it waits for a message
  const MpscSlotState* awaited_ = nullptr;  // the slot of that message
  WaitList waiting_for_close_;
  SenderCount senders_;
  const std::size_t capacity_;
  alignas(64) BatchSemaphore permits_;
};

}  // namespace corokit::detail
