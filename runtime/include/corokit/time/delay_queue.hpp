#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/time/sleep.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace corokit {

/// Keeps items until their time has come, and gives them in the order of their times:
///
///     DelayQueue<SessionId> sessions;
///     auto key = sessions.insert(session, 30s);
///     sessions.reset(key, 30s);                                      // it was used
///     while (auto expired = co_await sessions.next()) close(expired->value);
///
/// Items of the same time come in the order in which that time was set. In a simulation the time is virtual.
///
/// An item leaves the queue with remove() or clear(), or with a next() that is over. If that next() is dropped before
/// its result is taken, as a select() may do, the item comes back, unless it was removed meanwhile.
///
/// `T`: a type with a move or a copy constructor, and a destructor that does not throw.
/// Thread-safety: one thread at a time. While a next() waits, only its own task uses the queue: another operand of a
///   join(), say, whose changes the wait takes into account.
/// Complexity: O(log n) for insert(), reset(), remove() and each item of next(), O(1) otherwise; two allocations an item.
/// Source: tokio-util's DelayQueue.
template <class T>
class DelayQueue {
  static_assert(detail::is_moved_type<T>());

 public:
  /// Identifies an item of a queue. No other item of this queue ever has the same key.
  class Key {
   public:
    /// For insert().
    explicit Key(std::uint64_t number) noexcept : number_(number) {}
    friend auto operator<=>(const Key&, const Key&) noexcept = default;

   private:
    friend class DelayQueue;
    std::uint64_t number_;
  };

  /// An item whose time has come.
  struct Expired {
    /// For next().
    explicit Expired(T&& item, Key of, Instant when) : value(std::move(item)), key(of), deadline(when) {}
    T value;
    Key key;
    Instant deadline;  ///< the time that was set
  };

  DelayQueue() : state_(std::make_unique<State>()) {}
  DelayQueue(DelayQueue&&) noexcept = default;
  DelayQueue& operator=(DelayQueue&&) noexcept = default;
  ~DelayQueue() = default;

  /// Adds an item that expires after a duration from now. Returns: its key.
  Key insert(T value, AnyDuration after) {
    return insert_at(std::move(value), detail::saturating_add(Clock::now(), after));
  }
  /// Adds an item that expires at a time; at once if that is past, and never if it is Instant::max(). Returns: its key.
  Key insert_at(T value, Instant deadline) { return Key(state_->insert(std::move(value), deadline)); }
  /// Lets an item expire after a duration from now instead. Returns: false if the key has left the queue. A key that
  /// comes back does so with the new time.
  bool reset(Key key, AnyDuration after) {
    return reset_at(key, detail::saturating_add(Clock::now(), after));
  }
  /// As reset(), for a point in time.
  bool reset_at(Key key, Instant deadline) { return state_->reset(key.number_, deadline); }
  /// Removes an item. Returns: its value; none if the key has left the queue, in which case it does not come back.
  std::optional<T> remove(Key key) { return state_->remove(key.number_); }
  /// Removes all items. A next() that waits gives none.
  void clear() noexcept { state_->clear(); }

  /// Returns: when an item expires; none if the key has left the queue.
  std::optional<Instant> deadline(Key key) const {
    const auto found = state_->find(key.number_);
    return found == state_->by_key.end() ? std::nullopt : std::optional(found->second->first.deadline);
  }
  /// Returns: the key of the item that expires next; none if the queue is empty.
  std::optional<Key> peek() const {
    return state_->items.empty() ? std::nullopt : std::optional(Key(state_->items.begin()->second.key));
  }
  /// Returns: the number of items, and of those that may come back.
  std::size_t size() const noexcept { return state_->by_key.size(); }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return state_->by_key.empty(); }

 private:
  class Next;

  /// The place of an item: by time, and by when this time was set.
  struct Place {
    explicit Place(Instant when, std::uint64_t order) noexcept : deadline(when), turn(order) {}
    Instant deadline;
    std::uint64_t turn;
    friend bool operator<(const Place& a, const Place& b) noexcept {
      return std::tie(a.deadline, a.turn) < std::tie(b.deadline, b.turn);
    }
  };
  struct Item {
    explicit Item(T&& item, std::uint64_t number) : value(std::move(item)), key(number) {}
    T value;
    std::uint64_t key;
  };
  using Items = std::map<Place, Item>;
  using Node = typename Items::node_type;

  struct State {
    Items items;
    /// Where each item is; the end of `items` for the one that a next() has, which may come back.
    std::unordered_map<std::uint64_t, typename Items::iterator> by_key;
    std::uint64_t last_key = 0;
    std::uint64_t last_turn = 0;
    Next* waiter = nullptr;  // the next() that has begun and has no result yet

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() = default;

    /// Returns: where the key is; the end of `by_key` if it has left the queue, or a next() has it.
    auto find(std::uint64_t key) {
      const auto found = by_key.find(key);
      return found != by_key.end() && found->second == items.end() ? by_key.end() : found;
    }
    std::uint64_t insert(T&& value, Instant deadline) {
      const std::uint64_t key = ++last_key;
      const auto place = by_key.emplace(key, items.end()).first;
      try {
        place->second =
            items
                .emplace(std::piecewise_construct, std::forward_as_tuple(Place(deadline, ++last_turn)),
                         std::forward_as_tuple(std::move(value), key))
                .first;
      } catch (...) {
        by_key.erase(place);
        throw;
      }
      changed();
      return key;
    }
    bool reset(std::uint64_t key, Instant deadline) {
      const auto found = by_key.find(key);
      if (found == by_key.end()) return false;
      if (found->second == items.end()) {
        waiter->delay(Place(deadline, ++last_turn));
        return false;
      }
      auto node = items.extract(found->second);
      node.key() = Place(deadline, ++last_turn);
      found->second = items.insert(std::move(node)).position;
      changed();
      return true;
    }
    std::optional<T> remove(std::uint64_t key) {
      const auto found = by_key.find(key);
      if (found == by_key.end()) return std::nullopt;
      const auto place = found->second;
      by_key.erase(found);
      if (place == items.end()) return std::nullopt;
      const auto node = items.extract(place);
      changed();
      return std::optional<T>(std::move(node.mapped().value));
    }
    void clear() noexcept {
      Items old;
      items.swap(old);  // a destructor may use the queue
      const Node given = waiter ? waiter->forget() : Node();
      by_key.clear();
      changed();
    }
    void changed() noexcept {
      if (waiter) waiter->look_again();
    }

    /// Takes the first item out for the waiter.
    Node give() noexcept {
      by_key.find(items.begin()->second.key)->second = items.end();
      return items.extract(items.begin());
    }
    void take_back(Node&& node) noexcept {
      const auto found = by_key.find(node.mapped().key);
      if (found != by_key.end()) found->second = items.insert(std::move(node)).position;
    }
  };

  class Next : public detail::Combinator<Next> {
    using Timer = detail::OperandBranch<detail::SleepAwaiter>;

   public:
    using Step = typename detail::Combinator<Next>::Step;
    static constexpr const char* kName = "DelayQueue::next";
    static constexpr bool kKeepsResult = true;  // in the queue
    explicit Next(State& state) noexcept : state_(state) {}
    Next(Next&& other) noexcept : detail::Combinator<Next>(other), state_(other.state_) {}
    ~Next() {
      end();
      if (given_) state_.take_back(std::move(given_));
    }
    Step begin_some() {
      if (state_.waiter && state_.waiter != this)
        throw std::logic_error(
            "corokit: next() was called while another next() waits for the same DelayQueue");
      for (;;) {
        if (this->is_spent()) return Step::gives_way;
        state_.waiter = this;
        if (is_time()) break;
        const Instant first = state_.items.begin()->first.deadline;
        if (timer_ && !timer_->is_done() && armed_ == first) return Step::waits;
        armed_ = first;
        timer_.reset();
        timer_.emplace(detail::SleepAwaiter(first));
        if (!timer_->template begin<&on_timer>(this->branch(), this)) return Step::waits;
      }
      timer_.reset();
      if (!state_.items.empty()) given_ = state_.give();
      this->turn().spend();
      return Step::over;
    }
    bool any_out_of_budget() const noexcept { return timer_ && timer_->is_out_of_budget(); }
    void describe(detail::WaitReport& report) const {
      if (timer_) report.branch(*timer_);
    }
    std::optional<Expired> await_resume() {
      end();
      this->throw_failure();
      const Node node = std::exchange(given_, Node());
      if (!node) return std::nullopt;
      state_.by_key.erase(node.mapped().key);
      return std::optional<Expired>(std::in_place, std::move(node.mapped().value), Key(node.mapped().key),
                                    node.key().deadline);
    }

    /// Notes that the items have changed. What follows from that comes when this branch runs: before, the items may
    /// change once more.
    using detail::Combinator<Next>::look_again;
    /// Takes the item away that this wait has.
    Node forget() noexcept { return std::exchange(given_, Node()); }
    /// Sets another time for the item that this wait has.
    void delay(Place place) noexcept { given_.key() = place; }

   private:
    /// Returns: true if there is an item whose time has come, or no item.
    bool is_time() const noexcept {
      if (state_.items.empty()) return true;
      const Instant first = state_.items.begin()->first.deadline;
      return first <= Clock::now() && first != Instant::max();
    }
    static void on_timer(detail::ChildBranch& branch) {
      auto& timer = static_cast<Timer&>(branch);
      timer.mark_done();
      timer.template owner<Next>().look_again();
    }
    void end() noexcept {
      timer_.reset();
      if (state_.waiter == this) state_.waiter = nullptr;
    }

    State& state_;
    std::optional<Timer> timer_;
    Instant armed_;  // when the timer fires
    Node given_;     // the result, which is out of State::items
  };

 public:
  /// Waits for the item whose time comes next: `while (auto expired = co_await sessions.next())`
  ///
  /// Resumes: in the awaiting task, as sleep_until().
  /// Returns: the item, its key, and its deadline; none once the queue is empty, until the next insert().
  /// Throws: std::logic_error while another next() waits; what moving the value throws, which loses the value.
  /// Thread-safety: the awaiting task's own thread; one next() at a time.
  /// Cancel-safety: safe: no item is lost.
  /// Complexity: O(log n); no allocation.
  [[nodiscard]] Next next() noexcept { return Next(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
