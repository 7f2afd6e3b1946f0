#pragma once
// Each receiver has a mailbox of its own, with pointers to the messages, which all receivers share. There is no ring,
// no cursor and no arithmetic: a mailbox that is full loses its oldest message and counts it, and a message is destroyed
// with the last pointer to it. A message is copied without the lock. But send() takes longer the more receivers there
// are, and allocates each message, where the ring takes one slot, however many receivers there are.
#include <10_broadcast/given.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mini::broadcast {

template <class T>
struct Mailbox {
  std::deque<std::shared_ptr<const T>> messages;
  std::uint64_t missed = 0;
  Waiters waiter;

  void wake() noexcept {
    if (Waiter* const oldest = waiter.pop_front()) oldest->job->wake();
  }
};

template <class T>
struct State {
  explicit State(std::size_t the_capacity) : capacity(the_capacity) {}

  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    for (Mailbox<T>* mailbox : mailboxes) mailbox->wake();
  }

  const std::size_t capacity;
  std::mutex mutex;  // guards what follows, and the mailboxes
  std::vector<Mailbox<T>*> mailboxes;
  bool ended = false;
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<State<T>> state)
      : state_(std::move(state)), mailbox_(std::make_unique<Mailbox<T>>()) {
    const std::lock_guard lock(state_->mutex);
    state_->mailboxes.push_back(mailbox_.get());
  }
  Receiver(Receiver&&) noexcept = default;
  Receiver& operator=(Receiver&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(mailbox_, other.mailbox_);
    return *this;
  }
  ~Receiver() {
    if (!mailbox_) return;
    const std::lock_guard lock(state_->mutex);
    std::erase(state_->mailboxes, mailbox_.get());
  }

  auto recv() noexcept { return Recv(*state_, *mailbox_); }

 private:
  class [[nodiscard]] Recv : Waiter {
   public:
    Recv(State<T>& state, Mailbox<T>& mailbox) noexcept : state_(state), mailbox_(mailbox) {}
    ~Recv() {
      if (!job) return;
      const std::lock_guard lock(state_.mutex);
      if (linked) mailbox_.waiter.remove(*this);
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(state_.mutex);
      if (!mailbox_.messages.empty() || mailbox_.missed || state_.ended) return false;
      job = &suspend_in(here);
      mailbox_.waiter.push_back(*this);
      return true;
    }
    Received<T> await_resume() {
      std::unique_lock lock(state_.mutex);
      job = nullptr;
      if (mailbox_.missed) return Lagged(std::exchange(mailbox_.missed, 0));
      if (mailbox_.messages.empty()) return Closed();
      const auto message = std::move(mailbox_.messages.front());
      mailbox_.messages.pop_front();
      lock.unlock();
      return *message;
    }

   private:
    State<T>& state_;
    Mailbox<T>& mailbox_;
  };

  std::shared_ptr<State<T>> state_;
  std::unique_ptr<Mailbox<T>> mailbox_;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<State<T>> state)
      : state_(state), senders_(nullptr, [state](void*) { state->end(); }) {}

  std::size_t send(T message) const {
    const auto shared = std::make_shared<const T>(std::move(message));
    const std::lock_guard lock(state_->mutex);
    for (Mailbox<T>* mailbox : state_->mailboxes) {
      if (mailbox->messages.size() == state_->capacity) {
        mailbox->messages.pop_front();
        ++mailbox->missed;
      }
      mailbox->messages.push_back(shared);
      mailbox->wake();
    }
    return state_->mailboxes.size();
  }

  Receiver<T> subscribe() const { return Receiver<T>(state_); }

 private:
  std::shared_ptr<State<T>> state_;
  std::shared_ptr<void>
      senders_;  // points to nothing, counts the copies, and calls the function after the last one
};

template <class T>
std::pair<Sender<T>, Receiver<T>> channel(std::size_t capacity) {
  const auto state = std::make_shared<State<T>>(capacity);
  return {Sender<T>(state), Receiver<T>(state)};
}

}  // namespace mini::broadcast
