#pragma once
#include <corokit/detail/sync/watch_state.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>
#include <corokit/task.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

/// A value that changes, and those who want to know: configuration, progress, a state to wait for. Receivers
/// see the newest value, and may miss those between.
/// Example: runtime/examples/live_configuration.cpp
namespace corokit::watch {

using corokit::SendError;

/// No sender is left: the value will not change any more.
struct Closed {
  Closed() noexcept {}
  friend bool operator==(const Closed&, const Closed&) noexcept { return true; }
};

/// The value as it was when it was borrowed. It may be kept for as long as one likes, also beyond the
/// channel's end, and across suspensions: it holds nobody up, and what is sent later does not change it.
/// Thread-safety: as a shared pointer to const.
template <class T>
class Ref {
 public:
  /// For borrow().
  explicit Ref(detail::SharedMessage<T> value, bool is_new) noexcept
      : value_(std::move(value)), has_changed_(is_new) {}

  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return &*value_; }
  /// Had the receiver not seen this value, when it was borrowed?
  bool has_changed() const noexcept { return has_changed_; }

 private:
  detail::SharedMessage<T> value_;
  bool has_changed_;
};

template <class T>
class Sender;

/// Sees the newest value, and remembers which one it saw last. A copy remembers for itself.
/// Thread-safety: one thread at a time; other ends run freely beside it.
template <class T>
class Receiver {
  using State = detail::WatchState<T>;
  using Version = typename State::Version;
  struct Role {
    static void enter(State& state) noexcept { state.add_receiver(); }
    static void leave(State& state) noexcept { state.remove_receiver(); }
  };

  class Changed : public detail::Awaiter<Changed> {
   public:
    static constexpr const char* kName = "watch::Receiver::changed";
    explicit Changed(Receiver& receiver) noexcept : receiver_(receiver) {}
    Changed(Changed&& other) noexcept : detail::Awaiter<Changed>(other), receiver_(other.receiver_) {}
    ~Changed() {
      if (waiting_) receiver_.end_->stop_waiting_for_change(node_);
    }
    bool try_complete() const noexcept { return receiver_.end_->is_settled(receiver_.seen_); }
    bool suspend() noexcept {
      node_.branch = &this->branch();
      return waiting_ = receiver_.end_->wait_for_change(node_, receiver_.seen_);
    }
    Result<void, Closed> await_resume() noexcept {
      waiting_ = false;
      const Version now = receiver_.end_->version();
      if (std::exchange(receiver_.seen_, now) == now) return Err<Closed>(Closed());
      return {};
    }

   private:
    Receiver& receiver_;
    detail::WaitNode node_;
    bool waiting_ = false;
  };

 public:
  /// For channel() and subscribe().
  explicit Receiver(State& state) noexcept : end_(state), seen_(state.version()) {}

  /// The newest value; whether it counts as seen does not change.
  /// Complexity: O(1); nothing is copied.
  [[nodiscard]] Ref<T> borrow() const noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), now.version != seen_);
  }
  /// The newest value, which counts as seen from now on.
  [[nodiscard]] Ref<T> borrow_and_update() noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), std::exchange(seen_, now.version) != now.version);
  }

  /// Is there a value that this receiver has not seen? An error once no sender is left, whatever was seen.
  Result<bool, Closed> has_changed() const noexcept {
    if (!end_->has_senders()) return Err<Closed>(Closed());
    return end_->version() != seen_;
  }
  /// The newest value counts as not seen: the next changed() is over at once.
  void mark_changed() noexcept { seen_ = end_->version() - 1; }
  /// The newest value counts as seen.
  void mark_unchanged() noexcept { seen_ = end_->version(); }

  bool same_channel(const Receiver& other) const noexcept { return end_ == other.end_; }

  /// Waits for a value that this receiver has not seen, which counts as seen then:
  ///
  ///     while (co_await receiver.changed()) use(*receiver.borrow());
  ///
  /// Requires: the receiver stays where it is, and alive, for as long as this waits.
  /// Returns: nothing, also for a last value that is still unseen when the senders are gone; then Closed.
  /// Thread-safety: one thread at a time; one changed() at a time.
  /// Cancel-safety: safe: a value that was not reported stays unseen.
  /// Complexity: O(1), no allocation. Source: tokio's watch.
  [[nodiscard]] Changed changed() noexcept { return Changed(*this); }

  /// Waits for a value for which `predicate(value)` holds, the present one included.
  ///
  /// Requires: as changed(). The predicate runs on the awaiting task, outside of every lock.
  /// Returns: the value that it accepted; Closed if it refused the last one. What it looked at counts as
  /// seen. Throws: what the predicate throws. Thread-safety: as changed(). Cancel-safety: safe: the last
  /// value seen was refused. Complexity: one coroutine; a call for each value that is not missed.
  template <class Predicate>
  [[nodiscard]] Task<Result<Ref<T>, Closed>> wait_for(Predicate predicate) {
    for (;;) {
      Ref<T> now = borrow_and_update();
      if (predicate(*now)) co_return now;
      const auto changes = co_await changed();
      if (!changes) co_return Err<Closed>(Closed());
    }
  }

 private:
  detail::ChannelEnd<State, Role> end_;
  Version seen_;
};

/// Changes the value. A copy is one more sender.
/// Thread-safety: every member, at once from any thread. Values are made, copied and destroyed, and functions
/// called, outside of every lock.
template <class T>
class Sender {
  using State = detail::WatchState<T>;
  using Version = typename State::Version;
  struct Role {
    static void enter(State& state) noexcept { state.add_sender(); }
    static void leave(State& state) noexcept { state.remove_sender(); }
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sets the value and wakes who waits for a change.
  /// Returns: nothing; with no receiver, the value: nothing has changed then.
  /// Complexity: O(receivers that wait); one allocation, recycled.
  Result<void, SendError<T>> send(T value) const {
    detail::SharedMessage<T> shared(std::move(value));
    State& state = *end_;
    if (state.publish(shared, [&state](Version) { return state.receivers() != 0; })) return {};
    return Err<SendError<T>>(SendError<T>(shared.give()));
  }

  /// Sets the value also when there is no receiver. Returns: the one before, copied if somebody has borrowed
  /// it.
  T send_replace(T value) const requires std::is_copy_constructible_v<T> {
    detail::SharedMessage<T> shared(std::move(value));
    end_->publish(shared, [](Version) { return true; });
    return shared.give();
  }

  /// Changes the value, also when there is no receiver: `function(T&)` works on a copy, which then becomes
  /// the value. If another sender came in between it is called again, with a copy of the newer value. Throws:
  /// what `function` throws; nothing has changed then, and nobody is woken.
  template <class F>
  void send_modify(F function) const requires std::is_copy_constructible_v<T> {
    send_if_modified([&function](T& value) {
      function(value);
      return true;
    });
  }

  /// As send_modify(), but `function` says whether it has changed anything; if not, all stays as it is.
  /// Returns: what it said.
  template <class F>
  bool send_if_modified(F function) const requires std::is_copy_constructible_v<T> {
    for (;;) {
      const auto before = end_->snapshot();
      T value(*before.value);
      if (!function(value)) return false;
      detail::SharedMessage<T> shared(std::move(value));
      if (end_->publish(shared, [&before](Version now) { return now == before.version; })) return true;
    }
  }

  /// The newest value.
  [[nodiscard]] Ref<T> borrow() const noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), false);
  }
  /// A new receiver, for which the present value counts as seen.
  [[nodiscard]] Receiver<T> subscribe() const noexcept { return Receiver<T>(*end_); }

  /// There is no receiver; one may still subscribe.
  bool is_closed() const noexcept { return receiver_count() == 0; }
  /// Waits until is_closed(): `co_await sender.closed();`. A receiver that subscribes meanwhile prolongs it.
  ///
  /// Requires: the sender stays where it is, and alive, for as long as this waits.
  /// Thread-safety: any thread, at once. Cancel-safety: nothing to lose. Complexity: O(1), a coroutine.
  [[nodiscard]] Task<void> closed() const {
    while (!is_closed()) co_await detail::NoReceivers<State>(*end_);
  }
  /// Receivers and senders alive now.
  std::size_t receiver_count() const noexcept { return end_->receivers(); }
  std::size_t sender_count() const noexcept { return end_->senders(); }
  bool same_channel(const Sender& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
};

/// The ends of a new channel: `auto [tx, rx] = watch::channel(Config{});`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;
  explicit Channel(detail::WatchState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel with a first value, which counts as seen.
template <class T>
[[nodiscard]] Channel<T> channel(T initial) {
  return Channel<T>(*new detail::WatchState<T>(std::move(initial)));
}

}  // namespace corokit::watch
