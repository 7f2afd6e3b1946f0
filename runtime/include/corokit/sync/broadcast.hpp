#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/broadcast_state.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>
#include <corokit/task.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

/// A channel in which every message reaches every receiver.
///
/// T has a copy constructor, which may throw, and is aligned to at most 16 bytes.
/// The channel keeps the newest messages, up to its capacity. A sender never waits. A receiver that falls further
/// behind loses messages; it is told how many, and then goes on with the oldest message that is kept.
/// Example: runtime/examples/fan_out.cpp
namespace corokit::broadcast {

using corokit::SendError;

/// The reason why recv() gave no message.
class RecvError {
 public:
  /// What happened.
  enum class Kind {
    lagged,  ///< missed() messages were overwritten before this receiver read them; it can go on receiving
    closed,  ///< all senders are gone, and this receiver has read every message
  };

  /// Returns: the error of a receiver that missed `missed` messages.
  static RecvError lagged(std::uint64_t missed) noexcept { return RecvError(Kind::lagged, missed); }
  /// Returns: the error of a channel without senders and messages.
  static RecvError closed() noexcept { return RecvError(Kind::closed, 0); }

  /// Returns: what happened.
  Kind kind() const noexcept { return kind_; }
  /// Returns: true if kind() is lagged.
  bool is_lagged() const noexcept { return kind_ == Kind::lagged; }
  /// Returns: true if kind() is closed.
  bool is_closed() const noexcept { return kind_ == Kind::closed; }
  /// Returns: exactly how many messages were lost.
  std::uint64_t missed() const noexcept { return missed_; }

  friend bool operator==(const RecvError&, const RecvError&) = default;

 private:
  RecvError(Kind kind, std::uint64_t missed) noexcept : kind_(kind), missed_(missed) {}
  Kind kind_;
  std::uint64_t missed_;
};

/// The reason why try_recv() gave no message.
class TryRecvError {
 public:
  /// As RecvError::Kind; empty: there is no message now.
  enum class Kind { empty, lagged, closed };

  /// Returns: the error of a channel that has no message now.
  static TryRecvError empty() noexcept { return TryRecvError(Kind::empty, 0); }
  /// Returns: the error of a receiver that missed `missed` messages.
  static TryRecvError lagged(std::uint64_t missed) noexcept { return TryRecvError(Kind::lagged, missed); }
  /// Returns: the error of a channel without senders and messages.
  static TryRecvError closed() noexcept { return TryRecvError(Kind::closed, 0); }

  /// Returns: what happened.
  Kind kind() const noexcept { return kind_; }
  /// Returns: true if kind() is empty.
  bool is_empty() const noexcept { return kind_ == Kind::empty; }
  /// Returns: true if kind() is lagged.
  bool is_lagged() const noexcept { return kind_ == Kind::lagged; }
  /// Returns: true if kind() is closed.
  bool is_closed() const noexcept { return kind_ == Kind::closed; }
  /// Returns: exactly how many messages were lost.
  std::uint64_t missed() const noexcept { return missed_; }

  friend bool operator==(const TryRecvError&, const TryRecvError&) = default;

 private:
  TryRecvError(Kind kind, std::uint64_t missed) noexcept : kind_(kind), missed_(missed) {}
  Kind kind_;
  std::uint64_t missed_;
};

template <class T>
class Sender;
template <class T>
class WeakSender;

/// Receives every message that is sent after the receiver was made. channel(), Sender::subscribe() and resubscribe()
/// make receivers. A receiver can be moved, but not copied.
/// Thread-safety: one thread at a time.
template <class T>
class Receiver {
  using State = detail::BroadcastState<T>;
  using Status = typename State::Status;
  struct Role {
    static void enter(State&) noexcept {}  // a receiver enters and leaves with its cursor
    static void leave(State&) noexcept {}
  };

  class Recv : public detail::Awaiter<Recv> {
   public:
    static constexpr const char* kName = "broadcast::Receiver::recv";
    explicit Recv(Receiver& receiver) noexcept : receiver_(receiver) {}
    Recv(Recv&& other) noexcept : detail::Awaiter<Recv>(other), receiver_(other.receiver_) {}
    ~Recv() {
      if (waiting_) receiver_.end_->stop_waiting(node_);
    }
    bool try_complete() const noexcept { return receiver_.end_->is_ready(receiver_.next_); }
    bool suspend() noexcept {
      node_.branch = &this->branch();
      return waiting_ = receiver_.end_->wait(node_, receiver_.next_);
    }
    Result<T, RecvError> await_resume() {
      waiting_ = false;
      auto taken = receiver_.end_->take(receiver_.next_);
      assert(taken.status != Status::empty && "corokit: a broadcast::Receiver allows one recv() at a time");
      if (taken.status == Status::message) return taken.message.give();
      return Err<RecvError>(taken.status == Status::lagged ? RecvError::lagged(taken.missed)
                                                           : RecvError::closed());
    }

   private:
    Receiver& receiver_;
    detail::WaitNode node_;
    bool waiting_ = false;
  };

 public:
  /// For channel() and subscribe().
  explicit Receiver(State& state) noexcept : end_(state), next_(state.add_receiver()) {}
  Receiver(Receiver&& other) noexcept : end_(std::move(other.end_)), next_(other.next_) {}
  Receiver& operator=(Receiver other) noexcept {
    std::swap(end_, other.end_);
    std::swap(next_, other.next_);
    return *this;
  }
  ~Receiver() {
    if (end_) end_->remove_receiver(next_);
  }

  /// Waits for the next message: `auto message = co_await receiver.recv();`
  ///
  /// Requires: the receiver is neither moved nor destroyed during the wait.
  /// Resumes: on the awaiting task's executor; never inside send().
  /// Returns: the message; or the error `lagged`, after which the receiver goes on with the oldest message kept; or the
  ///   error `closed`, once no sender is left and every message was read.
  /// Throws: what copying T throws, in which case the receiver has passed the message.
  /// Thread-safety: one thread at a time; one recv() at a time. Senders and other receivers may be used meanwhile.
  /// Cancel-safety: safe: no message is lost.
  /// Complexity: O(1); no allocation except by copying T.
  [[nodiscard]] Recv recv() noexcept { return Recv(*this); }

  /// As recv(), without waiting. Returns: the error `empty` where recv() would wait.
  Result<T, TryRecvError> try_recv() {
    auto taken = end_->take(next_);
    switch (taken.status) {
      case Status::message:
        return taken.message.give();
      case Status::lagged:
        return Err<TryRecvError>(TryRecvError::lagged(taken.missed));
      case Status::empty:
        return Err<TryRecvError>(TryRecvError::empty());
      default:
        return Err<TryRecvError>(TryRecvError::closed());
    }
  }

  /// As recv(), but blocks the calling thread.
  /// Throws: std::logic_error if the calling thread runs tasks; what copying T throws.
  Result<T, RecvError> blocking_recv() {
    return detail::block_thread(recv(), "broadcast::Receiver::blocking_recv");
  }

  /// Returns: another receiver of this channel, which receives the messages that are sent from now on.
  [[nodiscard]] Receiver resubscribe() const noexcept { return Receiver(*end_); }

  /// Returns: the number of sent messages that this receiver has not read, including those that it has lost.
  std::size_t len() const noexcept { return static_cast<std::size_t>(end_->count_since(next_)); }
  /// Returns: true if len() is 0.
  bool is_empty() const noexcept { return len() == 0; }
  /// Returns: true if no sender is left; there may still be messages to read.
  bool is_closed() const noexcept { return sender_strong_count() == 0; }
  /// Returns: the number of senders that are alive.
  std::size_t sender_strong_count() const noexcept { return end_->senders().strong(); }
  /// Returns: the number of weak senders that are alive.
  std::size_t sender_weak_count() const noexcept { return end_->senders().weak(); }
  /// Returns: true if both are ends of one channel.
  bool same_channel(const Receiver& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
  typename State::Position next_;  // the number of the next message to read
};

/// Sends messages to all receivers. A copy is one more sender; the channel closes when the last sender is destroyed.
template <class T>
class Sender {
  static_assert(detail::is_plain_type<T>());
  using State = detail::BroadcastState<T>;
  struct Role {
    static void enter(State& state) noexcept { state.add_sender(); }
    static void leave(State& state) noexcept { state.remove_sender(); }
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sends a message to every receiver that exists now. It never waits: if the ring is full, the message replaces the
  /// oldest one.
  ///
  /// Returns: how many receivers will get the message, unless they are destroyed or fall behind; an error with the
  ///   message if there is no receiver.
  /// Throws: what moving T throws, in which case nothing is sent.
  /// Thread-safety: may be called at once from any thread. T is moved and destroyed outside of every lock.
  /// Complexity: O(receivers that wait); one allocation, recycled, and none for a small T that can be copied as bytes.
  Result<std::size_t, SendError<T>> send(T message) const {
    typename State::Kept kept(std::move(message));
    const std::size_t reached = end_->send(kept);
    if (reached == 0) return Err<SendError<T>>(SendError<T>(kept.give()));
    return reached;
  }

  /// Returns: a new receiver, which receives the messages that are sent from now on.
  [[nodiscard]] Receiver<T> subscribe() const noexcept { return Receiver<T>(*end_); }

  /// Waits until there is no receiver: `co_await sender.closed();` A receiver that subscribes meanwhile prolongs it.
  ///
  /// Requires: the sender is neither moved nor destroyed during the wait.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1); one coroutine.
  [[nodiscard]] Task<void> closed() const {
    while (end_->receivers() != 0) co_await detail::NoReceivers<State>(*end_);
  }

  /// Returns: the number of receivers that are alive.
  std::size_t receiver_count() const noexcept { return end_->receivers(); }
  /// Returns: the number of messages that are kept because a receiver has not read them. Complexity: O(log capacity).
  std::size_t len() const noexcept { return end_->unread(); }
  /// Returns: true if len() is 0.
  bool is_empty() const noexcept { return len() == 0; }

  /// Returns: a sender that does not keep the channel open.
  [[nodiscard]] WeakSender<T> downgrade() const noexcept { return WeakSender<T>(*end_); }
  /// Returns: the number of senders that are alive.
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// Returns: the number of weak senders that are alive.
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }
  /// Returns: true if both are ends of one channel.
  bool same_channel(const Sender& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
};

/// A sender that does not keep its channel open. It can be copied.
/// Thread-safety: every member may be called at once from any thread.
template <class T>
class WeakSender {
 public:
  /// For Sender::downgrade().
  explicit WeakSender(detail::BroadcastState<T>& state) noexcept : end_(state) {}

  /// Returns: a sender of the channel; none if no sender is left.
  std::optional<Sender<T>> upgrade() const noexcept { return detail::upgrade<Sender<T>>(*end_); }
  /// As Sender::strong_count().
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// As Sender::weak_count().
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }

 private:
  detail::ChannelEnd<detail::BroadcastState<T>, detail::WeakSenderRole> end_;
};

/// The ends of a new channel: `auto [tx, rx] = broadcast::channel<int>(16);`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;

  /// For channel().
  Channel(Sender<T> sender, Receiver<T> receiver) noexcept : tx(std::move(sender)), rx(std::move(receiver)) {}
};

/// Makes a channel that keeps the newest `capacity` messages, rounded up to a power of two.
///
/// Throws: std::invalid_argument if the capacity is 0 or more than half of the address space.
/// Complexity: O(capacity). The ring is allocated here, with 16 bytes for each message. If T is trivially copyable and
///   has at most 64 bytes, the ring holds the messages themselves, with 16 bytes besides each.
template <class T>
[[nodiscard]] Channel<T> channel(std::size_t capacity) {
  if (capacity == 0)
    throw std::invalid_argument("corokit: broadcast::channel needs a capacity of at least 1");
  if (capacity > std::numeric_limits<std::size_t>::max() / 2)
    throw std::invalid_argument("corokit: the capacity of broadcast::channel is too large");
  auto& state = *new detail::BroadcastState<T>(capacity);
  Sender<T> sender(state);
  return Channel<T>(std::move(sender), Receiver<T>(state));
}

}  // namespace corokit::broadcast
