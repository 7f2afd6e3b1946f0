#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/mpsc_state.hpp>
#include <corokit/result.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace corokit::mpsc {

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

  /// Waits for a message, and appends what is there, at most `limit` messages, to `into`.
  ///
  /// Requires: the receiver and `into` stay alive for as long as this waits.
  /// Returns: how many; 0 where recv() gives none, and at once if `limit` is 0.
  /// Throws: what growing `into` throws; no message is lost.
  /// Thread-safety: as recv().
  /// Cancel-safety: safe: no message is lost.
  /// Complexity: O(messages); `into` grows only if its capacity does not do.
  [[nodiscard]] detail::MpscRecvMany<T> recv_many(std::vector<T>& into, std::size_t limit) noexcept {
    return detail::MpscRecvMany<T>(*end_, into, limit);
  }

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

  /// As recv() and recv_many(), blocking this thread, which is none of a runtime's.
  /// Throws: std::logic_error inside a runtime.
  std::optional<T> blocking_recv() { return detail::block_thread(recv(), "mpsc::Receiver::blocking_recv"); }
  std::size_t blocking_recv_many(std::vector<T>& into, std::size_t limit) {
    return detail::block_thread(recv_many(into, limit), "mpsc::Receiver::blocking_recv_many");
  }

  /// Takes no more messages: waiting senders get theirs back. What was sent can still be received, and so
  /// will be what a sender has a place for already. Idempotent.
  void close() noexcept { end_->close(); }
  /// True after close(), and once no sender is left, also while messages are queued.
  bool is_closed() const noexcept { return end_->is_closed() || !end_->has_senders(); }
  /// Messages sent and not received.
  std::size_t len() const noexcept { return end_->size(); }
  bool is_empty() const noexcept { return len() == 0; }

  /// Senders alive now, and weak ones.
  std::size_t sender_strong_count() const noexcept { return end_->senders().strong(); }
  std::size_t sender_weak_count() const noexcept { return end_->senders().weak(); }
  /// As Sender::capacity() and Sender::max_capacity(); 0 if the channel is unbounded.
  std::size_t capacity() const noexcept { return end_->permits().available(); }
  std::size_t max_capacity() const noexcept { return end_->capacity(); }

 private:
  detail::ChannelEnd<State, detail::MpscReceiverRole> end_;
};

template <class T>
using UnboundedReceiver = Receiver<T>;

}  // namespace corokit::mpsc
