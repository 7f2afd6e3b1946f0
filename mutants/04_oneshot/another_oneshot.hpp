// A mutex instead of a word of states, and std::shared_ptr instead of the question who frees. Each step is one critical
// section, so there is no order of memory to choose and no state in between: the sender wakes while it holds the lock,
// and the receiver takes the lock before it goes on, or is gone. That buys a program that can be checked by reading,
// and costs two more atomic counters, and a receiver that sleeps if it is woken into the lock. The rungs from 5 on are
// built like this one.
#pragma once
#include <04_oneshot/given.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace mini::oneshot {

/// What both ends share. All of it is guarded by the mutex.
template <class T>
struct Channel {
  std::mutex mutex;
  std::optional<T> value;
  Job* waiting = nullptr;
  bool sender_is_through = false;
  bool receiver_is_gone = false;
};

template <class T>
class Sender {
 public:
  explicit Sender(std::shared_ptr<Channel<T>> channel) : channel_(std::move(channel)) {}
  Sender(Sender&&) = default;
  Sender& operator=(Sender&& other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~Sender() { finish(std::nullopt); }

  /// Requires: nothing was sent. Returns: false if the receiver is gone; then the value is destroyed.
  bool send(T value) { return finish(std::optional<T>(std::move(value))); }

 private:
  bool finish(std::optional<T> value) {
    const auto channel = std::exchange(channel_, nullptr);
    if (!channel) return false;
    const std::lock_guard lock(channel->mutex);
    if (channel->receiver_is_gone) return false;
    channel->value = std::move(value);
    channel->sender_is_through = true;
    if (channel->waiting) std::exchange(channel->waiting, nullptr)->wake();
    return true;
  }

  std::shared_ptr<Channel<T>> channel_;
};

template <class T>
class Receiver {
 public:
  explicit Receiver(std::shared_ptr<Channel<T>> channel) : channel_(std::move(channel)) {}
  Receiver(Receiver&&) = default;
  Receiver& operator=(Receiver&& other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~Receiver() {
    if (!channel_) return;
    const std::lock_guard lock(channel_->mutex);
    channel_->receiver_is_gone = true;
  }

  /// co_await receiver: what was sent; none if the sender is gone, or if it was taken before. A wait that is dropped
  /// takes nothing: the receiver may be awaited again.
  auto operator co_await() { return Wait(*channel_); }

 private:
  class Wait {
   public:
    explicit Wait(Channel<T>& channel) noexcept : channel_(channel) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      const std::lock_guard lock(channel_.mutex);  // the sender no longer touches the job
      channel_.waiting = nullptr;
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(channel_.mutex);
      if (channel_.sender_is_through) return false;
      channel_.waiting = &suspend_in(here);
      return true;
    }
    std::optional<T> await_resume() {
      const std::lock_guard lock(channel_.mutex);
      return std::exchange(channel_.value, std::nullopt);
    }

   private:
    Channel<T>& channel_;
  };

  std::shared_ptr<Channel<T>> channel_;
};

/// Makes a channel for one value.
template <class T>
std::pair<Sender<T>, Receiver<T>> channel() {
  auto channel = std::make_shared<Channel<T>>();
  return {Sender<T>(channel), Receiver<T>(channel)};
}

}  // namespace mini::oneshot
