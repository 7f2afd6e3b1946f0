#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/join_members.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace corokit {

/// A set of spawned tasks, each with a key of its own. It gives keys and results in the order of completion, and aborts
/// the tasks when it is destroyed.
///
///     JoinMap<UserId, Profile> lookups;
///     lookups.spawn(user, look_up(user));        // a lookup of this user that is under way is aborted
///     while (auto next = co_await lookups.join_next()) { auto& [key, profile] = *next; ... }
///
/// A task that is spawned with the key of another one takes its place: the other one is aborted, and its result is
/// dropped, even if it has ended, unless a join_next() is over that has it. The destructor of a result or a key that
/// the map drops may use the map, but not while the map itself is destroyed or assigned to.
///
/// `Key`: a type that can be moved, whose destructor, hash and comparison do not throw.
/// Thread-safety: one thread at a time.
/// Complexity: O(1) on average for each operation and each task; two small allocations for each task besides its frame.
/// Source: tokio-util's JoinMap.
template <class Key, class T, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class JoinMap {
  static_assert(detail::is_moved_type<Key>());
  using Members = detail::JoinMembers<T, Key>;
  using Entry = typename Members::Entry;

 public:
  using Joined = Result<T, JoinError>;

  JoinMap() : state_(std::make_unique<State>()) {}
  JoinMap(JoinMap&&) noexcept = default;
  JoinMap& operator=(JoinMap&& other) noexcept {
    if (this != &other) {
      const JoinMap old(std::move(*this));
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~JoinMap() {
    if (state_) abort_all();
  }

  /// Starts a task on the current runtime, and makes it the task of `key`.
  /// Throws: as corokit::spawn(); std::bad_alloc, or what moving the key throws: the new task is aborted then, and the
  ///   map is as before.
  AbortHandle spawn(Key key, Task<T> task) { return insert(std::move(key), corokit::spawn(std::move(task))); }
  /// As spawn() of a Task, for a callable that makes one, and that is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> AbortHandle spawn(Key key, F function) {
    return insert(std::move(key), corokit::spawn(std::move(function)));
  }
  /// As spawn(), on a runtime that need not be the current one. Throws: as Runtime::spawn(), and as spawn().
  AbortHandle spawn_on(Runtime& runtime, Key key, Task<T> task) {
    return insert(std::move(key), runtime.spawn(std::move(task)));
  }
  /// As spawn(), for a function that may block. Throws: as corokit::spawn_blocking(), and as spawn().
  template <class F>
  requires std::same_as<std::invoke_result_t<F>, T> AbortHandle spawn_blocking(Key key, F function) {
    return insert(std::move(key), corokit::spawn_blocking(std::move(function)));
  }
  /// Makes a task that was started elsewhere the task of `key`. Throws: as spawn().
  AbortHandle insert(Key key, JoinHandle<T> handle) {
    AbortHandle abort = handle.abort_handle();
    try {
      state_->insert(std::move(key), std::move(handle));
    } catch (...) {
      abort.abort();
      throw;
    }
    return abort;
  }

  /// Returns: the number of tasks whose result was not given yet.
  std::size_t size() const noexcept { return state_->by_key.size(); }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return size() == 0; }
  /// Returns: true if there is a task with this key whose result was not given yet.
  bool contains(const Key& key) const { return state_->by_key.contains(key); }
  /// Returns: a range of all keys, in no particular order, until the map is used otherwise.
  auto keys() const noexcept { return Keys(state_->by_key); }

  /// Asks the task of a key to end. It stays in the map until its result (cancelled) is taken.
  /// Returns: false if there is no task with this key.
  bool abort(const Key& key) {
    const auto found = state_->by_key.find(key);
    if (found == state_->by_key.end()) return false;
    (*found)->handle.abort();
    return true;
  }
  /// As abort(), for each key for which `matches` returns true.
  template <std::predicate<const Key&> Matches>
  void abort_if(Matches matches) {
    for (const Entry* entry : state_->by_key)
      if (matches(std::as_const(entry->label))) entry->handle.abort();
  }
  /// Asks every task to end. They stay in the map until their results (cancelled) are taken.
  void abort_all() noexcept { state_->members.abort_all(); }
  /// Detaches every task, and drops the results of those that are over. The map is empty from here on; a join_next()
  /// that waits gives none.
  void detach_all() noexcept { state_->clear(); }

  /// Returns: the key and the result of a task that has ended, or none. It never suspends.
  std::optional<std::pair<Key, Joined>> try_join_next() {
    Entry* entry = state_->members.pop_done();
    while (entry && !state_->is_current(*entry)) {
      state_->drop(*entry);
      entry = state_->members.pop_done();
    }
    return state_->take(entry);
  }

 private:
  struct HashOfKey {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const { return Hash()(key); }
    std::size_t operator()(const Entry* entry) const { return Hash()(entry->label); }
  };
  struct EqualKeys {
    using is_transparent = void;
    static const Key& key_of(const Key& key) { return key; }
    static const Key& key_of(const Entry* entry) { return entry->label; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return Equal()(key_of(a), key_of(b));
    }
  };

  using ByKey = std::unordered_set<Entry*, HashOfKey, EqualKeys>;
  /// The range of keys().
  class Keys {
   public:
    /// Goes through it.
    class Iterator {
     public:
      using value_type = Key;
      using difference_type = std::ptrdiff_t;
      Iterator() = default;
      /// Stands at an entry.
      explicit Iterator(typename ByKey::const_iterator at) noexcept : at_(at) {}
      const Key& operator*() const noexcept { return (*at_)->label; }
      /// Goes on.
      Iterator& operator++() noexcept {
        ++at_;
        return *this;
      }
      /// Goes on. Returns: where it was.
      Iterator operator++(int) noexcept { return Iterator(at_++); }
      friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }

     private:
      typename ByKey::const_iterator at_;
    };

    explicit Keys(const ByKey& of) noexcept : of_(&of) {}
    Iterator begin() const noexcept { return Iterator(of_->begin()); }
    Iterator end() const noexcept { return Iterator(of_->end()); }

   private:
    const ByKey* of_;
  };
  struct State {
    Members members;
    /// The members, but for those that were replaced while a join_next() had their result: they are dropped when they
    /// are found.
    ByKey by_key;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
      while (members.all) clear();  // a destructor that runs in clear() may insert a member
    }

    void clear() noexcept {
      by_key.clear();
      members.clear();
    }
    /// Returns: whether the member is still the one of its key.
    bool is_current(const Entry& entry) const {
      const auto found = by_key.find(entry.label);
      return found != by_key.end() && *found == &entry;
    }
    /// Removes a member that is over, and was replaced.
    void drop(Entry& entry) noexcept { static_cast<void>(members.extract_done(entry)); }

    void insert(Key&& key, JoinHandle<T>&& handle) {
      auto owned = std::make_unique<Entry>(members, std::move(handle), std::move(key));
      Entry* const entry = owned.get();
      const auto [place, is_new] = by_key.insert(entry);
      if (is_new) {
        members.insert(std::move(owned));
        return;
      }
      auto node = by_key.extract(place);
      Entry* const old = std::exchange(node.value(), entry);
      by_key.insert(std::move(node));
      members.insert(std::move(owned));
      old->handle.abort();
      static_cast<void>(members.extract_any(*old));  // its result is destroyed here, if it has one
    }

    std::optional<std::pair<Key, Joined>> take(Entry* entry) {
      if (!entry) return std::nullopt;
      const auto found = by_key.find(entry->label);
      if (found != by_key.end() && *found == entry) by_key.erase(found);
      const std::unique_ptr<Entry> owned = members.extract_done(*entry);
      return detail::take_joined(owned->handle.cell(), [&owned](auto&&... result) {
        return std::optional<std::pair<Key, Joined>>(
            std::in_place, std::piecewise_construct, std::forward_as_tuple(std::move(owned->label)),
            std::forward_as_tuple(std::forward<decltype(result)>(result)...));
      });
    }
  };

  /// Waits for a member that is over.
  class WaitForAny : public Members::Wait {
   public:
    explicit WaitForAny(State& state) noexcept : Members::Wait(state.members) {}
    WaitForAny(WaitForAny&& other) noexcept : Members::Wait(std::move(other)) {}
    Entry* await_resume() { return this->finish(); }
  };

  /// Waits for a member that is over, and once more if that one was replaced meanwhile.
  class JoinNext : public detail::Combinator<JoinNext> {
    using Wait = detail::OperandBranch<WaitForAny>;

   public:
    using Step = typename detail::Combinator<JoinNext>::Step;
    static constexpr const char* kName = "JoinMap::join_next";
    static constexpr bool kKeepsResult = true;  // in the map
    explicit JoinNext(State& state) noexcept : state_(state) {}
    JoinNext(JoinNext&& other) noexcept : detail::Combinator<JoinNext>(other), state_(other.state_) {}
    Step begin_some() {
      for (;;) {
        if (!wait_) {
          if (this->is_spent()) return Step::gives_way;
          wait_.emplace(WaitForAny(state_));
          if (!wait_->template begin<&on_done>(this->branch(), this)) return Step::waits;
        }
        if (!wait_->is_done()) return Step::waits;
        Entry* const entry = given();
        if (!entry || state_.is_current(*entry)) return Step::over;
        static_cast<void>(wait_->take());
        wait_.reset();
        state_.drop(*entry);
      }
    }
    bool any_out_of_budget() const noexcept { return wait_ && wait_->is_out_of_budget(); }
    std::optional<std::pair<Key, Joined>> await_resume() {
      this->throw_failure();
      Entry* const entry = wait_->take();
      wait_.reset();
      return state_.take(entry);
    }

   private:
    static void on_done(detail::ChildBranch& branch) {
      auto& wait = static_cast<Wait&>(branch);
      wait.mark_done();
      wait.template owner<JoinNext>().look_again();
    }
    Entry* given() const noexcept {
      detail::Locked locked(state_.members.lock);
      return state_.members.waiting->given_locked();
    }

    State& state_;
    std::optional<Wait> wait_;
  };

  static Task<void> drop_all(State& state) {
    for (;;) {
      const std::optional<std::pair<Key, Joined>> result = co_await JoinNext(state);
      if (!result) co_return;
    }
  }

 public:
  /// Waits for the next task that ends: `while (auto next = co_await lookups.join_next())`
  ///
  /// Resumes: on the awaiting task's executor.
  /// Returns: a std::pair of the key and the task's result or JoinError; none once the map is empty.
  /// Throws: std::logic_error while another join_next() waits; what moving the key or the value throws, which loses both.
  /// Thread-safety: one thread at a time; one join_next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1) on average, no allocation.
  [[nodiscard]] JoinNext join_next() noexcept { return JoinNext(*state_); }

  /// Asks every task to end, at the call, and waits until all have ended. Results and exceptions are dropped.
  ///
  /// Requires: the map is not destroyed during the wait.
  /// Throws: as join_next().
  /// Thread-safety: one thread at a time; no join_next() meanwhile.
  /// Cancel-safety: the tasks stay aborted; those that have not ended stay in the map.
  /// Complexity: O(tasks); one allocation.
  [[nodiscard]] Task<void> shutdown() {
    abort_all();
    return drop_all(*state_);
  }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
