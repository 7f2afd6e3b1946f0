#pragma once
#include <09_mpsc/given.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

/// A queue of messages from many senders to one receiver. It has room for so many messages: whoever sends more waits.
namespace mini::mpsc {

template <class T>
struct State {
  struct Message {
    T value;
    Semaphore::Permits room;  // is given back when the message leaves the queue
  };
  explicit State(std::size_t capacity) : room(capacity) {}

  Semaphore room;             // a permit is the room for one message
  std::mutex mutex;           // guards what follows
  std::deque<Message> queue;  // the oldest first
  Waiters receiver;           // if it waits
  bool ended = false;         // no sender is left
  bool closed = false;        // by the receiver

  void wake_receiver() noexcept {
    if (Waiter* const waiter = receiver.pop_front()) waiter->job->wake();
  }

  bool push(T value, Semaphore::Permits permit) {
    const std::lock_guard lock(mutex);
    if (closed) return false;
    queue.push_back(Message{std::move(value), std::move(permit)});
    wake_receiver();
    return true;
  }

  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    wake_receiver();
  }

  void close() {
    room.close();
    const std::lock_guard lock(mutex);
    closed = true;
  }

  void receiver_is_gone() {
    close();
    std::deque<Message> unread;  // destroyed when the lock is free again
    const std::lock_guard lock(mutex);
    unread.swap(queue);
  }
};

/// Sends. A copy is one more sender. Thread-safety: all members may be called at once from any thread.
template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(end_of(state, &State<T>::end)) {}

  /// co_await sender.send(message) waits for room. Requires: the sender outlives that.
  /// Returns: true; false if the channel is closed, or its receiver gone.
  /// The message of a send that is dropped, or that gives false, is destroyed.
  Task<bool> send(T message) const {
    auto permit = co_await state_->room.acquire(1);
    co_return permit && state_->push(std::move(message), *std::move(permit));
  }

  /// As send(), but gives false where send() would wait.
  bool try_send(T message) const {
    auto permit = state_->room.try_acquire(1);
    return permit && state_->push(std::move(message), *std::move(permit));
  }

 private:
  std::shared_ptr<State<T>> state_;
};

/// Receives. Thread-safety: one thread at a time.
template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) : state_(end_of(state, &State<T>::receiver_is_gone)) {}
  Receiver(Receiver&&) = default;
  Receiver& operator=(Receiver&&) = default;

  /// co_await receiver.recv() waits for the next message. Dropping the wait loses no message.
  /// Returns: the message; none if there is none, and no sender is left or the channel is closed.
  auto recv() noexcept { return Recv(*state_); }

  /// Refuses messages from now on. Those that are in the queue can be received.
  void close() { state_->close(); }

 private:
  struct [[nodiscard]] Recv : Wait {
    explicit Recv(State<T>& the_state) noexcept
        : Wait(the_state.mutex, the_state.receiver), state(the_state) {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(state.mutex);  // looks and joins at once: no message comes between the two
      if (!state.queue.empty() || state.ended || state.closed) return false;
      this->join(here);
      return true;
    }
    std::optional<T> await_resume() {
      const std::lock_guard lock(state.mutex);
      this->leave();
      if (state.queue.empty()) return std::nullopt;
      auto message = std::move(state.queue.front());  // with the permit, which goes back when this returns
      state.queue.pop_front();
      return std::move(message.value);
    }

    State<T>& state;
  };

  std::shared_ptr<State<T>> state_;
};

/// Requires: capacity is at least 1.
template <class T>
std::pair<Sender<T>, Receiver<T>> channel(std::size_t capacity) {
  const auto state = std::make_shared<State<T>>(capacity);
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::mpsc
