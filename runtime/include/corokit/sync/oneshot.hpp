#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/oneshot_state.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>

#include <cassert>
#include <memory>
#include <stdexcept>
#include <utility>

/// A channel for a single value, such as the reply to a request. T has a move or a copy constructor, which may throw,
/// and is aligned to at most 16 bytes.
/// Example: runtime/examples/request_reply.cpp
namespace corokit::oneshot {

/// The error of receiving: the sender was destroyed without sending, or the receiver closed the channel before it sent.
struct RecvError {
  RecvError() noexcept {}
  friend bool operator==(const RecvError&, const RecvError&) noexcept { return true; }
};

/// The reason why try_recv() gave no value.
enum class TryRecvError {
  empty,   ///< no value was sent yet
  closed,  ///< no value will be sent any more, or the value was already taken
};

/// Sends the value. It can be moved, but not copied. Dropping it without sending ends the receiver's wait.
/// Thread-safety: one thread at a time; the receiver may be used meanwhile.
template <class T>
class Sender {
  static_assert(detail::is_plain_type<T>());
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

  /// Sends the value, without waiting. The sender cannot be used any more afterwards.
  ///
  /// Returns: nothing; or the value, if the receiver is gone or has closed the channel.
  /// Throws: std::logic_error if the sender has already sent, or was moved from; what moving T throws.
  /// Complexity: O(1).
  Result<void, T> send(T value) {
    if (!state_) throw std::logic_error("corokit: a oneshot::Sender sends once");
    if (is_closed()) return Err<T>(std::move(value));
    std::construct_at(std::addressof(state_->value), std::move(value));
    const auto left = state_->leave_as_sender(Core::kSent);
    if (left == Core::Left::refused)
      return Err<T>(state_->take());  // the receiver closed just now, so the value is still the sender's
    let_go(left);
    return {};
  }

  /// Returns: true if the receiver is gone, or has closed the channel.
  bool is_closed() const noexcept { return state().has(Core::kReceiverDone); }

  /// Waits until is_closed(): `co_await sender.closed();` The sender can then stop work whose result is not needed.
  ///
  /// Requires: the sender is neither used nor destroyed during the wait.
  /// Resumes: on the awaiting task's executor.
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

/// Receives the value. It can be moved, but not copied. Dropping it closes the channel.
///
///     auto answer = co_await receiver;
///
/// Requires: the receiver is neither moved nor destroyed during the wait.
/// Resumes: on the awaiting task's executor; never inside send().
/// Returns: the value; or RecvError if no value will be sent any more, or the value was already taken.
/// Throws: what moving T throws, which loses the value.
/// Thread-safety: one thread at a time; the sender may be used meanwhile.
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
    if (!state_->has(Core::kSenderDone)) close();  // from here on no value can be sent
    if (state_->is_full()) state_->discard();
    if (state_->leave_as_receiver() == Core::Left::last) delete state_;
  }

  /// Waits for the value: `co_await receiver`.
  ///
  /// Returns: a Result: the value; an error if the sender is gone without one.
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: nothing is lost: a value that came stays for the next wait.
  Recv operator co_await() noexcept { return Recv(state()); }

  /// Takes the value if it was sent. Returns: the value, or the reason why there is none.
  /// Throws: what moving T throws, which loses the value.
  Result<T, TryRecvError> try_recv() {
    const bool over = state().has(Core::kSenderDone | Core::kReceiverDone);
    if (state_->is_full()) return state_->take();
    state_->told_end |= over;
    return Err<TryRecvError>(over ? TryRecvError::closed : TryRecvError::empty);
  }

  /// As `co_await receiver`, but blocks the calling thread.
  /// Throws: std::logic_error if the calling thread runs tasks.
  Result<T, RecvError> blocking_recv() {
    return detail::block_thread(operator co_await(), "oneshot::Receiver::blocking_recv");
  }

  /// Closes the channel: a later send() fails. A value that was sent before can still be received.
  void close() noexcept { state().close(); }
  /// Returns: true if there is no value to take now.
  bool is_empty() const noexcept { return !state().is_full(); }
  /// Returns: true if the value was taken, or the receiver was told that there is none.
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
  /// For channel().
  explicit Channel(detail::OneshotState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel. Complexity: one allocation, recycled.
template <class T>
[[nodiscard]] Channel<T> channel() {
  return Channel<T>(*new detail::OneshotState<T>());
}

}  // namespace corokit::oneshot
