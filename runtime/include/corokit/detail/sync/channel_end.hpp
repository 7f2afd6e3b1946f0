#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cassert>
#include <cstdint>
#include <utility>

namespace corokit::detail {

/// The base of the state that the ends of a channel share. The last end destroys the state.
template <class State>
class ChannelState {
 public:
  ChannelState() noexcept = default;
  ChannelState(const ChannelState&) = delete;
  ChannelState& operator=(const ChannelState&) = delete;

  // Relaxed: the caller already has a reference.
  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release_ref() noexcept {
    // [refs] acquire and release: the last end sees what all other ends did before they released their references.
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<State*>(this);
  }

 protected:
  ~ChannelState() = default;

 private:
  Atomic<std::uint32_t> refs_{0};  // the number of ends that are alive
};

/// One end of a channel: a counted reference to the state. It calls Role::enter() when an end is made or copied, and
/// Role::leave() when an end is destroyed.
template <class State, class Role>
class ChannelEnd {
 public:
  /// Makes one more end with this role.
  explicit ChannelEnd(State& state) noexcept : state_(&state) {
    state.add_ref();
    Role::enter(state);
  }
  ChannelEnd(const ChannelEnd& other) noexcept : ChannelEnd(*other) {}
  ChannelEnd(ChannelEnd&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  ChannelEnd& operator=(ChannelEnd other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~ChannelEnd() {
    if (!state_) return;
    Role::leave(*state_);
    state_->release_ref();
  }

  State& operator*() const noexcept {
    assert(state_ && "corokit: this end of a channel was moved from");
    return *state_;
  }
  State* operator->() const noexcept { return &**this; }
  explicit operator bool() const noexcept { return state_ != nullptr; }
  /// Returns: true if both are ends of the same channel.
  friend bool operator==(const ChannelEnd& a, const ChannelEnd& b) noexcept { return a.state_ == b.state_; }

 private:
  State* state_;
};

}  // namespace corokit::detail
