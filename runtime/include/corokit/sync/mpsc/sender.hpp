#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/sync/mpsc/permit.hpp>
#include <corokit/time/timeout.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>

namespace corokit::mpsc {

using corokit::SendError;

/// The error of try_send(): it holds the message that was not sent.
template <class T>
struct TrySendError {
  /// The reason why the message was not sent.
  enum class Kind {
    full,    ///< there is no room now
    closed,  ///< the channel is closed
  };
  Kind kind;
  T value;

  /// The error that gives `message` back.
  TrySendError(Kind reason, T message) noexcept : kind(reason), value(std::move(message)) {}
  /// Returns: true if there is no room now.
  bool is_full() const noexcept { return kind == Kind::full; }
  /// Returns: true if the channel is closed.
  bool is_closed() const noexcept { return kind == Kind::closed; }
};

/// The error of send_timeout(): it holds the message that was not sent.
template <class T>
struct SendTimeoutError {
  /// The reason why the message was not sent.
  enum class Kind {
    timeout,  ///< there was no room in time
    closed,   ///< the channel is closed
  };
  Kind kind;
  T value;

  /// The error that gives `message` back.
  SendTimeoutError(Kind reason, T message) noexcept : kind(reason), value(std::move(message)) {}
  /// Returns: true if there was no room in time.
  bool is_timeout() const noexcept { return kind == Kind::timeout; }
  /// Returns: true if the channel is closed.
  bool is_closed() const noexcept { return kind == Kind::closed; }
};

template <class T>
class WeakSender;

/// Sends messages to a bounded channel. A copy is one more sender. When the last sender is destroyed, the receiver
/// still gets the messages that are left.
/// Thread-safety: every member may be called at once from any thread.
template <class T>
class Sender {
  static_assert(detail::is_plain_type<T>());
  using State = detail::MpscState<T>;
  using End = detail::ChannelEnd<State, detail::MpscSenderRole>;
  using Take = detail::BatchSemaphore::Take;

  class Send : public detail::Awaiter<Send> {
   public:
    static constexpr const char* kName = "mpsc::Sender::send";
    explicit Send(State& state, T&& message) noexcept
        : state_(state), message_(std::move(message)), wait_(state.permits(), 1) {}
    Send(Send&& other) noexcept
        : detail::Awaiter<Send>(other),
          state_(other.state_),
          message_(std::move(other.message_)),
          wait_(other.wait_) {}
    ~Send() {
      if (wait_.abandon()) state_.wake_receiver();
    }
    bool try_complete() noexcept { return wait_.try_complete(); }
    bool suspend() noexcept { return wait_.suspend(this->branch()); }
    Result<void, SendError<T>> await_resume() noexcept {
      if (wait_.finish() && state_.push(message_)) return {};
      return Err<SendError<T>>(SendError<T>(std::move(message_)));
    }

   private:
    State& state_;
    T message_;
    detail::SemaphoreWait wait_;
  };

 public:
  using Reserve = detail::MpscReserve<T, State*, false>;
  using ReserveMany = detail::MpscReserve<T, State*, true>;
  using ReserveOwned = detail::MpscReserve<T, End, false>;

  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sends a message, after waiting in the queue for room: `co_await sender.send(message);`
  ///
  /// Requires: the sender is not destroyed during the wait.
  /// Resumes: on the awaiting task's executor, in the order of arrival; never inside recv().
  /// Returns: nothing; or an error with the message once the channel is closed.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped send loses its place in the queue, and destroys its message, which was not sent. To keep
  ///   the message, call reserve() first.
  /// Complexity: O(1); one allocation for every 32 messages that the queue holds for the first time.
  [[nodiscard]] Send send(T message) const noexcept { return Send(*end_, std::move(message)); }

  /// As send(), without waiting.
  /// Returns: nothing; or the error `full` if there is no room or another sender waits for it; or the error `closed`.
  Result<void, TrySendError<T>> try_send(T message) const noexcept {
    using Error = TrySendError<T>;
    const Take take = end_->permits().try_take(1);
    if (take == Take::taken && end_->push(message)) return {};
    const auto kind = take == Take::not_enough ? Error::Kind::full : Error::Kind::closed;
    return Err<Error>(Error(kind, std::move(message)));
  }

  /// As send(), but waits at most for `limit`.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as send().
  /// Complexity: one coroutine.
  [[nodiscard]] Task<Result<void, SendTimeoutError<T>>> send_timeout(T message, AnyDuration limit) const {
    using Error = SendTimeoutError<T>;
    auto reserved = co_await timeout(Duration(limit), reserve());
    if (!reserved) co_return Err<Error>(Error(Error::Kind::timeout, std::move(message)));
    if (!*reserved) co_return Err<Error>(Error(Error::Kind::closed, std::move(message)));
    auto sent = (*reserved)->send(std::move(message));
    if (!sent) co_return Err<Error>(Error(Error::Kind::closed, std::move(sent.error().value)));
    co_return {};
  }

  /// As send(), but blocks the calling thread.
  /// Throws: std::logic_error if the calling thread runs tasks.
  Result<void, SendError<T>> blocking_send(T message) const {
    return detail::block_thread(send(std::move(message)), "mpsc::Sender::blocking_send");
  }

  /// Waits in the queue for room for one message, to be sent later: `(co_await sender.reserve())->send(message)`
  ///
  /// Requires: the sender outlives the wait and the permit.
  /// Resumes: on the awaiting task's executor, in the order of arrival; never inside recv().
  /// Returns: the permit; or Closed if the channel is closed before there is room. A permit that was granted before
  ///   Receiver::close() is received after it, as for Semaphore::acquire().
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place in the queue; room that it was given goes to the next waiter.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] Reserve reserve() const noexcept { return Reserve(&*end_, 1); }
  /// As reserve(), for several messages. A waiter for several messages collects the room at the head of the queue. It
  /// does not wait for zero messages.
  /// Throws: std::invalid_argument if `messages` is more than max_capacity(), since there will never be room.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as reserve().
  [[nodiscard]] ReserveMany reserve_many(std::size_t messages) const {
    if (messages > max_capacity())
      throw std::invalid_argument("corokit: reserve_many() was called for more than max_capacity() messages");
    return ReserveMany(&*end_, messages);
  }
  /// As reserve(), for a permit that counts as a sender itself, and may outlive this one.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as reserve().
  [[nodiscard]] ReserveOwned reserve_owned() const noexcept { return ReserveOwned(end_, 1); }

  /// As reserve(), without waiting.
  Result<Permit<T>, TryReserveError> try_reserve() const noexcept {
    if (const Take take = end_->permits().try_take(1); take != Take::taken) return refused(take);
    return Permit<T>(&*end_);
  }
  /// As reserve_many(), without waiting: it reserves room for all messages or for none.
  Result<Permits<T>, TryReserveError> try_reserve_many(std::size_t messages) const noexcept {
    if (const Take take = end_->permits().try_take(messages); take != Take::taken) return refused(take);
    return Permits<T>(*end_, messages);
  }
  /// As reserve_owned(), without waiting.
  Result<OwnedPermit<T>, TryReserveError> try_reserve_owned() const noexcept {
    if (const Take take = end_->permits().try_take(1); take != Take::taken) return refused(take);
    return OwnedPermit<T>(end_);
  }

  /// Returns: true if the receiver is gone, or has closed the channel.
  bool is_closed() const noexcept { return end_->is_closed(); }
  /// Waits until is_closed(): `co_await sender.closed();`
  ///
  /// Requires: the sender is not destroyed during the wait.
  /// Resumes: on the awaiting task's executor.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] detail::MpscClosed closed() const noexcept { return detail::MpscClosed(*end_); }
  /// Returns: the number of messages that can be sent now without waiting.
  std::size_t capacity() const noexcept { return end_->permits().available(); }
  /// Returns: the capacity that channel() was given.
  std::size_t max_capacity() const noexcept { return end_->capacity(); }

  /// Returns: a sender that does not keep the channel open.
  [[nodiscard]] WeakSender<T> downgrade() const noexcept { return WeakSender<T>(*end_); }
  /// Returns: the number of senders that are alive.
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// Returns: the number of weak senders that are alive.
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }
  /// Returns: true if both are ends of one channel.
  bool same_channel(const Sender& other) const noexcept { return end_ == other.end_; }

 private:
  static Err<TryReserveError> refused(Take take) noexcept {
    return Err<TryReserveError>(take == Take::not_enough ? TryReserveError::full : TryReserveError::closed);
  }

  End end_;
};

/// A sender that does not keep its channel open, for a task that sends only as long as other senders are alive. It can
/// be copied.
/// Thread-safety: every member may be called at once from any thread.
template <class T>
class WeakSender {
 public:
  /// For Sender::downgrade().
  explicit WeakSender(detail::MpscState<T>& state) noexcept : end_(state) {}

  /// Returns: a sender of the channel; none if no sender is left.
  std::optional<Sender<T>> upgrade() const noexcept { return detail::upgrade<Sender<T>>(*end_); }
  /// As Sender::strong_count().
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// As Sender::weak_count().
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }

 private:
  detail::ChannelEnd<detail::MpscState<T>, detail::WeakSenderRole> end_;
};

}  // namespace corokit::mpsc
