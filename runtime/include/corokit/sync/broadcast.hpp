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

/// A channel whose every message reaches every receiver.
///
/// It keeps the newest messages, as many as its capacity says. A sender never waits: a receiver that falls
/// further behind than that has lost messages, and is told how many before it goes on with the oldest kept.
/// Example: runtime/examples/fan_out.cpp
namespace corokit::broadcast {

using corokit::SendError;

/// Why recv() gave no message.
class RecvError {
 public:
  enum class Kind {
    lagged,  ///< missed() messages were overwritten before this receiver read them; the next recv() goes on
    closed,  ///< all senders are gone, and every message was read
  };

  static RecvError lagged(std::uint64_t missed) noexcept { return RecvError(Kind::lagged, missed); }
  static RecvError closed() noexcept { return RecvError(Kind::closed, 0); }

  Kind kind() const noexcept { return kind_; }
  bool is_lagged() const noexcept { return kind_ == Kind::lagged; }
  bool is_closed() const noexcept { return kind_ == Kind::closed; }
  /// Exactly how many messages were lost.
  std::uint64_t missed() const noexcept { return missed_; }

  friend bool operator==(const RecvError&, const RecvError&) = default;

 private:
  RecvError(Kind kind, std::uint64_t missed) noexcept : kind_(kind), missed_(missed) {}
  Kind kind_;
  std::uint64_t missed_;
};

/// Why try_recv() gave no message.
class TryRecvError {
 public:
  enum class Kind { empty, lagged, closed };

  static TryRecvError empty() noexcept { return TryRecvError(Kind::empty, 0); }
  static TryRecvError lagged(std::uint64_t missed) noexcept { return TryRecvError(Kind::lagged, missed); }
  static TryRecvError closed() noexcept { return TryRecvError(Kind::closed, 0); }

  Kind kind() const noexcept { return kind_; }
  bool is_empty() const noexcept { return kind_ == Kind::empty; }
  bool is_lagged() const noexcept { return kind_ == Kind::lagged; }
  bool is_closed() const noexcept { return kind_ == Kind::closed; }
  /// Exactly how many messages were lost.
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

/// Receives every message that is sent after it was made. Made by channel(), Sender::subscribe() and
/// resubscribe(); it is moved, never copied.
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
      assert(taken.status != Status::empty && "corokit: one recv() at a time on a broadcast::Receiver");
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
  /// Requires: the receiver stays where it is, and alive, for as long as this waits.
  /// Returns: the message; or an error: lagged(n), after which the cursor stands at the oldest message kept;
  /// or
  ///   closed, once every message was read and no sender is left.
  /// Throws: what copying T throws; this receiver has passed the message then.
  /// Thread-safety: one thread at a time; one recv() at a time. Senders and other receivers run freely beside
  /// it. Cancel-safety: safe: no message is lost. Complexity: O(1); no allocation but what copying T does.
  [[nodiscard]] Recv recv() noexcept { return Recv(*this); }

  /// As recv(), without waiting. Returns: empty where recv() would wait.
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

  /// As recv(), blocking this thread, which is none of a runtime's.
  /// Throws: std::logic_error inside a runtime; what copying T throws.
  Result<T, RecvError> blocking_recv() {
    return detail::block_thread(recv(), "broadcast::Receiver::blocking_recv");
  }

  /// Another receiver of this channel, that sees what is sent from now on.
  [[nodiscard]] Receiver resubscribe() const noexcept { return Receiver(*end_); }

  /// Messages sent that this receiver has not read, those it will learn to have lost among them.
  std::size_t len() const noexcept { return static_cast<std::size_t>(end_->count_since(next_)); }
  bool is_empty() const noexcept { return len() == 0; }
  /// No sender is left; there may still be messages to read.
  bool is_closed() const noexcept { return sender_strong_count() == 0; }
  /// Senders alive now, and weak ones.
  std::size_t sender_strong_count() const noexcept { return end_->senders().strong(); }
  std::size_t sender_weak_count() const noexcept { return end_->senders().weak(); }
  bool same_channel(const Receiver& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
  typename State::Position next_;  // number of the next message to read
};

/// Sends to all receivers. A copy is one more sender; the channel closes when the last one dies.
template <class T>
class Sender {
  static_assert(std::is_copy_constructible_v<T>,
                "corokit: every receiver gets a copy of a broadcast message");
  using State = detail::BroadcastState<T>;
  struct Role {
    static void enter(State& state) noexcept { state.add_sender(); }
    static void leave(State& state) noexcept { state.remove_sender(); }
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sends a message to every receiver there is. Never waits: the oldest message kept makes room.
  ///
  /// Returns: how many receivers will get it, unless they die or fall behind; with none, the message comes
  /// back. Thread-safety: any thread, at once. T is moved and destroyed outside of every lock. Complexity:
  /// O(receivers that wait); one allocation, recycled; none for a small T that can be copied as bytes.
  Result<std::size_t, SendError<T>> send(T message) const {
    typename State::Kept kept(std::move(message));
    const std::size_t reached = end_->send(kept);
    if (reached == 0) return Err<SendError<T>>(SendError<T>(kept.give()));
    return reached;
  }

  /// A new receiver, that sees what is sent from now on.
  [[nodiscard]] Receiver<T> subscribe() const noexcept { return Receiver<T>(*end_); }

  /// Waits until there is no receiver: `co_await sender.closed();`. One that subscribes meanwhile prolongs
  /// it.
  ///
  /// Requires: the sender stays where it is, and alive, for as long as this waits.
  /// Thread-safety: any thread, at once. Cancel-safety: nothing to lose. Complexity: O(1), a coroutine.
  [[nodiscard]] Task<void> closed() const {
    while (end_->receivers() != 0) co_await detail::NoReceivers<State>(*end_);
  }

  /// Receivers alive now.
  std::size_t receiver_count() const noexcept { return end_->receivers(); }
  /// Messages kept because a receiver has not read them. Complexity: O(log capacity).
  std::size_t len() const noexcept { return end_->unread(); }
  bool is_empty() const noexcept { return len() == 0; }

  /// A sender that does not keep the channel open.
  [[nodiscard]] WeakSender<T> downgrade() const noexcept { return WeakSender<T>(*end_); }
  /// Senders alive now, and weak ones.
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }
  bool same_channel(const Sender& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
};

/// A sender that does not keep its channel open. Copied freely.
/// Thread-safety: every member, at once from any thread.
template <class T>
class WeakSender {
 public:
  /// For Sender::downgrade().
  explicit WeakSender(detail::BroadcastState<T>& state) noexcept : end_(state) {}

  /// Returns: a sender; none once no sender is left.
  std::optional<Sender<T>> upgrade() const noexcept { return detail::upgrade<Sender<T>>(*end_); }
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }

 private:
  detail::ChannelEnd<detail::BroadcastState<T>, detail::WeakSenderRole> end_;
};

/// The ends of a new channel: `auto [tx, rx] = broadcast::channel<int>(16);`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;

  Channel(Sender<T> sender, Receiver<T> receiver) noexcept : tx(std::move(sender)), rx(std::move(receiver)) {}
};

/// Makes a channel that keeps the newest `capacity` messages, rounded up to a power of two.
///
/// Throws: std::invalid_argument for 0 or more than half of the address space.
/// Complexity: O(capacity): the ring is allocated here, 16 bytes a message, or its size and 16 where T is trivially
///   copyable and has at most 64 bytes: such a message is kept in the ring.
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
