#pragma once
#include <07_semaphore/semaphore.hpp>

#include <memory>
#include <mutex>

namespace mini {

/// A wait in a list, as that of Notify: it waits from join() on. Whoever wakes it holds the lock, and takes it out of
/// the list; whoever was woken calls leave(). A wait that is dropped leaves by itself.
class Wait : public Waiter {
 public:
  Wait(std::mutex& mutex, Waiters& list) noexcept : mutex_(mutex), list_(list) {}
  ~Wait() {
    if (!job) return;
    const std::lock_guard lock(mutex_);
    leave();
  }

  /// Requires: the lock is held, as for leave().
  void join(std::coroutine_handle<> here) noexcept {
    job = &suspend_in(here);
    list_.push_back(*this);
  }
  void leave() noexcept {
    if (linked) list_.remove(*this);
    job = nullptr;
  }

 private:
  std::mutex& mutex_;
  Waiters& list_;
};

/// One end of a channel: a pointer to what the ends share, which calls `gone` after its last copy is gone:
///   explicit Sender(std::shared_ptr<State> state) : state_(end_of(state, &State::sender_is_gone)) {}
template <class State>
std::shared_ptr<State> end_of(std::shared_ptr<State> state, void (State::*gone)()) {
  State* const shared = state.get();
  return {shared, [state = std::move(state), gone](State*) { (*state.*gone)(); }};
}

}  // namespace mini
