#pragma once
#include <12_cancel_token/given.hpp>

#include <memory>
#include <mutex>

namespace mini {

/// Asks tasks to stop. Copies are the same token; a child is cancelled with its parent, and not the other way round.
/// All functions may be called on any thread.
class CancelToken {
 public:
  struct Cancelled;

  /// A token that has no parent.
  CancelToken() = default;  // TODO: what do the copies of a token share?

  /// Returns: a new token, which is cancelled when this one is: at once if it has been cancelled already.
  CancelToken child() const {
    return {};  // TODO: the child stands in a list of its parent; let no cancel() slip in between
  }

  /// Cancels this token and all below it, and wakes those who wait. Another call changes nothing.
  void cancel() const noexcept {
    // TODO: set the flag, wake those who wait, go down
  }

  bool is_cancelled() const noexcept {
    return false;  // TODO
  }

  /// co_await token.cancelled() waits until the token is cancelled. Requires: the token outlives the wait.
  Cancelled cancelled() const noexcept;

  struct [[nodiscard]] Cancelled : Waiter {
    Cancelled() = default;
    // TODO: a destructor, for a wait that is dropped
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) noexcept {
      // TODO: the running job waits here, unless the token is cancelled; Notify shows how
    }
    void await_resume() noexcept {
      // TODO: rule 2 of rung 5
    }
  };
};

inline CancelToken::Cancelled CancelToken::cancelled() const noexcept {
  return {};
}

}  // namespace mini
