#pragma once
#include <corokit/detail/sync/channel_end.hpp>
#include <corokit/detail/sync/mpsc_core.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/value_rules.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit::detail {

/// What the ends of an mpsc channel share.
template <class T>
class MpscState : public ChannelState<MpscState<T>>, public MpscCore {
  static_assert(is_moved_type<T>() && std::is_nothrow_move_constructible_v<T>,
                "corokit: the move constructor of an mpsc message must be noexcept");

 public:
  enum class Poll { message, empty, disconnected };

  using MpscCore::MpscCore;

  /// Queues a message. Requires: the caller has a permit, if the channel is bounded.
  /// Returns: false if no receiver can get the message, which is then still in `message`.
  bool push(T& message) noexcept {
    auto* slot = queue_.claim();
    if (!slot) return false;
    std::construct_at(std::addressof(slot->value), std::move(message));
    switch (slot->publish()) {
      case MpscSlotState::kAwaited:
        wake_receiver();
        return true;
      case MpscSlotState::kAbandoned:
        std::destroy_at(std::addressof(message));
        std::construct_at(std::addressof(message), std::move(slot->value));
        std::destroy_at(std::addressof(slot->value));
        return false;
      default:
        return true;
    }
  }

  // For the receiver:

  /// Returns: true if there is a message, or there never will be one. Once true it stays true.
  bool is_settled() noexcept { return queue_.head().is_ready() || is_over(); }
  Poll poll() noexcept {
    if (queue_.head().is_ready()) return Poll::message;
    if (!is_over()) return Poll::empty;
    // A last message may have come before is_over() became true.
    return queue_.head().is_ready() ? Poll::message : Poll::disconnected;
  }
  /// Takes the message. Requires: poll() returned `message`.
  T take() noexcept {
    T message = queue_.take();
    if (capacity() != 0) release_permits();
    return message;
  }
  std::size_t size() const noexcept { return queue_.size(); }

  bool wait_for_message(Branch& branch) noexcept {
    return !is_over() && MpscCore::wait_for_message(branch, queue_.head());
  }

  void close() noexcept {
    // A bounded queue still takes the messages of senders that hold a permit.
    if (capacity() == 0) queue_.close();
    MpscCore::close();
    wake_receiver(is_over());
  }
  /// The receiver is destroyed.
  void leave() noexcept {
    MpscCore::close();
    queue_.abandon();
  }

 private:
  bool is_over() const noexcept { return is_drained() || queue_.is_exhausted(); }

  MpscQueue<T> queue_;
};

template <class T>
class MpscRecv : public Awaiter<MpscRecv<T>> {
 public:
  static constexpr const char* kName = "mpsc::Receiver::recv";
  explicit MpscRecv(MpscState<T>& state) noexcept : state_(state) {}
  MpscRecv(MpscRecv&& other) noexcept : Awaiter<MpscRecv>(other), state_(other.state_) {}
  ~MpscRecv() {
    if (waiting_) state_.stop_waiting_for_message();
  }
  bool try_complete() noexcept { return state_.is_settled(); }
  bool suspend() noexcept { return waiting_ = state_.wait_for_message(this->branch()); }
  std::optional<T> await_resume() noexcept {
    using Poll = typename MpscState<T>::Poll;
    waiting_ = false;
    const Poll poll = state_.poll();
    assert(poll != Poll::empty && "corokit: an mpsc::Receiver allows one recv() at a time");
    if (poll == Poll::message) return state_.take();
    return std::nullopt;
  }

 private:
  MpscState<T>& state_;
  bool waiting_ = false;
};

template <class T>
class MpscRecvMany : public Awaiter<MpscRecvMany<T>> {
 public:
  static constexpr const char* kName = "mpsc::Receiver::recv_many";
  MpscRecvMany(MpscState<T>& state, std::vector<T>& into, std::size_t limit) noexcept
      : state_(state), into_(into), limit_(limit) {}
  MpscRecvMany(MpscRecvMany&& other) noexcept
      : Awaiter<MpscRecvMany>(other), state_(other.state_), into_(other.into_), limit_(other.limit_) {}
  ~MpscRecvMany() {
    if (waiting_) state_.stop_waiting_for_message();
  }
  bool try_complete() noexcept { return limit_ == 0 || state_.is_settled(); }
  bool suspend() noexcept { return waiting_ = state_.wait_for_message(this->branch()); }
  std::size_t await_resume() {
    waiting_ = false;
    std::size_t count = 0;
    for (; count < limit_ && state_.poll() == MpscState<T>::Poll::message; ++count) {
      // The vector grows before a message is taken, so that no message is lost if that throws.
      if (into_.size() == into_.capacity()) into_.reserve(std::max<std::size_t>(4, into_.capacity() * 2));
      into_.push_back(state_.take());
    }
    return count;
  }

 private:
  MpscState<T>& state_;
  std::vector<T>& into_;
  std::size_t limit_;
  bool waiting_ = false;
};

/// Waits until a channel takes no more messages.
class MpscClosed : public Awaiter<MpscClosed> {
 public:
  static constexpr const char* kName = "mpsc::Sender::closed";
  explicit MpscClosed(MpscCore& core) noexcept : core_(core) {}
  MpscClosed(MpscClosed&& other) noexcept : Awaiter(other), core_(other.core_) {}
  ~MpscClosed() {
    if (waiting_) core_.stop_waiting_for_close(node_);
  }
  bool try_complete() const noexcept { return core_.is_closed(); }
  bool suspend() noexcept {
    node_.branch = &branch();
    return waiting_ = core_.wait_for_close(node_);
  }
  void await_resume() noexcept { waiting_ = false; }

 private:
  MpscCore& core_;
  WaitNode node_;
  bool waiting_ = false;
};

/// The roles of the ends.
struct MpscSenderRole {
  static void enter(MpscCore& core) noexcept { core.add_sender(); }
  static void leave(MpscCore& core) noexcept { core.remove_sender(); }
};
struct MpscReceiverRole {
  static void enter(MpscCore&) noexcept {}
  template <class T>
  static void leave(MpscState<T>& state) noexcept {
    state.leave();
  }
};

}  // namespace corokit::detail
