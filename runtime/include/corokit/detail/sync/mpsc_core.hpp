#pragma once
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/mpsc_queue.hpp>
#include <corokit/detail/sync/sender_count.hpp>
#include <corokit/detail/sync/wait_list.hpp>

#include <cstddef>

namespace corokit::detail {

/// What an mpsc channel does that does not depend on the type of its messages: permits, waiting, closing.
///
/// A message needs a permit of the semaphore, which goes back when the message has been taken: permits that
/// are free, permits that senders hold and messages in the queue make up the capacity. An unbounded channel
/// counts none: its semaphore only says whether it is closed.
///
/// Sharing BatchSemaphore costs nothing: mpsc_b128_* of bench/peers takes 0.85 to 0.99 of the time that it took
/// with permits of the channel's own.
///
/// `receiver_`, `awaited_` and `waiting_for_close_` are guarded by the lock.
class MpscCore {
 public:
  /// `capacity` 0: unbounded.
  explicit MpscCore(std::size_t capacity) noexcept : capacity_(capacity), permits_(capacity) {}
  MpscCore(const MpscCore&) = delete;
  MpscCore& operator=(const MpscCore&) = delete;

  static constexpr std::size_t kMaxCapacity = BatchSemaphore::kMaxPermits;

  // Senders, any thread.

  void add_sender() noexcept { senders_.add(); }
  void remove_sender() noexcept {
    if (senders_.remove()) wake_receiver();
  }
  SenderCount& senders() noexcept { return senders_; }

  /// Room for messages. The return of a permit may end the wait of a receiver that has closed the channel. So
  /// permits go back through release_permits(), or through SemaphoreWait::abandon() and, if that returns true,
  /// wake_receiver().
  BatchSemaphore& permits() noexcept { return permits_; }
  const BatchSemaphore& permits() const noexcept { return permits_; }
  void release_permits(std::size_t permits = 1) noexcept {
    if (permits_.give(permits)) wake_receiver();
  }
  bool is_closed() const noexcept { return permits_.is_closed(); }
  std::size_t capacity() const noexcept { return capacity_; }

  bool wait_for_close(WaitNode& node) noexcept;
  void stop_waiting_for_close(WaitNode& node) noexcept;

  /// After publish() said that the receiver waits, or when something else may have ended its wait.
  /// `over`: the caller knows that it has.
  void wake_receiver(bool over = false) noexcept;

  // The receiver, one thread at a time.

  /// No more permits; who is in line is turned away.
  void close() noexcept;
  /// No message is queued, and none can come, as far as permits and senders tell.
  bool is_drained() const noexcept {
    if (senders_.strong() == 0) return true;
    return capacity_ != 0 && permits_.is_closed_with(capacity_);
  }
  bool has_senders() const noexcept { return senders_.strong() != 0; }
  /// Returns: false if `head` got its message, or the channel was drained, meanwhile: nobody waits.
  bool wait_for_message(Branch& branch, MpscSlotState& head) noexcept;
  void stop_waiting_for_message() noexcept;

 private:
  Lock lock_;
  Branch* receiver_ = nullptr;              // waits for a message
  const MpscSlotState* awaited_ = nullptr;  // in this slot
  WaitList waiting_for_close_;
  SenderCount senders_;
  const std::size_t capacity_;
  alignas(64) BatchSemaphore permits_;
};

}  // namespace corokit::detail
