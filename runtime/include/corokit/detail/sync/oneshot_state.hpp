#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/branch.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace corokit::detail {

/// How the two ends of a oneshot channel meet, whatever it carries.
///
/// Who may touch what:
///  1. A side that is done tells the other one, if that waits, and then lets go; the second to let go owns
///  the
///     memory. Until then both may touch the state.
///  2. The branches belong to the lock. A waiting flag is set under it, together with the branch, and never
///  once
///     the other side is done: so a side that finds the flag set, when it says that it is done, goes to the
///     lock, and no wake-up is lost.
///  3. The value is the sender's until kSent is set, and the receiver's from then on.
class OneshotCore {
 public:
  // Bits of `state_`.
  static constexpr std::uint32_t kSent = 1;           // there is a value: set by the sender, with kSenderDone
  static constexpr std::uint32_t kSenderDone = 2;     // it sent, or died: set by it, once
  static constexpr std::uint32_t kReceiverDone = 4;   // it closed, or died: set by it, once
  static constexpr std::uint32_t kReceiverWaits = 8;  // for kSenderDone
  static constexpr std::uint32_t kSenderWaits = 16;   // for kReceiverDone
  static constexpr std::uint32_t kSenderGone = 32;    // it will not touch the state again
  static constexpr std::uint32_t kReceiverGone = 64;

  OneshotCore() noexcept = default;
  OneshotCore(const OneshotCore&) = delete;
  OneshotCore& operator=(const OneshotCore&) = delete;

  bool has(std::uint32_t bits) const noexcept {
    // [done] acquire: sees what the side wrote before. Pairs with: [done] release in leave() and set_done().
    return state_.load(std::memory_order_acquire) & bits;
  }

  enum class Left { alone, last, refused };

  /// The sender is done: with a value (`bits` is kSent) unless the receiver is done already, or without.
  /// Returns: refused: nothing changed; last: the caller deletes the state; alone: it may not touch it again.
  [[nodiscard]] Left leave_as_sender(std::uint32_t bits) noexcept {
    return leave(bits | kSenderDone, bits ? kReceiverDone : 0, kReceiverWaits, receiver_, kSenderGone,
                 kReceiverGone);
  }
  /// The receiver dies. Returns: alone or last.
  [[nodiscard]] Left leave_as_receiver() noexcept {
    return leave(kReceiverDone, 0, kSenderWaits, sender_, kReceiverGone, kSenderGone);
  }
  /// The receiver takes no value any more, but one that was sent.
  void close() noexcept {
    // [done] release and acquire: as in leave().
    const std::uint32_t before = state_.fetch_or(kReceiverDone, std::memory_order_acq_rel);
    if (before & kSenderWaits) wake(sender_);
    if (before & kReceiverWaits) wake(receiver_);
  }

  /// Returns: false if there is nothing to wait for.
  bool wait_as_receiver(Branch& branch) noexcept {
    return wait(branch, receiver_, kReceiverWaits, kSenderDone | kReceiverDone);
  }
  bool wait_as_sender(Branch& branch) noexcept { return wait(branch, sender_, kSenderWaits, kReceiverDone); }
  void stop_waiting_as_receiver() noexcept { stop_waiting(receiver_, kReceiverWaits); }
  void stop_waiting_as_sender() noexcept { stop_waiting(sender_, kSenderWaits); }

 private:
  Left leave(std::uint32_t done, std::uint32_t refused_by, std::uint32_t other_waits, Branch*& other,
             std::uint32_t gone, std::uint32_t other_gone) noexcept {
    std::uint32_t word = state_.load(std::memory_order_relaxed);
    std::uint32_t wanted;
    do {
      if (word & refused_by) return Left::refused;
      wanted = word | done | (word & other_waits ? 0 : gone);  // whoever has to wake still needs the lock
      // [done] release: publishes the value. acquire: if the other side is gone, its last touch comes before.
    } while (
        !state_.compare_exchange_weak(word, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (word & other_waits) {
      wake(other);
      word = state_.fetch_or(gone, std::memory_order_acq_rel);  // [done]
    }
    return word & other_gone ? Left::last : Left::alone;
  }

  bool wait(Branch& branch, Branch*& place, std::uint32_t waits, std::uint32_t until) noexcept;
  void stop_waiting(Branch*& place, std::uint32_t waits) noexcept;
  void wake(Branch*& place) noexcept;

  Atomic<std::uint32_t> state_{0};
  Lock lock_;
  Branch* receiver_ = nullptr;
  Branch* sender_ = nullptr;
};

template <class T>
struct OneshotState : OneshotCore, FromFramePool<OneshotState<T>> {
  OneshotState() noexcept {}
  ~OneshotState() {}

  /// The receiver's: is there a value that was not taken?
  bool is_full() const noexcept { return has(kSent) && !taken; }
  /// Requires: is_full().
  T take() {
    taken = true;
    struct Destroy {
      T& value;
      ~Destroy() { value.~T(); }
    } destroy{value};
    return std::move(value);
  }

  union {
    T value;
  };
  bool taken = false;
  bool told_end = false;  // the receiver was told that there is nothing to take
};

}  // namespace corokit::detail
