#pragma once
#include <04_oneshot/given.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace mini::oneshot {

// What both ends share. The state says who may touch it, and who frees it:
//   open      both ends are there, nobody waits    receiver: to waiting or gone; sender: to done
//   waiting   the receiver waits, `job` is set     sender: to telling; a receiver that is dropped: to open
//   telling   the sender wakes the job             sender: to done; the receiver spins until then
//   done      the sender is through                the receiver takes the value, if there is one, and frees
//   gone      the receiver is through              the sender frees
enum class State { open, waiting, telling, done, gone };

template <class T>
class Channel {
 public:
  /// The last act of the sender. Returns: false if the receiver is gone.
  bool finish() noexcept {
    for (;;) {
      if (move(State::open, State::done)) return true;
      if (move(State::waiting, State::telling)) {
        job->wake();
        state_.store(State::done, std::memory_order_release);  // until here the receiver and its job stay
        return true;
      }
      if (state_.load(std::memory_order_acquire) == State::gone) return delete this, false;
    }
  }
  /// The last act of the receiver. Requires: it does not wait.
  void leave() noexcept {
    if (!move(State::open, State::gone)) delete this;
  }

  bool begin_wait() noexcept { return move(State::open, State::waiting); }
  /// Ends a wait that was woken, or is dropped. Afterwards the sender no longer touches the job.
  void end_wait() noexcept {
    if (!move(State::waiting, State::open)) is_done();
  }
  /// Returns: whether the sender is through. If so, what it wrote is seen.
  bool is_done() const noexcept {
    for (;;) {
      const State now = state_.load(std::memory_order_acquire);
      if (now != State::telling) return now == State::done;
      std::this_thread::yield();  // wake() is about to return
    }
  }

  Job* job = nullptr;      // is written before `waiting`
  std::optional<T> value;  // is written before `done`

 private:
  /// Release: the other end sees what this one wrote before. Acquire: this one sees what the other one wrote.
  bool move(State from, State to) noexcept {
    return state_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }

  std::atomic<State> state_ = State::open;
};

template <class T>
class Sender {
 public:
  explicit Sender(Channel<T>& channel) noexcept : channel_(&channel) {}

  /// Requires: nothing was sent. Returns: false if the receiver is gone; then the value is destroyed.
  bool send(T value) {
    channel_->value.emplace(std::move(value));
    return channel_.release()->finish();
  }

 private:
  struct Finish {
    void operator()(Channel<T>* channel) const noexcept { channel->finish(); }
  };
  std::unique_ptr<Channel<T>, Finish> channel_;
};

template <class T>
class Receiver {
 public:
  explicit Receiver(Channel<T>& channel) noexcept : channel_(&channel) {}

  /// co_await receiver: what was sent; none if the sender is gone, or if it was taken before. A wait that is dropped
  /// takes nothing: the receiver may be awaited again.
  auto operator co_await() noexcept { return Wait(*channel_); }

 private:
  class Wait {
   public:
    explicit Wait(Channel<T>& channel) noexcept : channel_(channel) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { channel_.end_wait(); }

    bool await_ready() const noexcept { return channel_.is_done(); }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      channel_.job = &suspend_in(here);
      return channel_.begin_wait();
    }
    std::optional<T> await_resume() {
      channel_.end_wait();
      return std::exchange(channel_.value, std::nullopt);
    }

   private:
    Channel<T>& channel_;
  };
  struct Leave {
    void operator()(Channel<T>* channel) const noexcept { channel->leave(); }
  };
  std::unique_ptr<Channel<T>, Leave> channel_;
};

/// Makes a channel for one value.
template <class T>
std::pair<Sender<T>, Receiver<T>> channel() {
  auto* const channel = new Channel<T>;
  return {Sender<T>(*channel), Receiver<T>(*channel)};
}

}  // namespace mini::oneshot
