#pragma once
#include <corokit/detail/mpsc_state.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>

/// A queue from many senders to one receiver: each message is received once, and those of one sender in the
/// order in which it sent them.
namespace corokit::mpsc {

using corokit::SendError;

/// A message that try_send() did not send. It comes back here.
template <class T>
struct TrySendError {
  enum class Kind {
    full,    ///< no room now
    closed,  ///< nobody can receive it any more
  };
  Kind kind;
  T value;

  TrySendError(Kind reason, T message) noexcept : kind(reason), value(std::move(message)) {}
  bool is_full() const noexcept { return kind == Kind::full; }
  bool is_closed() const noexcept { return kind == Kind::closed; }
};

/// Why try_recv() gave no message.
enum class TryRecvError {
  empty,         ///< none now
  disconnected,  ///< none ever again
};

/// Receives from a bounded or an unbounded channel. Moved, never copied. When it dies the channel closes, and
/// what was not received is destroyed.
/// Thread-safety: one thread at a time; senders run freely beside it.
template <class T>
class Receiver {
  using State = detail::MpscState<T>;

 public:
  using Recv = detail::MpscRecv<T>;

  /// For channel().
  explicit Receiver(State& state) noexcept : end_(state) {}
  Receiver(Receiver&&) noexcept = default;
  Receiver& operator=(Receiver&&) noexcept = default;

  /// Waits for the next message: `while (auto message = co_await receiver.recv())`
  ///
  /// Requires: the receiver stays alive for as long as this waits.
  /// Returns: the message; none once no sender is left, or the channel was closed, and all that was sent has
  ///   been received.
  /// Thread-safety: one thread at a time; one recv() at a time.
  /// Cancel-safety: safe: no message is lost.
  /// Complexity: O(1), no allocation. Source: tokio's mpsc (blocks of slots, permits).
  [[nodiscard]] Recv recv() noexcept { return Recv(*end_); }

  /// As recv(), without waiting.
  /// Returns: `empty` where recv() would wait. A send() that has returned is seen; for one that is just being
  ///   written by another thread this waits, a few instructions.
  Result<T, TryRecvError> try_recv() noexcept {
    using Poll = typename State::Poll;
    for (int spins = 0;; ++spins) {
      const Poll poll = end_->poll();
      if (poll == Poll::message) return end_->take();
      if (poll == Poll::disconnected) return Err<TryRecvError>(TryRecvError::disconnected);
      if (end_->size() == 0) return Err<TryRecvError>(TryRecvError::empty);
      detail::relax(spins);
    }
  }

  /// Takes no more messages: waiting senders get theirs back. What was sent can still be received, and so
  /// will be what a sender has a place for already. Idempotent.
  void close() noexcept { end_->close(); }
  /// True after close(), and once no sender is left, also while messages are queued.
  bool is_closed() const noexcept { return end_->is_closed() || !end_->has_senders(); }
  /// Messages sent and not received.
  std::size_t len() const noexcept { return end_->size(); }
  bool is_empty() const noexcept { return len() == 0; }

 private:
  detail::ChannelEnd<State, detail::MpscReceiverRole> end_;
};

template <class T>
using UnboundedReceiver = Receiver<T>;

/// Sends to a bounded channel. A copy is one more sender; when the last one dies the receiver gets what is
/// left, then none. Thread-safety: every member, at once from any thread.
template <class T>
class Sender {
  using State = detail::MpscState<T>;
  using Acquired = detail::MpscCore::Acquired;

  class Send : public detail::Awaiter<Send> {
   public:
    static constexpr const char* kName = "mpsc::Sender::send";
    explicit Send(State& state, T&& message) noexcept : state_(state), message_(std::move(message)) {}
    Send(Send&& other) noexcept
        : detail::Awaiter<Send>(other), state_(other.state_), message_(std::move(other.message_)) {}
    ~Send() {
      if (waiting_)
        state_.stop_waiting(node_);
      else if (node_.granted)
        state_.release_permit();
    }
    bool try_complete() noexcept { return settle(state_.try_acquire()); }
    bool suspend() noexcept {
      node_.strand = &this->strand();
      waiting_ = true;
      if (!settle(state_.acquire_or_wait(node_))) return true;
      return waiting_ = false;
    }
    Result<void, SendError<T>> await_resume() noexcept {
      waiting_ = false;
      if (std::exchange(node_.granted, false) && state_.push(message_)) return {};
      return Err<SendError<T>>(SendError<T>(std::move(message_)));
    }

   private:
    bool settle(Acquired acquired) noexcept {
      if (acquired == Acquired::full) return false;  // from here on the node may be a waker's
      node_.granted = acquired == Acquired::yes;
      return true;
    }

    State& state_;
    T message_;
    detail::PermitNode node_;
    bool waiting_ = false;
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sends a message, after waiting in line for room: `co_await sender.send(message);`
  ///
  /// Requires: the sender stays alive for as long as this waits.
  /// Returns: nothing, or an error with the message once the channel is closed.
  /// Resumes: in the order of arrival; never inside recv().
  /// Thread-safety: any thread, at once.
  /// Cancel-safety: a dropped send loses its place in line and destroys its message, which was not sent.
  /// Complexity: O(1), no allocation but one for every 32 messages that the queue holds for the first time.
  [[nodiscard]] Send send(T message) const noexcept { return Send(*end_, std::move(message)); }

  /// As send(), without waiting.
  /// Returns: nothing; or `full` if there is no room or somebody is in line for it; or `closed`.
  Result<void, TrySendError<T>> try_send(T message) const noexcept {
    using Error = TrySendError<T>;
    const Acquired acquired = end_->try_acquire();
    if (acquired == Acquired::yes && end_->push(message)) return {};
    const auto kind = acquired == Acquired::full ? Error::Kind::full : Error::Kind::closed;
    return Err<Error>(Error(kind, std::move(message)));
  }

  /// No receiver, or one that has closed the channel.
  bool is_closed() const noexcept { return end_->is_closed(); }
  /// Waits until is_closed(): `co_await sender.closed();`
  ///
  /// Requires: the sender stays alive for as long as this waits.
  /// Thread-safety: any thread, at once. Cancel-safety: nothing to lose. Complexity: O(1), no allocation.
  [[nodiscard]] detail::MpscClosed closed() const noexcept { return detail::MpscClosed(*end_); }
  /// Messages that can be sent now without waiting.
  std::size_t capacity() const noexcept { return end_->free_permits(); }
  /// What channel() was given.
  std::size_t max_capacity() const noexcept { return end_->capacity(); }

 private:
  detail::ChannelEnd<State, detail::MpscSenderRole> end_;
};

/// Sends to an unbounded channel: never waits. A copy is one more sender, as with Sender.
/// Thread-safety: every member, at once from any thread.
template <class T>
class UnboundedSender {
  using State = detail::MpscState<T>;

 public:
  /// For unbounded_channel().
  explicit UnboundedSender(State& state) noexcept : end_(state) {}

  /// Returns: nothing, or an error with the message once the channel is closed.
  /// Complexity: O(1), no allocation but one for every 32 messages that the queue holds for the first time.
  Result<void, SendError<T>> send(T message) const noexcept {
    if (end_->push(message)) return {};
    return Err<SendError<T>>(SendError<T>(std::move(message)));
  }

  /// No receiver, or one that has closed the channel.
  bool is_closed() const noexcept { return end_->is_closed(); }
  /// Waits until is_closed(): `co_await sender.closed();`
  ///
  /// Requires: the sender stays alive for as long as this waits.
  /// Thread-safety: any thread, at once. Cancel-safety: nothing to lose. Complexity: O(1), no allocation.
  [[nodiscard]] detail::MpscClosed closed() const noexcept { return detail::MpscClosed(*end_); }

 private:
  detail::ChannelEnd<State, detail::MpscSenderRole> end_;
};

/// The ends of a new channel: `auto [tx, rx] = mpsc::channel<int>(16);`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;
  explicit Channel(detail::MpscState<T>& state) noexcept : tx(state), rx(state) {}
};

/// The ends of a new unbounded channel.
template <class T>
struct UnboundedChannel {
  UnboundedSender<T> tx;
  UnboundedReceiver<T> rx;
  explicit UnboundedChannel(detail::MpscState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel that holds at most `capacity` messages: senders wait for room.
/// Throws: std::invalid_argument for 0, or more than an eighth of the address space.
template <class T>
[[nodiscard]] Channel<T> channel(std::size_t capacity) {
  if (capacity == 0) throw std::invalid_argument("corokit: mpsc::channel needs a capacity of at least 1");
  if (capacity > detail::MpscCore::kMaxCapacity)
    throw std::invalid_argument("corokit: the capacity of mpsc::channel is too large");
  return Channel<T>(*new detail::MpscState<T>(capacity));
}

/// Makes a channel without a limit but memory: what is sent faster than it is received piles up.
template <class T>
[[nodiscard]] UnboundedChannel<T> unbounded_channel() {
  return UnboundedChannel<T>(*new detail::MpscState<T>(0));
}

}  // namespace corokit::mpsc
