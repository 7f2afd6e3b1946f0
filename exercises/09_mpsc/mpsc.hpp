#pragma once
#include <09_mpsc/given.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace mini::mpsc {

template <class T>
struct State {  // what all ends of a channel share
  explicit State(std::size_t capacity) : room(capacity) {}

  Semaphore room;  // a permit is the room for one message
  // TODO: the queue, its lock, and what else the ends have to know of each other

  // TODO: the last sender is gone
  void end() {}
  // TODO: refuse messages from now on
  void close() {}
  // TODO: nobody will receive what is in the queue
  void receiver_is_gone() {}
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(end_of(state, &State<T>::end)) {}

  // TODO: wait for a permit, and put it into the queue with the message; false if the channel is closed
  Task<bool> send(T message) const { co_return (void) message, false; }
  // TODO: as send(), without waiting
  bool try_send(T message) const { return (void)message, false; }

 private:
  std::shared_ptr<State<T>> state_;
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) : state_(end_of(state, &State<T>::receiver_is_gone)) {}
  Receiver(Receiver&&) = default;
  Receiver& operator=(Receiver&&) = default;

  // TODO: an awaiter that derives from Wait; co_await gives an optional message
  Task<std::optional<T>> recv() { co_return std::nullopt; }
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
