#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/branch.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/value_rules.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace corokit::detail {

/// The part of a oneshot channel that does not depend on the type of the value.
///
/// Who may touch what:
///  1. A side that is done wakes the other side if that waits, and then sets its gone flag. The second side that sets
///     it owns the memory. Until then both may touch the state.
///  2. The lock guards the branches. A side sets its waiting flag under the lock, together with its branch, and only
///     while the other side is not done. A side that becomes done and finds the flag of the other side set takes the
///     lock to wake it. So no wake-up is lost.
///  3. The value belongs to the sender until kSent is set, and to the receiver from then on.
class OneshotCore {
 public:
  // Bits of `state_`. Each side sets its own flags, and never clears them, except for the waiting flags.
  static constexpr std::uint32_t kSent = 1;           // there is a value; set together with kSenderDone
  static constexpr std::uint32_t kSenderDone = 2;     // the sender has sent, or was destroyed
  static constexpr std::uint32_t kReceiverDone = 4;   // the receiver has closed the channel, or was destroyed
  static constexpr std::uint32_t kReceiverWaits = 8;  // the receiver waits for kSenderDone
  static constexpr std::uint32_t kSenderWaits = 16;   // the sender waits for kReceiverDone
  static constexpr std::uint32_t kSenderGone = 32;    // the sender will not touch the state again
  static constexpr std::uint32_t kReceiverGone = 64;  // the receiver will not touch the state again

  OneshotCore() noexcept = default;
  OneshotCore(const OneshotCore&) = delete;
  OneshotCore& operator=(const OneshotCore&) = delete;

  bool has(std::uint32_t bits) const noexcept {
    // [done] acquire: sees what the other side wrote before. Pairs with: [done] release in leave() and close().
    return state_.load(std::memory_order_acquire) & bits;
  }

  enum class Left { alone, last, refused };

  /// The sender is done. `bits`: kSent if it leaves a value, which is refused if the receiver is done already; else 0.
  /// Returns: refused if nothing was changed; last if the caller must delete the state; alone if it must not touch the
  ///   state again.
  [[nodiscard]] Left leave_as_sender(std::uint32_t bits) noexcept {
    return leave(bits | kSenderDone, bits ? kReceiverDone : 0, kReceiverWaits, receiver_, kSenderGone,
                 kReceiverGone);
  }
  /// The receiver is destroyed. Returns: alone or last, as leave_as_sender().
  [[nodiscard]] Left leave_as_receiver() noexcept {
    return leave(kReceiverDone, 0, kSenderWaits, sender_, kReceiverGone, kSenderGone);
  }
  /// The receiver takes only a value that was already sent.
  void close() noexcept {
    // [done] release and acquire: as in leave().
    const std::uint32_t before = state_.fetch_or(kReceiverDone, std::memory_order_acq_rel);
    if (before & kSenderWaits) wake(sender_);
    if (before & kReceiverWaits) wake(receiver_);
  }

  /// Begins a wait of the receiver. Returns: false if there is nothing to wait for.
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
      wanted = word | done | (word & other_waits ? 0 : gone);  // waking the other side still needs the lock
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
  static_assert(is_moved_type<T>());

  OneshotState() noexcept {}
  ~OneshotState() {}

  /// Returns: true if there is a value that was not taken. Only the receiver may call it.
  bool is_full() const noexcept { return has(kSent) && !taken; }
  /// Takes the value. Requires: is_full().
  T take() {
    struct Discard {
      OneshotState& state;
      ~Discard() { state.discard(); }
    } discard{*this};
    return std::move(value);
  }
  /// Destroys the value in its place. Requires: is_full().
  void discard() noexcept {
    taken = true;
    value.~T();
  }

  union {
    T value;
  };
  bool taken = false;
  bool told_end = false;  // the receiver was told that there is nothing to take
};

}  // namespace corokit::detail
