#pragma once
#include <corokit/detail/sync/mpsc_state.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>

#include <cassert>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit::mpsc {

template <class T>
class Sender;

/// The error of a wait for room: the channel is closed.
struct Closed {
  Closed() noexcept {}
  friend bool operator==(const Closed&, const Closed&) noexcept { return true; }
};

/// The reason why try_reserve() gave no permit.
enum class TryReserveError {
  full,    ///< there is no room now, or other senders wait for it
  closed,  ///< the channel is closed
};

/// Room for one message in a bounded channel. If it is not used, its destructor frees the room. Move-only. `Ref` is the
/// type of its reference to the channel.
///
/// Requires: a sender outlives the permit (an OwnedPermit counts as a sender).
/// Thread-safety: one thread at a time; it may be moved to any thread, and be destroyed there.
template <class T, class Ref>
class [[nodiscard("its destructor frees the room")]] BasicPermit {
 public:
  /// For reserve(). The object owns one permit of the channel.
  explicit BasicPermit(Ref channel) noexcept : channel_(std::move(channel)), is_held_(true) {}
  BasicPermit(BasicPermit && other) noexcept
      : channel_(std::move(other.channel_)), is_held_(std::exchange(other.is_held_, false)) {}
  BasicPermit& operator=(BasicPermit&& other) noexcept {
    if (this != &other) {
      give_back();
      channel_ = std::move(other.channel_);
      is_held_ = std::exchange(other.is_held_, false);
    }
    return *this;
  }
  ~BasicPermit() {
    give_back();
  }

  /// Sends a message, without waiting. It succeeds even after Receiver::close(), since the room was reserved before.
  /// Requires: the permit was not used before.
  /// Returns: nothing; or an error with the message if the receiver is gone.
  Result<void, SendError<T>> send(T message) noexcept {
    assert(is_held_ && "corokit: a permit sends once");
    is_held_ = false;
    if (channel_->push(message)) return {};
    return Err<SendError<T>>(SendError<T>(std::move(message)));
  }

  /// Frees the room. Returns: a sender of the channel.
  Sender<T> release()&& {
    give_back();
    return Sender<T>(*channel_);
  }

 private:
  void give_back() noexcept {
    if (std::exchange(is_held_, false)) channel_->release_permits();
  }

  Ref channel_;  // outlives the permit
  bool is_held_;
};

template <class T>
using Permit = BasicPermit<T, detail::MpscState<T>*>;
template <class T>
using OwnedPermit = BasicPermit<T, detail::ChannelEnd<detail::MpscState<T>, detail::MpscSenderRole>>;

/// Room for several messages: `while (auto permit = permits.next()) permit->send(...)` As Permit otherwise.
template <class T>
class [[nodiscard("its destructor frees the room")]] Permits {
 public:
  /// For reserve_many(). The object owns `permits` permits of the channel.
  Permits(detail::MpscState<T> & channel, std::size_t permits) noexcept
      : channel_(&channel), left_(permits) {}
  Permits(Permits && other) noexcept : channel_(other.channel_), left_(std::exchange(other.left_, 0)) {}
  Permits& operator=(Permits&& other) noexcept {
    if (this != &other) {
      give_back();
      channel_ = other.channel_;
      left_ = std::exchange(other.left_, 0);
    }
    return *this;
  }
  ~Permits() {
    give_back();
  }

  /// Returns: the number of messages that there is still room for.
  std::size_t size() const noexcept {
    return left_;
  }
  /// Moves one permit out of this object. Returns: the permit; none if no permit is left.
  std::optional<Permit<T>> next() noexcept {
    if (left_ == 0) return std::nullopt;
    --left_;
    return std::optional<Permit<T>>(std::in_place, channel_);
  }

 private:
  void give_back() noexcept {
    if (left_ > 0) channel_->release_permits(std::exchange(left_, 0));
  }

  detail::MpscState<T>* channel_;
  std::size_t left_;
};

}  // namespace corokit::mpsc

namespace corokit::detail {

/// Waits for room. The result is a BasicPermit<T, Ref>, or a Permits<T> if `kMany`.
template <class T, class Ref, bool kMany>
class MpscReserve : public Awaiter<MpscReserve<T, Ref, kMany>> {
  using Given = std::conditional_t<kMany, mpsc::Permits<T>, mpsc::BasicPermit<T, Ref>>;

 public:
  static constexpr const char* kName = "mpsc::Sender::reserve";
  static constexpr bool kIsHeld = true;
  MpscReserve(Ref channel, std::size_t permits) noexcept
      : channel_(std::move(channel)), wait_(channel_->permits(), permits) {}
  MpscReserve(MpscReserve&& other) noexcept
      : Awaiter<MpscReserve>(other), channel_(std::move(other.channel_)), wait_(other.wait_) {}
  ~MpscReserve() {
    if (wait_.abandon()) channel_->wake_receiver();
  }

  bool try_complete() noexcept { return wait_.try_complete(); }
  bool suspend() noexcept { return wait_.suspend(this->branch()); }
  corokit::Result<Given, mpsc::Closed> await_resume() noexcept {
    if (!wait_.finish()) return Err<mpsc::Closed>(mpsc::Closed());
    if constexpr (kMany)
      return Given(*channel_, wait_.wanted());
    else
      return Given(std::move(channel_));
  }

 private:
  Ref channel_;  // outlives wait_
  SemaphoreWait wait_;
};

}  // namespace corokit::detail
