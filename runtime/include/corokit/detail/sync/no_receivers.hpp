#pragma once
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>

namespace corokit::detail {

/// Waits until a channel has no receiver. When the waiter resumes, there may be a new receiver.
template <class State>
class NoReceivers : public Awaiter<NoReceivers<State>> {
 public:
  static constexpr const char* kName = "Sender::closed";
  explicit NoReceivers(State& state) noexcept : state_(state) {}
  NoReceivers(NoReceivers&& other) noexcept : Awaiter<NoReceivers>(other), state_(other.state_) {}
  ~NoReceivers() {
    if (waiting_) state_.stop_waiting_for_no_receivers(node_);
  }
  bool try_complete() const noexcept { return state_.receivers() == 0; }
  bool suspend() noexcept {
    node_.branch = &this->branch();
    return waiting_ = state_.wait_for_no_receivers(node_);
  }
  void await_resume() noexcept { waiting_ = false; }

 private:
  State& state_;
  WaitNode node_;
  bool waiting_ = false;
};

}  // namespace corokit::detail
