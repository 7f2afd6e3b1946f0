#pragma once
#include <corokit/detail/sync/channel_end.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/no_receivers.hpp>
#include <corokit/detail/sync/sender_count.hpp>
#include <corokit/detail/sync/shared_message.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/value_rules.hpp>
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

/// The ring of a broadcast channel. Message number p stands in slot p mod capacity until message number p + capacity
/// replaces it, or until the last receiver has passed it.
///
/// Who may touch what:
///  1. The lock guards the slots, `receivers_`, the wait lists and every write of `tail_`.
///  2. A receiver's cursor belongs to the receiver. `unread` of a slot counts the receivers whose cursor is at or
///     before the slot.
///  3. No message is made, copied or destroyed under the lock, except that small trivial messages are copied.
template <class T>
class BroadcastState : public ChannelState<BroadcastState<T>> {
  static_assert(is_moved_type<T>() && std::is_copy_constructible_v<T>,
                "corokit: every receiver gets a copy of a broadcast message");

 public:
  using Position = std::uint64_t;
  /// Copying such a message runs no user code, and is cheaper than sharing it with a count of references.
  static constexpr bool kCopiedUnderLock = std::is_trivially_copyable_v<T> &&
                                           std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                                           sizeof(T) <= 64;
  /// A message in the ring, or on its way into the ring or out of it.
  class Kept {
   public:
    Kept() noexcept = default;
    explicit Kept(T&& message) : place_(std::move(message)) {}
    /// Returns: the message. Requires: there is a message, and the lock is not held.
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

  /// Returns: the cursor of the new receiver, which is behind the last message sent.
  Position add_receiver() noexcept {
    Locked locked(lock_);
    ++receivers_;
    return tail_.load(std::memory_order_relaxed);
  }
  /// Passes all messages that the receiver has not read. Complexity: O(unread).
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
  /// Links a waiter. Returns: false, without linking it, if there is no receiver.
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

  /// Returns: how many receivers will see the message; 0 if there is none, in which case the message was not taken.
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

  /// Returns: true if a receiver at `next` need not wait: there is a message, or no sender. Once true, it stays true.
  bool is_ready(Position next) const noexcept {
    // [tail] acquire: pairs with send(). take() looks at both again under the lock.
    return tail_.load(std::memory_order_acquire) != next || senders_.strong() == 0;
  }
  /// Returns: the number of messages sent since `next`.
  Position count_since(Position next) const noexcept {
    return tail_.load(std::memory_order_acquire) - next;  // [tail]
  }

  /// Links a waiter. Returns: false, without linking it, if is_ready().
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

  /// Takes the next message for a receiver, or the reason why there is none, and moves its cursor.
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

  /// Returns: the number of messages that at least one receiver has not read. Complexity: O(log capacity).
  std::size_t unread() noexcept {
    Locked locked(lock_);
    const Position end = tail_.load(std::memory_order_relaxed);
    Position low = oldest_retained(end);
    // A receiver that has not read a message has read none of the later ones.
    for (Position high = end; low < high;) {
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

  /// Moves the cursor of a receiver that is destroyed by a few messages, so that the lock is never held for long.
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
  WaitList waiting_;                   // receivers that wait for a message
  WaitList waiting_for_no_receivers_;  // senders that wait until there is no receiver
  Atomic<Position> tail_{0};
  SenderCount senders_;
};

}  // namespace corokit::detail
