#pragma once
#include <corokit/detail/sync/channel_end.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/no_receivers.hpp>
#include <corokit/detail/sync/sender_count.hpp>
#include <corokit/detail/sync/shared_message.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/result.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// The ring of a broadcast channel. Message number p stands in slot p mod capacity until number p + capacity
/// takes its place, or until its last receiver has passed it.
///
/// Who may touch what:
///  1. The slots, `receivers_`, the wait lists and every write of `tail_` belong to the lock.
///  2. A receiver's cursor is its own. `unread` of a slot counts the receivers whose cursor is at or before
///  it.
///  3. No message is made, copied or destroyed under the lock, but copies of small trivial ones.
template <class T>
class BroadcastState : public ChannelState<BroadcastState<T>> {
  static_assert(alignof(T) <= 16, "corokit: messages aligned to more than 16 bytes are not supported");

 public:
  using Position = std::uint64_t;
  /// Copying such a message runs no user code, and is cheaper than sharing it and counting who reads it.
  static constexpr bool kCopiedUnderLock = std::is_trivially_copyable_v<T> &&
                                           std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                                           sizeof(T) <= 64;
  /// A message in the ring, or on its way to it or from it.
  class Kept {
   public:
    Kept() noexcept = default;
    explicit Kept(T&& message) : place_(std::move(message)) {}
    /// Outside of the lock. Requires: there is a message.
    T give() {
      if constexpr (kCopiedUnderLock)
        return *place_;
      else
        return place_.give();
    }

   private:
    std::conditional_t<kCopiedUnderLock, std::optional<T>, SharedMessage<T>> place_;
  };
  enum class Status { message, lagged, empty, closed };
  struct Taken {
    explicit Taken(Status what, Position skipped = 0) noexcept : status(what), missed(skipped) {}
    Status status;
    Position missed;
    Kept message;
  };

  explicit BroadcastState(std::size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<Slot[]>(mask_ + 1)) {}

  void add_sender() noexcept { senders_.add(); }
  void remove_sender() noexcept {
    if (!senders_.remove()) return;
    WakeBatch batch;
    Locked locked(lock_);
    wake_all(batch);
  }
  SenderCount& senders() noexcept { return senders_; }

  /// Returns: where the new receiver's cursor stands: behind all that was sent.
  Position add_receiver() noexcept {
    Locked locked(lock_);
    ++receivers_;
    return tail_.load(std::memory_order_relaxed);
  }
  /// Lets go of what the receiver has not read. Complexity: O(unread).
  void remove_receiver(Position next) noexcept {
    Position end;
    {
      WakeBatch batch;
      Locked locked(lock_);
      if (--receivers_ == 0)
        while (WaitNode* node = waiting_for_no_receivers_.pop_front()) batch.add(*node->branch);
      end = tail_.load(std::memory_order_relaxed);
    }
    while (next != end) pass_some(next, end);
  }
  std::size_t receivers() noexcept {
    Locked locked(lock_);
    return receivers_;
  }
  /// Returns: false if there are none: nothing was linked.
  bool wait_for_no_receivers(WaitNode& node) noexcept {
    Locked locked(lock_);
    if (receivers_ == 0) return false;
    waiting_for_no_receivers_.push_back(node);
    return true;
  }
  void stop_waiting_for_no_receivers(WaitNode& node) noexcept {
    Locked locked(lock_);
    if (node.linked) waiting_for_no_receivers_.remove(node);
  }

  /// Returns: how many receivers will see it; 0: there is none, and the message was left where it is.
  std::size_t send(Kept& message) noexcept {
    Kept overwritten;
    WakeBatch batch;
    Locked locked(lock_);
    if (receivers_ == 0) return 0;
    const Position at = tail_.load(std::memory_order_relaxed);
    Slot& slot = slots_[at & mask_];
    overwritten = std::exchange(slot.message, std::move(message));
    const std::size_t reached = slot.unread = receivers_;
    // [tail] release. Pairs with: [tail] acquire in is_ready(), which saves a receiver the lock.
    tail_.store(at + 1, std::memory_order_release);
    wake_all(batch);
    return reached;
  }

  /// Is there something to tell a receiver that stands at `next`? Once true it stays so.
  bool is_ready(Position next) const noexcept {
    // [tail] acquire: as in send(). Both are looked at again under the lock.
    return tail_.load(std::memory_order_acquire) != next || senders_.strong() == 0;
  }
  /// Messages sent since `next`.
  Position count_since(Position next) const noexcept {
    return tail_.load(std::memory_order_acquire) - next;  // [tail]
  }

  /// Links a waiter. Returns: false if there is something to tell: nothing was linked.
  bool wait(WaitNode& node, Position next) noexcept {
    Locked locked(lock_);
    if (is_ready(next)) return false;
    waiting_.push_back(node);
    return true;
  }
  void stop_waiting(WaitNode& node) noexcept {
    Locked locked(lock_);
    if (node.linked) waiting_.remove(node);
  }

  /// Takes what comes next for a receiver, and moves its cursor.
  Taken take(Position& next) noexcept {
    Locked locked(lock_);
    const Position end = tail_.load(std::memory_order_relaxed);  // under the lock
    if (next == end) {
      const bool closed = senders_.strong() == 0;
      return Taken(closed ? Status::closed : Status::empty);
    }
    if (const Position oldest = oldest_retained(end); oldest > next) {
      const Position missed = oldest - std::exchange(next, oldest);
      return Taken(Status::lagged, missed);
    }
    Taken taken(Status::message);
    Slot& slot = slots_[next++ & mask_];
    if (--slot.unread == 0)
      taken.message = std::move(slot.message);
    else
      taken.message = slot.message;
    return taken;
  }

  /// Messages kept for at least one receiver. Complexity: O(log capacity).
  std::size_t unread() noexcept {
    Locked locked(lock_);
    const Position end = tail_.load(std::memory_order_relaxed);
    Position low = oldest_retained(end);
    for (Position high = end; low < high;) {  // whoever has not read one has not read those behind it
      const Position middle = low + (high - low) / 2;
      if (slots_[middle & mask_].unread != 0)
        high = middle;
      else
        low = middle + 1;
    }
    return static_cast<std::size_t>(end - low);
  }

 private:
  struct Slot {
    Kept message;
    std::size_t unread = 0;
  };

  Position oldest_retained(Position end) const noexcept { return end > mask_ ? end - (mask_ + 1) : 0; }

  void wake_all(WakeBatch& batch) noexcept {
    while (WaitNode* node = waiting_.pop_front()) batch.add(*node->branch);
  }

  /// Moves a dying receiver's cursor by a few messages, so that the lock is never held for long.
  void pass_some(Position& next, Position end) noexcept {
    constexpr std::size_t kAtOnce = 16;
    Kept dead[kAtOnce];
    Locked locked(lock_);
    next = std::min(end, std::max(next, oldest_retained(tail_.load(std::memory_order_relaxed))));
    for (std::size_t i = 0; i < kAtOnce && next != end; ++i) {
      Slot& slot = slots_[next++ & mask_];
      if (--slot.unread == 0) dead[i] = std::move(slot.message);
    }
  }

  Lock lock_;
  const Position mask_;
  const std::unique_ptr<Slot[]> slots_;
  std::size_t receivers_ = 0;
  WaitList waiting_;                   // receivers, for a message
  WaitList waiting_for_no_receivers_;  // senders
  Atomic<Position> tail_{0};
  SenderCount senders_;
};

}  // namespace corokit::detail
