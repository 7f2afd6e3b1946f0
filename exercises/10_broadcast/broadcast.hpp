#pragma once
#include <10_broadcast/given.hpp>

#include <cstddef>
#include <utility>

namespace mini::broadcast {

template <class T>
struct State {  // what all ends of a channel share
  explicit State(std::size_t capacity) { (void)capacity; }

  // TODO: a lock, the ring, how many messages were sent, how many receivers there are, those who wait

  // TODO: the last sender is gone
  void end() {}
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state) : reader_(new Reader(std::move(state))) {}

  // TODO: an awaiter that derives from Wait; co_await gives a Received<T>: a message, Lagged or Closed
  Task<Received<T>> recv() { co_return Lagged(0); }

 private:
  struct Reader {  // one place in the stream of messages; it stays where it is when the Receiver is moved
    // TODO: one more receiver
    explicit Reader(std::shared_ptr<State<T>> the_state) : state(std::move(the_state)) {}
    // TODO: one less, and it does not read the messages that are left
    ~Reader() {}

    std::shared_ptr<State<T>> state;
  };
  std::unique_ptr<Reader> reader_;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(state), end_(end_of(state, &State<T>::end)) {}

  // TODO: put the message into the ring, and wake all who wait; returns how many receivers there are
  std::size_t send(T message) const { return (void)message, 0; }
  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<State<T>> end_;
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(std::size_t capacity) {
  const auto state = std::make_shared<State<T>>(capacity);
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::broadcast
