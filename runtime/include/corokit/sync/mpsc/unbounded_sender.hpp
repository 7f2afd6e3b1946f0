#pragma once
#include <corokit/detail/sync/mpsc_state.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace corokit::mpsc {

using corokit::SendError;

template <class T>
class WeakUnboundedSender;

/// Sends messages to an unbounded channel, without waiting. A copy is one more sender, as with Sender.
/// Thread-safety: every member may be called at once from any thread.
template <class T>
class UnboundedSender {
  static_assert(detail::is_plain_type<T>());
  using State = detail::MpscState<T>;

 public:
  /// For unbounded_channel().
  explicit UnboundedSender(State& state) noexcept : end_(state) {}

  /// Sends a message. Returns: nothing; or an error with the message once the channel is closed.
  /// Complexity: O(1); one allocation for every 32 messages that the queue holds for the first time.
  Result<void, SendError<T>> send(T message) const noexcept {
    if (end_->push(message)) return {};
    return Err<SendError<T>>(SendError<T>(std::move(message)));
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

  /// Returns: a sender that does not keep the channel open.
  [[nodiscard]] WeakUnboundedSender<T> downgrade() const noexcept { return WeakUnboundedSender<T>(*end_); }
  /// Returns: the number of senders that are alive.
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// Returns: the number of weak senders that are alive.
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }
  /// Returns: true if both are ends of one channel.
  bool same_channel(const UnboundedSender& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, detail::MpscSenderRole> end_;
};

/// As WeakSender, for an unbounded channel.
template <class T>
class WeakUnboundedSender {
 public:
  /// For UnboundedSender::downgrade().
  explicit WeakUnboundedSender(detail::MpscState<T>& state) noexcept : end_(state) {}

  /// Returns: a sender of the channel; none if no sender is left.
  std::optional<UnboundedSender<T>> upgrade() const noexcept {
    return detail::upgrade<UnboundedSender<T>>(*end_);
  }
  /// As UnboundedSender::strong_count().
  std::size_t strong_count() const noexcept { return end_->senders().strong(); }
  /// As UnboundedSender::weak_count().
  std::size_t weak_count() const noexcept { return end_->senders().weak(); }

 private:
  detail::ChannelEnd<detail::MpscState<T>, detail::WeakSenderRole> end_;
};

}  // namespace corokit::mpsc
