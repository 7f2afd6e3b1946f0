#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/oneshot_state.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>

#include <cassert>
#include <memory>
#include <stdexcept>
#include <utility>

/// A channel for a single value: the answer to a question, the end of something.
/// Example: runtime/examples/request_reply.cpp
namespace corokit::oneshot {

/// The sender died without sending, or the receiver closed the channel before it did.
struct RecvError {
  RecvError() noexcept {}
  friend bool operator==(const RecvError&, const RecvError&) noexcept { return true; }
};

/// Why try_recv() gave no value.
enum class TryRecvError {
  empty,   ///< not sent yet
  closed,  ///< never will be, or was taken before
};

/// Sends the value. Moved, never copied; dropping it unused tells the receiver.
/// Thread-safety: one thread at a time; the receiver runs freely beside it.
template <class T>
class Sender {
  using State = detail::OneshotState<T>;
  using Core = detail::OneshotCore;

  class Closed : public detail::Awaiter<Closed> {
   public:
    static constexpr const char* kName = "oneshot::Sender::closed";
    explicit Closed(Core& core) noexcept : core_(core) {}
    Closed(Closed&& other) noexcept : detail::Awaiter<Closed>(other), core_(other.core_) {}
    ~Closed() {
      if (waiting_) core_.stop_waiting_as_sender();
    }
    bool try_complete() const noexcept { return core_.has(Core::kReceiverDone); }
    bool suspend() noexcept { return waiting_ = core_.wait_as_sender(this->branch()); }
    void await_resume() noexcept { waiting_ = false; }

   private:
    Core& core_;
    bool waiting_ = false;
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : state_(&state) {}
  Sender(Sender&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Sender& operator=(Sender other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Sender() {
    if (state_) let_go(state_->leave_as_sender(0));
  }

  /// Sends the value, once; the sender is used up.
  ///
  /// Returns: nothing; or the value, if the receiver is gone or has closed the channel. Never waits.
  /// Throws: std::logic_error if the sender was used or moved from before.
  /// Complexity: O(1).
  Result<void, T> send(T value) {
    if (!state_) throw std::logic_error("corokit: a oneshot::Sender sends once");
    if (is_closed()) return Err<T>(std::move(value));
    std::construct_at(std::addressof(state_->value), std::move(value));
    const auto left = state_->leave_as_sender(Core::kSent);
    if (left == Core::Left::refused)
      return Err<T>(state_->take());  // closed just now: the value is still ours
    let_go(left);
    return {};
  }

  /// The receiver is gone, or has closed the channel.
  bool is_closed() const noexcept { return state().has(Core::kReceiverDone); }

  /// Waits until is_closed(): `co_await sender.closed();`, to stop work that nobody waits for.
  ///
  /// Requires: the sender stays alive, and unused, for as long as this waits.
  /// Thread-safety: the sender's thread; one closed() at a time.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] Closed closed() noexcept { return Closed(state()); }

 private:
  State& state() const noexcept {
    assert(state_ && "corokit: this oneshot::Sender was used or moved from");
    return *state_;
  }
  void let_go(Core::Left left) noexcept {
    if (left == Core::Left::last) delete state_;
    state_ = nullptr;
  }

  State* state_;
};

/// Receives the value: `co_await` it. Moved, never copied; dropping it tells the sender.
///
///     auto answer = co_await receiver;
///
/// Requires: it stays where it is, and alive, for as long as this waits.
/// Returns: the value; or RecvError, if none was sent and none will be. Once the value was taken, RecvError.
/// Resumes: on the awaiting task's executor; never inside send().
/// Thread-safety: one thread at a time; the sender runs freely beside it.
/// Cancel-safety: safe: the value is not lost; the receiver can be awaited again.
/// Complexity: O(1), no allocation.
template <class T>
class Receiver {
  using State = detail::OneshotState<T>;
  using Core = detail::OneshotCore;

  class Recv : public detail::Awaiter<Recv> {
   public:
    static constexpr const char* kName = "oneshot::Receiver";
    explicit Recv(State& state) noexcept : state_(state) {}
    Recv(Recv&& other) noexcept : detail::Awaiter<Recv>(other), state_(other.state_) {}
    ~Recv() {
      if (waiting_) state_.stop_waiting_as_receiver();
    }
    bool try_complete() const noexcept { return state_.has(Core::kSenderDone | Core::kReceiverDone); }
    bool suspend() noexcept { return waiting_ = state_.wait_as_receiver(this->branch()); }
    Result<T, RecvError> await_resume() {
      waiting_ = false;
      if (state_.is_full()) return state_.take();
      state_.told_end = true;
      return Err<RecvError>(RecvError());
    }

   private:
    State& state_;
    bool waiting_ = false;
  };

 public:
  /// For channel().
  explicit Receiver(State& state) noexcept : state_(&state) {}
  Receiver(Receiver&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Receiver& operator=(Receiver other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Receiver() {
    if (!state_) return;
    if (!state_->has(Core::kSenderDone)) close();  // from here on nothing is sent
    if (state_->is_full()) static_cast<void>(state_->take());
    if (state_->leave_as_receiver() == Core::Left::last) delete state_;
  }

  Recv operator co_await() noexcept { return Recv(state()); }

  /// As awaiting it, without waiting.
  Result<T, TryRecvError> try_recv() {
    const bool over = state().has(Core::kSenderDone | Core::kReceiverDone);
    if (state_->is_full()) return state_->take();
    state_->told_end |= over;
    return Err<TryRecvError>(over ? TryRecvError::closed : TryRecvError::empty);
  }

  /// As awaiting it, blocking this thread, which is none of a runtime's.
  /// Throws: std::logic_error inside a runtime.
  Result<T, RecvError> blocking_recv() {
    return detail::block_thread(operator co_await(), "oneshot::Receiver::blocking_recv");
  }

  /// Takes no value any more: a later send() gets it back. One that was sent before can still be received.
  void close() noexcept { state().close(); }
  /// No value can be taken now.
  bool is_empty() const noexcept { return !state().is_full(); }
  /// The value was taken, or the receiver was told that there is none: awaiting it again gives nothing new.
  bool is_terminated() const noexcept { return state().taken || state_->told_end; }

 private:
  State& state() const noexcept {
    assert(state_ && "corokit: this oneshot::Receiver was moved from");
    return *state_;
  }

  State* state_;
};

/// The ends of a new channel: `auto [tx, rx] = oneshot::channel<int>();`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;
  explicit Channel(detail::OneshotState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel. Complexity: one allocation, recycled.
template <class T>
[[nodiscard]] Channel<T> channel() {
  return Channel<T>(*new detail::OneshotState<T>());
}

}  // namespace corokit::oneshot
