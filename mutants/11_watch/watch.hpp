#pragma once
#include <11_watch/given.hpp>

#include <cstdint>
#include <utility>

/// A channel for a value that changes: receivers see the newest value, and may miss values in between.
namespace mini::watch {

template <class T>
struct State {
  explicit State(T initial) : value(std::move(initial)) {}

  std::mutex mutex;           // guards what follows
  T value;                    // the newest value, and
  std::uint64_t version = 0;  // its number: both change at once
  bool ended = false;         // no sender is left
  Waiters waiters;

  void wake_all() noexcept {
    while (Waiter* const waiter = waiters.pop_front()) waiter->job->wake();
  }
  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    wake_all();
  }
};

/// Sees the newest value, and remembers which one it saw last. A copy remembers on its own.
template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) : state_(std::move(state)) {
    const std::lock_guard lock(state_->mutex);
    seen_ = state_->version;
  }

  /// Returns: the newest value. It does not count as seen by that.
  T get() const {
    const std::lock_guard lock(state_->mutex);
    return state_->value;
  }

  /// co_await receiver.changed() waits for a value that the receiver has not seen, which counts as seen from then on.
  /// Returns: true; false if there is none, and no sender is left. Dropping the wait marks nothing as seen.
  auto changed() noexcept { return Changed(*this); }

 private:
  struct [[nodiscard]] Changed : Wait {
    explicit Changed(Receiver& the_receiver) noexcept
        : Wait(the_receiver.state_->mutex, the_receiver.state_->waiters), receiver(the_receiver) {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(receiver.state_->mutex);  // looks and registers at once
      if (receiver.state_->version != receiver.seen_ || receiver.state_->ended) return false;
      this->join(here);
      return true;
    }
    bool await_resume() {
      const std::lock_guard lock(receiver.state_->mutex);
      this->leave();
      return std::exchange(receiver.seen_, receiver.state_->version) != receiver.state_->version;
    }

    Receiver& receiver;
  };

  std::shared_ptr<State<T>> state_;
  std::uint64_t seen_ = 0;  // the number of the value that it saw last
};

/// Changes the value. A copy is one more sender. Thread-safety: all members may be called at once from any thread.
template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(state), end_(end_of(state, &State<T>::end)) {}

  void send(T value) const {
    const std::lock_guard lock(state_->mutex);
    state_->value = std::move(value);
    ++state_->version;
    state_->wake_all();
  }

  /// Returns: a receiver that has seen the present value.
  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<State<T>> end_;  // what all copies share: it calls end() when the last one is gone
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(T initial) {
  const auto state = std::make_shared<State<T>>(std::move(initial));
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::watch
