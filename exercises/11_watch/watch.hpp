#pragma once
#include <11_watch/given.hpp>

#include <utility>

namespace mini::watch {

template <class T>
struct State {  // what all ends of a channel share
  explicit State(T initial) : value(std::move(initial)) {}

  T value;
  // TODO: a lock, what says that the value has changed, those who wait

  // TODO: the last sender is gone
  void end() {}
};

template <class T>
class Receiver {
 public:
  // TODO: the present value counts as seen
  explicit Receiver(std::shared_ptr<State<T>> state) : state_(std::move(state)) {}

  // TODO: the newest value
  T get() const { return T(0); }
  // TODO: an awaiter that derives from Wait; co_await gives true after a change, false if no sender is left
  Task<bool> changed() { co_return false; }

 private:
  std::shared_ptr<State<T>> state_;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state) : state_(state), end_(end_of(state, &State<T>::end)) {}

  // TODO: set the value, and wake all who wait
  void send(T value) const { (void)value; }
  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<State<T>> end_;
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(T initial) {
  const auto state = std::make_shared<State<T>>(std::move(initial));
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::watch
