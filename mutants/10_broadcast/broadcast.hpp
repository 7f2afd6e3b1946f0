#pragma once
#include <10_broadcast/given.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

/// A channel in which each message reaches each receiver. It keeps the newest messages, up to its capacity: a receiver
/// that falls further behind loses messages, and is told how many.
namespace mini::broadcast {

template <class T>
struct State {
  struct Slot {
    std::optional<T> message;
    std::size_t readers = 0;  // those that have not passed the message; it is destroyed when the last one has
    void pass() {
      if (--readers == 0) message.reset();
    }
  };
  explicit State(std::size_t capacity) : ring(capacity) {}

  std::mutex mutex;  // guards what follows
  std::vector<Slot>
      ring;  // message k, from 0 on, is in ring[k % capacity] until message k + capacity is sent
  std::uint64_t sent = 0;     // how many were sent: the number of the next message
  std::size_t receivers = 0;  // how many there are
  bool ended = false;         // no sender is left
  Waiters waiters;

  Slot& slot_of(std::uint64_t message) { return ring[message % ring.size()]; }
  std::uint64_t oldest() const { return sent > ring.size() ? sent - ring.size() : 0; }
  void wake_all() noexcept {
    while (Waiter* const waiter = waiters.pop_front()) waiter->job->wake();
  }
  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    wake_all();
  }
};

/// Receives each message that is sent after the receiver was made. Thread-safety: one thread at a time.
template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) : reader_(new Reader(std::move(state))) {}

  /// co_await receiver.recv() waits for the next message. Returns: the message; or Lagged, after which the oldest
  /// message comes that is kept; or Closed, after the last one of the last sender. Dropping the wait loses no message.
  auto recv() noexcept { return Recv(*reader_); }

 private:
  struct Reader {
    explicit Reader(std::shared_ptr<State<T>> the_state) : state(std::move(the_state)) {
      const std::lock_guard lock(state->mutex);
      ++state->receivers;
      cursor = state->sent;
    }
    ~Reader() {
      const std::lock_guard lock(state->mutex);
      --state->receivers;
      for (auto i = std::max(cursor, state->oldest()); i != state->sent; ++i) state->slot_of(i).pass();
    }
    std::shared_ptr<State<T>> state;
    std::uint64_t cursor;  // the number of the next message to read
  };

  struct [[nodiscard]] Recv : Wait {
    explicit Recv(Reader& the_reader) noexcept
        : Wait(the_reader.state->mutex, the_reader.state->waiters),
          reader(the_reader),
          state(*reader.state) {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(state.mutex);
      if (reader.cursor != state.sent || state.ended) return false;
      this->join(here);
      return true;
    }
    Received<T> await_resume() {
      const std::lock_guard lock(state.mutex);
      this->leave();
      if (reader.cursor == state.sent) return Closed();
      if (const std::uint64_t oldest = state.oldest(); reader.cursor < oldest) {
        return Lagged(oldest - std::exchange(reader.cursor, oldest));
      }
      auto& slot = state.slot_of(reader.cursor++);
      Received<T> message(std::in_place_index<0>, *slot.message);
      slot.pass();
      return message;
    }

    Reader& reader;
    State<T>& state;
  };

  std::unique_ptr<Reader> reader_;
};

/// Sends, and never waits. A copy is one more sender. Thread-safety: all members may be called at once from any thread.
template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(state), end_(end_of(state, &State<T>::end)) {}

  /// Returns: how many receivers there are. If there is none, the message is destroyed.
  std::size_t send(T message) const {
    const std::lock_guard lock(state_->mutex);
    if (state_->receivers == 0) return 0;
    auto& slot = state_->slot_of(state_->sent++);
    slot.message.emplace(std::move(message));
    slot.readers = state_->receivers;
    state_->wake_all();
    return state_->receivers;
  }

  /// Returns: a receiver of the messages that are sent from now on.
  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<State<T>> end_;  // what all copies share: it calls end() when the last one is gone
};

/// Requires: capacity is at least 1.
template <class T>
std::pair<Sender<T>, Receiver<T>> channel(std::size_t capacity) {
  const auto state = std::make_shared<State<T>>(capacity);
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::broadcast
