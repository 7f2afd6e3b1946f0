#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cstddef>
#include <optional>

namespace corokit::detail {

/// How many senders a channel has; and how many weak ones, which keep nothing open.
class SenderCount {
 public:
  void add() noexcept { strong_.fetch_add(1, std::memory_order_relaxed); }  // the caller has one
  /// Returns: true if it was the last one.
  [[nodiscard]] bool remove() noexcept {
    // [closed] release: all sends of this sender come before. Pairs with: [closed] acquire in strong().
    return strong_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  /// Adds one if there is one.
  [[nodiscard]] bool try_add() noexcept {
    std::size_t count = strong_.load(std::memory_order_relaxed);
    while (count != 0) {
      // Relaxed: as add(), once it has succeeded; the channel itself came with the weak sender.
      if (strong_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  // Relaxed: the weak ones are only counted.
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

/// Makes a sender out of a weak one, unless none is left.
template <class Sender, class State>
std::optional<Sender> upgrade(State& state) {
  if (!state.senders().try_add()) return std::nullopt;
  std::optional<Sender> sender(std::in_place, state);
  state.remove_sender();  // what try_add() had added; `sender` counts for itself
  return sender;
}

}  // namespace corokit::detail
