#pragma once
#include <04_oneshot/given.hpp>

#include <atomic>
#include <optional>
#include <utility>

namespace mini::oneshot {

// TODO: what both ends share: the state, the value, the job that waits. Write down who moves the state, and where.

template <class T>
class Sender {
 public:
  // TODO: a sender can be moved, not copied. One that is dropped without sending ends the wait of the receiver.

  /// Requires: nothing was sent. Returns: false if the receiver is gone; then the value is destroyed.
  bool send(T value) {
    // TODO: write the value, then the state. Wake the job that waits, if there is one.
    return false;
  }
};

template <class T>
class Receiver {
 public:
  // TODO: a receiver can be moved, not copied. Once it is gone, send() says false.

  class Wait {
   public:
    Wait() {}  // an awaiter has a constructor of its own: g++ 12 destroys others twice
    Wait(const Wait&) = delete;
    ~Wait() {
      // TODO: runs after await_resume(), and also when the task is dropped while it waits.
    }

    bool await_ready() const noexcept { return true; }  // TODO: whether the sender is through
    bool await_suspend(std::coroutine_handle<> here) {
      // TODO: suspend_in(here) is the job to wake. Return false if the sender came first: then nobody waits.
      return false;
    }
    std::optional<T> await_resume() {
      // TODO: take the value.
      return std::nullopt;
    }
  };

  /// co_await receiver: what was sent; none if the sender is gone, or if it was taken before. A wait that is dropped
  /// takes nothing: the receiver may be awaited again.
  Wait operator co_await() noexcept { return Wait(); }
};

/// Makes a channel for one value.
template <class T>
std::pair<Sender<T>, Receiver<T>> channel() {
  // TODO: one block on the heap, which both ends know.
  return {Sender<T>(), Receiver<T>()};
}

}  // namespace mini::oneshot
