#pragma once
// There is no semaphore: a sender that waits stands in a list of the channel with its message, and the receiver, which
// takes a message out of the full queue, moves that of the oldest sender in. Go's channels do that. One lock is enough
// where the semaphore has a second one, and a message is in the queue as soon as there is room for it, not when its
// sender runs again. But it cannot be taken back then, as a permit can: a send that is dropped after it was told has
// sent its message.
#include <09_mpsc/given.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace mini::mpsc {

template <class T>
struct State {
  struct Send;
  struct Recv;

  explicit State(std::size_t the_capacity) : capacity(the_capacity) {}

  void push_locked(T message) {
    queue.push_back(std::move(message));
    if (Waiter* const waiter = receiver.pop_front()) waiter->job->wake();
  }
  void close() {
    const std::lock_guard lock(mutex);
    closed = true;
    while (Waiter* const oldest = senders.pop_front()) oldest->job->wake();
  }
  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    if (Waiter* const waiter = receiver.pop_front()) waiter->job->wake();
  }
  /// Ends a wait that is over, or dropped. The lock makes sure that no waker is busy with it.
  void end_wait(Waiter& waiter, Waiters& list) {
    if (!waiter.job) return;
    const std::lock_guard lock(mutex);
    waiter.job = nullptr;
    if (waiter.linked) list.remove(waiter);
  }

  const std::size_t capacity;
  std::mutex mutex;  // guards what follows
  std::deque<T> queue;
  Waiters senders;  // the queue is full while one waits
  Waiters receiver;
  bool closed = false;  // by the receiver: no sender waits then
  bool ended = false;   // no sender is left
};

template <class T>
struct [[nodiscard]] State<T>::Send : Waiter {
  Send(State& the_state, T the_message) : state(the_state), message(std::move(the_message)) {}
  ~Send() { state.end_wait(*this, state.senders); }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> here) {
    const std::lock_guard lock(state.mutex);
    if (state.closed) return false;
    if (state.queue.size() == state.capacity) {
      job = &suspend_in(here);
      state.senders.push_back(*this);
      return true;
    }
    state.push_locked(std::move(message));
    is_sent = true;
    return false;
  }
  bool await_resume() {
    state.end_wait(*this, state.senders);
    return is_sent;
  }
  State& state;
  T message;
  bool is_sent = false;  // guarded by the lock while it waits
};

template <class T>
struct [[nodiscard]] State<T>::Recv : Waiter {
  explicit Recv(State& the_state) noexcept : state(the_state) {}
  ~Recv() { state.end_wait(*this, state.receiver); }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> here) {
    const std::lock_guard lock(state.mutex);
    if (!state.queue.empty() || state.closed || state.ended) return false;
    job = &suspend_in(here);
    state.receiver.push_back(*this);
    return true;
  }
  std::optional<T> await_resume() {
    const std::lock_guard lock(state.mutex);
    job = nullptr;
    if (state.queue.empty()) return std::nullopt;
    std::optional<T> message(std::move(state.queue.front()));
    state.queue.pop_front();
    if (auto* const oldest = static_cast<Send*>(state.senders.pop_front())) {
      state.push_locked(std::move(oldest->message));
      oldest->is_sent = true;
      oldest->job->wake();
    }
    return message;
  }
  State& state;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state)
      : state_(state), senders_(nullptr, [state](void*) { state->end(); }) {}

  auto send(T message) const { return typename State<T>::Send(*state_, std::move(message)); }

  bool try_send(T message) const {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed || state_->queue.size() == state_->capacity) return false;
    state_->push_locked(std::move(message));
    return true;
  }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<void>
      senders_;  // points to nothing, counts the copies, and calls the function after the last one
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) noexcept : state_(std::move(state)) {}
  Receiver(Receiver&&) noexcept = default;
  Receiver& operator=(Receiver&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Receiver() {
    if (!state_) return;
    close();
    std::deque<T> unread;
    const std::lock_guard lock(state_->mutex);
    unread.swap(state_->queue);
  }

  auto recv() noexcept { return typename State<T>::Recv(*state_); }

  void close() { state_->close(); }

 private:
  std::shared_ptr<State<T>> state_;
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(std::size_t capacity) {
  const auto state = std::make_shared<State<T>>(capacity);
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::mpsc
