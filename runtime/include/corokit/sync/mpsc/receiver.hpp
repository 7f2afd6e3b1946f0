#pragma once
#include <corokit/detail/executor/blocking.hpp>
#include <corokit/detail/sync/mpsc_state.hpp>
#include <corokit/result.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace corokit::mpsc {

/// The reason why try_recv() gave no message.
enum class TryRecvError {
  empty,         ///< there is no message now
  disconnected,  ///< there is no message, and none will come
};

/// Receives messages from a bounded or an unbounded channel. It can be moved, but not copied. Its destructor closes the
/// channel, and destroys the messages that were not received.
/// Thread-safety: one thread at a time; senders may be used meanwhile.
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
  /// Requires: the receiver is not destroyed during the wait.
  /// Resumes: on the awaiting task's executor; never inside send().
  /// Returns: the message; none once no sender is left or the channel was closed, and all sent messages were received.
  /// Thread-safety: one thread at a time; one recv() at a time.
  /// Cancel-safety: safe: no message is lost.
  /// Complexity: O(1), no allocation.
  /// Source: tokio's mpsc (blocks of slots, permits).
  [[nodiscard]] Recv recv() noexcept { return Recv(*end_); }

  /// Waits for a message, and appends the messages that are there, at most `limit`, to `into`.
  ///
  /// Requires: neither the receiver nor `into` is destroyed during the wait.
  /// Returns: the number of messages; 0 where recv() gives none. If `limit` is 0, it does not wait.
  /// Throws: what growing `into` throws; no message is lost.
  /// Thread-safety: as recv().
  /// Cancel-safety: safe: no message is lost.
  /// Complexity: O(messages); `into` grows only if its capacity is too small.
  [[nodiscard]] detail::MpscRecvMany<T> recv_many(std::vector<T>& into, std::size_t limit) noexcept {
    return detail::MpscRecvMany<T>(*end_, into, limit);
  }

  /// As recv(), without waiting.
  /// Returns: the message; `empty` where recv() would wait. It sees every message whose send() has returned. If another
  ///   thread is just writing a message, it spins until the message is written.
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

  /// As recv(), but blocks the calling thread.
  /// Throws: std::logic_error if the calling thread runs tasks.
  std::optional<T> blocking_recv() { return detail::block_thread(recv(), "mpsc::Receiver::blocking_recv"); }
  /// As recv_many(), but blocks the calling thread. Throws: std::logic_error if the calling thread runs tasks.
  std::size_t blocking_recv_many(std::vector<T>& into, std::size_t limit) {
    return detail::block_thread(recv_many(into, limit), "mpsc::Receiver::blocking_recv_many");
  }

  /// Closes the channel, which grants no more room from here on: senders that wait for room get their messages back.
  /// Messages that were sent can still be received. Senders that were granted room before can still send, whether or not
  /// they have received it, as with Semaphore::close(). Idempotent.
  void close() noexcept { end_->close(); }
  /// Returns: true after close(), and once no sender is left, even while messages are queued.
  bool is_closed() const noexcept { return end_->is_closed() || !end_->has_senders(); }
  /// Returns: the number of messages that were sent and not received.
  std::size_t len() const noexcept { return end_->size(); }
  /// Returns: true if len() is 0.
  bool is_empty() const noexcept { return len() == 0; }

  /// Returns: the number of senders that are alive.
  std::size_t sender_strong_count() const noexcept { return end_->senders().strong(); }
  /// Returns: the number of weak senders that are alive.
  std::size_t sender_weak_count() const noexcept { return end_->senders().weak(); }
  /// Returns: as Sender::capacity() and Sender::max_capacity(); 0 if the channel is unbounded.
  std::size_t capacity() const noexcept { return end_->permits().available(); }
  /// Returns: as Sender::max_capacity(); 0 if the channel is unbounded.
  std::size_t max_capacity() const noexcept { return end_->capacity(); }

 private:
  detail::ChannelEnd<State, detail::MpscReceiverRole> end_;
};

template <class T>
using UnboundedReceiver = Receiver<T>;

}  // namespace corokit::mpsc
