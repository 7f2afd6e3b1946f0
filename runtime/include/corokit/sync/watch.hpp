#pragma once
#include <corokit/detail/sync/watch_state.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/send_error.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

/// A channel for a value that changes, such as configuration, progress or a state. Receivers see the newest value, and
/// may miss values in between. T has a move or a copy constructor, which may throw, and is aligned to at most 16 bytes.
/// Example: runtime/examples/live_configuration.cpp
namespace corokit::watch {

using corokit::SendError;

/// The error of a wait: no sender is left, so the value will not change any more.
struct Closed {
  Closed() noexcept {}
  friend bool operator==(const Closed&, const Closed&) noexcept { return true; }
};

/// The value as it was when it was borrowed. It may be kept across suspensions, and may outlive the channel. It makes
/// no sender wait, and values that are sent later do not change it.
/// Thread-safety: as that of a std::shared_ptr to const.
template <class T>
class Ref {
 public:
  /// For borrow().
  explicit Ref(detail::SharedMessage<T> value, bool is_new) noexcept
      : value_(std::move(value)), has_changed_(is_new) {}

  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return &*value_; }
  /// Returns: true if the receiver had not seen this value before it was borrowed.
  bool has_changed() const noexcept { return has_changed_; }

 private:
  detail::SharedMessage<T> value_;
  bool has_changed_;
};

template <class T>
class Sender;

/// Sees the newest value, and remembers which value it saw last. A copy is a new receiver that remembers on its own.
/// Thread-safety: one thread at a time; other receivers and senders may be used meanwhile.
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

  /// Waits for one change after the other. A value counts as seen once the predicate has refused it, and the last one
  /// when it is taken.
  template <class Predicate>
  class WaitFor : public detail::Combinator<WaitFor<Predicate>> {
    static_assert(detail::is_kept_type<Predicate>());
    using Change = detail::OperandBranch<Changed>;

   public:
    using Step = typename detail::Combinator<WaitFor>::Step;
    static constexpr const char* kName = "watch::Receiver::wait_for";
    static constexpr bool kKeepsResult = true;  // unseen, in the channel
    WaitFor(Receiver& receiver, Predicate&& predicate)
        : receiver_(receiver), predicate_(std::move(predicate)) {}
    WaitFor(WaitFor&& other) noexcept(std::is_nothrow_move_constructible_v<Predicate>)
        : detail::Combinator<WaitFor>(other),
          receiver_(other.receiver_),
          predicate_(std::move(other.predicate_)) {}
    ~WaitFor() = default;

    Step begin_some() {
      if (this->is_spent()) return Step::gives_way;
      if (!look()) return Step::waits;
      this->turn().spend();
      return Step::over;
    }
    bool any_out_of_budget() const noexcept { return change_ && change_->is_out_of_budget(); }
    Result<Ref<T>, Closed> await_resume() {
      this->throw_failure();
      if (!found_) return Err<Closed>(Closed());
      const bool is_new = std::exchange(receiver_.seen_, found_->version) != found_->version;
      return Ref<T>(std::move(found_->value), is_new);
    }

   private:
    /// Returns: true if the predicate accepts the newest value, or refused it and there will be no other.
    bool is_over() {
      const bool is_last =
          !receiver_.end_->has_senders();  // looked at first: a sender may send and go in between
      auto now = receiver_.end_->snapshot();
      if (has_looked_ && now.version == receiver_.seen_) return is_last;
      has_looked_ = true;
      const Version before = std::exchange(receiver_.seen_, now.version);
      if (!predicate_(*now.value)) return is_last;
      receiver_.seen_ = before;
      found_.emplace(std::move(now));
      return true;
    }
    /// Looks at each value that comes. Returns: true if the wait is over; false while it waits for the next value.
    bool look() {
      for (;;) {
        if (is_over()) return true;
        change_.reset();
        change_.emplace(Changed(receiver_));
        if (!change_->template begin<&on_change>(this->branch(), this)) return false;
      }
    }
    static void on_change(detail::ChildBranch& branch) {
      auto& change = static_cast<Change&>(branch);
      change.mark_done();
      auto& self = change.template owner<WaitFor>();
      try {
        if (!self.look()) return;
      } catch (...) {
        self.failure_ = std::current_exception();
      }
      self.wake();
    }

    Receiver& receiver_;
    Predicate predicate_;
    bool has_looked_ = false;  // at the first value, for which it does not matter whether it was seen
    std::optional<Change> change_;
    std::optional<typename State::Snapshot> found_;
  };

 public:
  /// For channel() and subscribe().
  explicit Receiver(State& state) noexcept : end_(state), seen_(state.version()) {}

  /// Returns: the newest value. Whether it counts as seen does not change.
  /// Complexity: O(1); the value is not copied.
  [[nodiscard]] Ref<T> borrow() const noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), now.version != seen_);
  }
  /// Returns: the newest value, which counts as seen from now on.
  [[nodiscard]] Ref<T> borrow_and_update() noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), std::exchange(seen_, now.version) != now.version);
  }

  /// Returns: whether there is a value that this receiver has not seen; Closed once no sender is left, in any case.
  Result<bool, Closed> has_changed() const noexcept {
    if (!end_->has_senders()) return Err<Closed>(Closed());
    return end_->version() != seen_;
  }
  /// Marks the newest value as not seen, so that the next changed() does not wait.
  void mark_changed() noexcept { seen_ = end_->version() - 1; }
  /// Marks the newest value as seen.
  void mark_unchanged() noexcept { seen_ = end_->version(); }

  /// Returns: true if both are ends of one channel.
  bool same_channel(const Receiver& other) const noexcept { return end_ == other.end_; }

  /// Waits for a value that this receiver has not seen, and marks it as seen:
  ///
  ///     while (co_await receiver.changed()) use(*receiver.borrow());
  ///
  /// Requires: the receiver is neither moved nor destroyed during the wait.
  /// Resumes: on the awaiting task's executor; never inside send().
  /// Returns: nothing if there is such a value; Closed if there is none and no sender is left.
  /// Thread-safety: one thread at a time; one changed() at a time.
  /// Cancel-safety: safe: a value that was not reported still counts as not seen.
  /// Complexity: O(1), no allocation.
  /// Source: tokio's watch.
  [[nodiscard]] Changed changed() noexcept { return Changed(*this); }

  /// Waits for a value for which `predicate(value)` is true, starting with the present value. The predicate runs in the
  /// awaiting task, outside of every lock; the values that it is called with count as seen.
  ///
  /// Requires: as changed().
  /// Resumes: as changed().
  /// Returns: the value for which the predicate was true; Closed if it was false for the last value.
  /// Throws: what the predicate throws.
  /// Thread-safety: as changed().
  /// Cancel-safety: safe: a value for which the predicate was true counts as seen only if it was returned.
  /// Complexity: one call of the predicate for each value that is not missed; no allocation.
  template <class Predicate>
  [[nodiscard]] auto wait_for(Predicate predicate) {
    return WaitFor<Predicate>(*this, std::move(predicate));
  }

 private:
  detail::ChannelEnd<State, Role> end_;
  Version seen_;
};

/// Changes the value. A copy is one more sender.
/// Thread-safety: every member may be called at once from any thread. Values are copied and destroyed, and functions
///   are called, outside of every lock.
template <class T>
class Sender {
  static_assert(detail::is_plain_type<T>());
  using State = detail::WatchState<T>;
  using Version = typename State::Version;
  struct Role {
    static void enter(State& state) noexcept { state.add_sender(); }
    static void leave(State& state) noexcept { state.remove_sender(); }
  };

 public:
  /// For channel().
  explicit Sender(State& state) noexcept : end_(state) {}

  /// Sets the value, and wakes the receivers that wait for a change.
  /// Returns: nothing; if there is no receiver, an error with the value, which was not set.
  /// Throws: what moving T throws, in which case nothing is changed.
  /// Complexity: O(receivers that wait); one allocation, recycled.
  Result<void, SendError<T>> send(T value) const {
    detail::SharedMessage<T> shared(std::move(value));
    State& state = *end_;
    if (state.publish(shared, [&state](Version) { return state.receivers() != 0; })) return {};
    return Err<SendError<T>>(SendError<T>(shared.give()));
  }

  /// Sets the value even if there is no receiver. Returns: the previous value, which is copied if it is borrowed.
  /// Throws: what moving the value or copying the previous one throws; the value may then be set or not.
  T send_replace(T value) const requires std::is_copy_constructible_v<T> {
    detail::SharedMessage<T> shared(std::move(value));
    end_->publish(shared, [](Version) { return true; });
    return shared.give();
  }

  /// Changes the value, even if there is no receiver. `function(T&)` changes a copy, which then becomes the value. If
  /// another sender has set a value meanwhile, the function is called again, with a copy of that value.
  /// Throws: what `function` throws, in which case nothing is changed, and no receiver is woken.
  template <class F>
  void send_modify(F function) const requires std::is_copy_constructible_v<T> {
    send_if_modified([&function](T& value) {
      function(value);
      return true;
    });
  }

  /// As send_modify(), but `function` returns whether the copy is to become the value.
  /// Returns: what `function` returned.
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

  /// Returns: the newest value.
  [[nodiscard]] Ref<T> borrow() const noexcept {
    auto now = end_->snapshot();
    return Ref<T>(std::move(now.value), false);
  }
  /// Returns: a new receiver, for which the present value counts as seen.
  [[nodiscard]] Receiver<T> subscribe() const noexcept { return Receiver<T>(*end_); }

  /// Returns: true if there is no receiver; a new one may still subscribe.
  bool is_closed() const noexcept { return receiver_count() == 0; }
  /// Waits until is_closed(): `co_await sender.closed();` A receiver that subscribes meanwhile prolongs the wait.
  ///
  /// Requires: the sender is neither moved nor destroyed during the wait.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1); one coroutine.
  [[nodiscard]] Task<void> closed() const {
    while (!is_closed()) co_await detail::NoReceivers<State>(*end_);
  }
  /// Returns: the number of receivers that are alive.
  std::size_t receiver_count() const noexcept { return end_->receivers(); }
  /// Returns: the number of senders that are alive.
  std::size_t sender_count() const noexcept { return end_->senders(); }
  /// Returns: true if both are ends of one channel.
  bool same_channel(const Sender& other) const noexcept { return end_ == other.end_; }

 private:
  detail::ChannelEnd<State, Role> end_;
};

/// The ends of a new channel: `auto [tx, rx] = watch::channel(Config{});`
template <class T>
struct Channel {
  Sender<T> tx;
  Receiver<T> rx;
  /// For channel().
  explicit Channel(detail::WatchState<T>& state) noexcept : tx(state), rx(state) {}
};

/// Makes a channel with a first value, which counts as seen by the receiver.
template <class T>
[[nodiscard]] Channel<T> channel(T initial) {
  return Channel<T>(*new detail::WatchState<T>(std::move(initial)));
}

}  // namespace corokit::watch
