#pragma once
// Each value is an object of its own, which never changes: a receiver takes a pointer to it under the lock, and copies
// the value after that. So nobody waits while a large value is copied; each send() allocates for that. The number of
// the value is atomic and has the end in its last bit, so that changed() sees without a lock whether there is news. It
// looks once more under the lock before it waits. This is how corokit does it.
#include <11_watch/given.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace mini::watch {

/// What all ends of a channel share.
template <class T>
class State {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit State(T initial) : value_(std::make_shared<const T>(std::move(initial))) {}

  /// Sets the value; null: there are no more values.
  void set(Pointer value) {
    const std::lock_guard lock(mutex_);
    if (value) {
      value_.swap(value);
      news_ += kVersion;
    } else {
      news_ |= kEnded;
    }
    while (Waiter* const oldest = waiters_.pop_front()) oldest->job->wake();
  }

  Pointer value() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  std::uint64_t version() const noexcept { return news_ & ~kEnded; }
  bool is_settled(std::uint64_t seen) const noexcept { return news_ != seen; }

  bool wait(Waiter& waiter, std::coroutine_handle<> here, std::uint64_t seen) {
    const std::lock_guard lock(mutex_);
    if (is_settled(seen)) return false;
    waiter.job = &suspend_in(here);
    waiters_.push_back(waiter);
    return true;
  }

  /// Is called when a wait is over, or dropped. The lock makes sure that no waker is busy with the waiter.
  void end_wait(Waiter& waiter) {
    if (!waiter.job) return;
    const std::lock_guard lock(mutex_);
    waiter.job = nullptr;
    if (waiter.linked) waiters_.remove(waiter);
  }

 private:
  static constexpr std::uint64_t kEnded = 1;  // the last bit: no sender is left
  static constexpr std::uint64_t kVersion = 2;

  mutable std::mutex mutex_;  // guards the pointer, and the order of pointer, number and wakes
  Pointer value_;
  std::atomic<std::uint64_t> news_ = 0;  // the number of the value, and kEnded: goes up only
  Waiters waiters_;
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) noexcept
      : state_(std::move(state)), seen_(state_->version()) {}

  T get() const { return *state_->value(); }

  auto changed() noexcept { return Changed(*this); }

 private:
  class [[nodiscard]] Changed : Waiter {
   public:
    explicit Changed(Receiver& receiver) noexcept : receiver_(receiver), state_(*receiver.state_) {}
    ~Changed() { state_.end_wait(*this); }
    bool await_ready() const noexcept { return state_.is_settled(receiver_.seen_); }
    bool await_suspend(std::coroutine_handle<> here) { return state_.wait(*this, here, receiver_.seen_); }
    bool await_resume() {
      state_.end_wait(*this);
      const std::uint64_t now = state_.version();
      return std::exchange(receiver_.seen_, now) != now;
    }

   private:
    Receiver& receiver_;
    State<T>& state_;
  };

  std::shared_ptr<State<T>> state_;
  std::uint64_t seen_;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state)
      : state_(state), senders_(nullptr, [state](void*) { state->set(nullptr); }) {}

  void send(T value) const { state_->set(std::make_shared<const T>(std::move(value))); }

  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<void>
      senders_;  // points to nothing, counts the copies, and calls the function after the last one
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(T initial) {
  const auto state = std::make_shared<State<T>>(std::move(initial));
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::watch
