#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/mpsc_queue.hpp>
#include <corokit/detail/sync/sender_count.hpp>
#include <corokit/detail/sync/wait_list.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace corokit::detail {

/// A sender in line for permits. `missing` and `granted` belong to the channel's lock until it is woken.
struct PermitNode : WaitNode {
  explicit PermitNode(std::size_t permits = 1) noexcept : wanted(permits) {}
  std::size_t wanted;
  std::size_t missing = 0;
  bool granted = false;  // it owns them; false after the wake-up: the channel was closed
};

/// What an mpsc channel does that does not depend on the type of its messages: permits, waiting, closing.
///
/// A message needs a permit, which comes back when the message has been taken: permits that are free, permits
/// that senders hold and messages in the queue make up the capacity. An unbounded channel counts none.
///
/// Who may touch what:
///  1. `receiver_`, `awaited_` and the wait lists belong to the lock.
///  2. kWaiting is set and cleared under the lock; who sets it takes all permits that are free. While it is
///     set those that come back go to the first in line until it has what it wants: nobody overtakes.
///  3. kClosed is set once, under the lock, and empties the line.
class MpscCore {
 public:
  enum class Acquired { yes, full, closed };

  /// `capacity` 0: unbounded.
  explicit MpscCore(std::size_t capacity) noexcept : capacity_(capacity), permits_(capacity * kOne) {}
  MpscCore(const MpscCore&) = delete;
  MpscCore& operator=(const MpscCore&) = delete;

  static constexpr std::size_t kMaxCapacity = (~std::size_t{0}) >> 3;

  // Senders, any thread.

  void add_sender() noexcept { senders_.add(); }
  void remove_sender() noexcept {
    if (senders_.remove()) wake_receiver();
  }
  SenderCount& senders() noexcept { return senders_; }

  /// Takes permits if so many are free. None is while somebody is in line.
  Acquired try_acquire(std::size_t permits = 1) noexcept {
    std::size_t word = permits_.load(std::memory_order_relaxed);
    do {
      if (word & kClosed) return Acquired::closed;
      if (word / kOne < permits) return Acquired::full;
      // [permit] acquire. Pairs with: [permit] release in release_permits().
    } while (!permits_.compare_exchange_weak(word, word - permits * kOne, std::memory_order_acquire,
                                             std::memory_order_relaxed));
    return Acquired::yes;
  }
  /// As try_acquire(), but instead of `full` it gets in line, and node.granted tells after the wake-up.
  Acquired acquire_or_wait(PermitNode& node) noexcept;
  /// For a sender that dies in line, woken or not.
  void stop_waiting(PermitNode& node) noexcept;
  /// Gives permits back: to the first in line, if there is one.
  void release_permits(std::size_t permits = 1) noexcept {
    std::size_t word = permits_.load(std::memory_order_relaxed);
    do {
      if (word & kWaiting) return release_slow(permits);
      // [permit] release: what this holder did. Pairs with: [permit] acquire in try_acquire(), is_drained().
    } while (!permits_.compare_exchange_weak(word, word + permits * kOne, std::memory_order_release,
                                             std::memory_order_relaxed));
    if (word & kClosed) wake_receiver();
  }

  bool is_closed() const noexcept { return permits_.load(std::memory_order_acquire) & kClosed; }
  std::size_t free_permits() const noexcept { return permits_.load(std::memory_order_acquire) / kOne; }
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
    const std::size_t word = permits_.load(std::memory_order_acquire);  // [permit]
    return (word & kClosed) && capacity_ != 0 && word / kOne == capacity_;
  }
  bool has_senders() const noexcept { return senders_.strong() != 0; }
  /// Returns: false if `head` got its message, or the channel was drained, meanwhile: nobody waits.
  bool wait_for_message(Branch& branch, MpscSlotState& head) noexcept;
  void stop_waiting_for_message() noexcept;

 private:
  // Values of `permits_`: free permits times kOne, and two flags.
  static constexpr std::size_t kClosed = 1;
  static constexpr std::size_t kWaiting = 2;
  static constexpr std::size_t kOne = 4;

  void release_slow(std::size_t permits) noexcept;
  /// Returns: was the channel closed? Who gave the permits then wakes the receiver.
  [[nodiscard]] bool give_locked(std::size_t permits, WakeBatch& batch, const Locked&) noexcept;
  PermitNode* first_locked(const Locked&) const noexcept { return static_cast<PermitNode*>(line_.front()); }

  Lock lock_;
  Branch* receiver_ = nullptr;              // waits for a message
  const MpscSlotState* awaited_ = nullptr;  // in this slot
  WaitList line_;
  WaitList waiting_for_close_;
  SenderCount senders_;
  const std::size_t capacity_;
  alignas(64) Atomic<std::size_t> permits_;
};

/// One wait for permits, a part of an awaiter: what send() and reserve() stand on. If it dies with permits that it was
/// given and that nobody took, they go back.
class PermitWait {
 public:
  PermitWait(MpscCore& core, std::size_t permits) noexcept : core_(&core), node_(permits) {}
  /// A copy has not begun to wait.
  PermitWait(const PermitWait& other) noexcept : core_(other.core_), node_(other.node_.wanted) {}
  PermitWait& operator=(const PermitWait&) = delete;
  ~PermitWait() {
    if (waiting_)
      core_->stop_waiting(node_);
    else if (node_.granted)
      core_->release_permits(node_.wanted);
  }

  std::size_t permits() const noexcept { return node_.wanted; }
  bool try_complete() noexcept { return settle(core_->try_acquire(node_.wanted)); }
  bool suspend(Branch& branch) noexcept {
    node_.branch = &branch;
    waiting_ = true;
    if (!settle(core_->acquire_or_wait(node_))) return true;
    return waiting_ = false;
  }
  /// After the wait. Returns: true if the caller owns the permits now; false if the channel is closed.
  bool finish() noexcept {
    waiting_ = false;
    return std::exchange(node_.granted, false);
  }

 private:
  bool settle(MpscCore::Acquired acquired) noexcept {
    if (acquired == MpscCore::Acquired::full) return false;  // from here on the node may be a waker's
    node_.granted = acquired == MpscCore::Acquired::yes;
    return true;
  }

  MpscCore* core_;
  PermitNode node_;
  bool waiting_ = false;
};

}  // namespace corokit::detail
