#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cstddef>
#include <optional>

namespace corokit::detail {

/// Counts the senders of a channel, and its weak senders, which do not keep the channel open.
class SenderCount {
 public:
  void add() noexcept { strong_.fetch_add(1, std::memory_order_relaxed); }  // the caller has one
  /// Returns: true if it was the last sender.
  [[nodiscard]] bool remove() noexcept {
    // [closed] release: all sends of this sender come before. Pairs with: [closed] acquire in strong().
    return strong_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  /// Adds a sender, unless there is none. Returns: whether it did.
  [[nodiscard]] bool try_add() noexcept {
    std::size_t count = strong_.load(std::memory_order_relaxed);
    while (count != 0) {
      // Relaxed: as in add(); the weak sender of the caller keeps the channel's state alive.
      if (strong_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  // Relaxed: the weak senders are only counted, and no other data depends on the count.
  void add_weak() noexcept { weak_.fetch_add(1, std::memory_order_relaxed); }
  void remove_weak() noexcept { weak_.fetch_sub(1, std::memory_order_relaxed); }

  std::size_t strong() const noexcept { return strong_.load(std::memory_order_acquire); }  // [closed]
  std::size_t weak() const noexcept { return weak_.load(std::memory_order_relaxed); }

 private:
  Atomic<std::size_t> strong_{0};
  Atomic<std::size_t> weak_{0};
};

/// The role of a weak sender in a ChannelEnd.
struct WeakSenderRole {
  template <class State>
  static void enter(State& state) noexcept {
    state.senders().add_weak();
  }
  template <class State>
  static void leave(State& state) noexcept {
    state.senders().remove_weak();
  }
};

/// Makes a sender for a weak sender. Returns: none if no sender is left.
template <class Sender, class State>
std::optional<Sender> upgrade(State& state) {
  if (!state.senders().try_add()) return std::nullopt;
  std::optional<Sender> sender(std::in_place, state);
  state.remove_sender();  // takes back what try_add() added, since `sender` has counted itself
  return sender;
}

}  // namespace corokit::detail
