#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cassert>
#include <cstdint>
#include <utility>

namespace corokit::detail {

/// What the ends of one channel share; it dies with the last of them.
template <class State>
class ChannelState {
 public:
  ChannelState() noexcept = default;
  ChannelState(const ChannelState&) = delete;
  ChannelState& operator=(const ChannelState&) = delete;

  // Relaxed: whoever adds a reference has one.
  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release_ref() noexcept {
    // [refs] acquire and release: the last one sees what all others did before they let go.
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<State*>(this);
  }

 protected:
  ~ChannelState() = default;

 private:
  Atomic<std::uint32_t> refs_{0};  // ends that are alive
};

/// One end of a channel: a counted reference to its state, which is told when a copy is made (Role::enter)
/// and when an end dies (Role::leave).
template <class State, class Role>
class ChannelEnd {
 public:
  /// Makes one more end of this role.
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
  /// Are both ends of one channel?
  friend bool operator==(const ChannelEnd& a, const ChannelEnd& b) noexcept { return a.state_ == b.state_; }

 private:
  State* state_;
};

}  // namespace corokit::detail
