#pragma once
#include <corokit/spawn.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace corokit {

/// A set of spawned tasks: their results come in the order of completion, and they end with the set.
///
///     JoinSet<int> workers;
///     for (...) workers.spawn(work(i));
///     while (auto result = co_await workers.join_next()) ...
///
/// Unlike FuturesUnordered the set runs its tasks in parallel, and may itself travel between tasks. Dropping
/// it aborts what is still running. Thread-safety: one thread at a time. Complexity: O(1) for each operation
/// and each task; one small allocation a task beside its frame.
template <class T>
class JoinSet {
 public:
  using Joined = Result<T, JoinError>;

  JoinSet() : state_(std::make_unique<State>()) {}
  JoinSet(JoinSet&&) noexcept = default;
  JoinSet& operator=(JoinSet&& other) noexcept {
    if (this != &other) {
      const JoinSet old(std::move(*this));
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~JoinSet() {
    if (state_) abort_all();
  }

  /// Starts a task on the current runtime, as a member of the set.
  AbortHandle spawn(Task<T> task) { return insert(corokit::spawn(std::move(task))); }
  /// Makes a task that already runs a member.
  AbortHandle insert(JoinHandle<T> handle) {
    AbortHandle abort = handle.abort_handle();
    state_->insert(std::move(handle));
    return abort;
  }

  /// Members whose result was not given yet.
  std::size_t size() const noexcept { return state_->size; }
  bool empty() const noexcept { return state_->size == 0; }
  /// Asks every member to end. They stay members until their results (cancelled) are taken.
  void abort_all() noexcept {
    for (Entry* entry = state_->all; entry; entry = entry->next) entry->handle.abort();
  }
  /// Lets every member run on by itself: the set is empty then.
  void detach_all() noexcept { state_->clear(); }

  /// Returns: a result that is there already, or none. Never suspends.
  std::optional<Joined> try_join_next() {
    if (!state_->any_done()) return std::nullopt;
    return state_->take_next();
  }

 private:
  struct State;

  struct Entry : detail::JoinWaiter {
    explicit Entry(State& set, JoinHandle<T>&& task) noexcept : state(set), handle(std::move(task)) {
      notify = &State::on_done;
    }
    State& state;
    JoinHandle<T> handle;
    Entry* prev = nullptr;  // in the list of all; the set's owner's
    Entry* next = nullptr;
    Entry* following = nullptr;  // in the list of those that are done; guarded by State::lock
  };

  struct State {
    Entry* all = nullptr;
    std::size_t size = 0;
    // Guarded by lock:
    detail::Lock lock;
    Entry* first_done = nullptr;
    Entry* last_done = nullptr;
    detail::Strand* waiter = nullptr;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { clear(); }

    void insert(JoinHandle<T>&& handle) {
      auto* entry = new Entry(*this, std::move(handle));
      entry->next = all;
      if (all) all->prev = entry;
      all = entry;
      ++size;
      detail::WakeBatch batch;
      if (!detail::register_join(entry->handle.cell(), *entry)) on_done(*entry, batch);  // over already
    }

    static void on_done(detail::JoinWaiter& waiter, detail::WakeBatch& batch) noexcept {
      auto& entry = static_cast<Entry&>(waiter);
      State& self = entry.state;
      detail::Locked locked(self.lock);
      (self.last_done ? self.last_done->following : self.first_done) = &entry;
      self.last_done = &entry;
      if (detail::Strand* waiting = std::exchange(self.waiter, nullptr)) batch.add(*waiting);
    }

    bool any_done() noexcept {
      detail::Locked locked(lock);
      return first_done != nullptr;
    }

    Joined take_next() {
      Entry* entry;
      {
        detail::Locked locked(lock);
        entry = first_done;
        first_done = entry->following;
        if (!first_done) last_done = nullptr;
      }
      const std::unique_ptr<Entry> owned = extract(*entry);
      // Waits for the end of the notification, a few instructions away.
      detail::unregister_join(owned->handle.cell(), *owned);
      return detail::JoinAwaiter<T>(owned->handle.cell()).await_resume();
    }

    std::unique_ptr<Entry> extract(Entry& entry) noexcept {
      (entry.prev ? entry.prev->next : all) = entry.next;
      if (entry.next) entry.next->prev = entry.prev;
      --size;
      return std::unique_ptr<Entry>(&entry);
    }

    void clear() noexcept {
      for (Entry* entry = all; entry; entry = entry->next)
        detail::unregister_join(entry->handle.cell(), *entry);
      while (all) delete std::exchange(all, all->next);
      first_done = last_done = nullptr;
      size = 0;
    }
  };

  class JoinNext : public detail::Awaiter<JoinNext> {
   public:
    static constexpr const char* kName = "JoinSet::join_next";
    explicit JoinNext(State& state) noexcept : state_(state) {}
    JoinNext(JoinNext&& other) noexcept : detail::Awaiter<JoinNext>(other), state_(other.state_) {}
    ~JoinNext() {
      if (!waiting_) return;
      detail::Locked locked(state_.lock);
      state_.waiter = nullptr;
    }
    bool try_complete() noexcept { return state_.size == 0 || state_.any_done(); }
    bool suspend() noexcept {
      detail::Locked locked(state_.lock);
      if (state_.first_done) return false;
      state_.waiter = &this->strand();
      return waiting_ = true;
    }
    std::optional<Joined> await_resume() {
      waiting_ = false;
      if (state_.size == 0) return std::nullopt;
      return state_.take_next();
    }

   private:
    State& state_;
    bool waiting_ = false;
  };

 public:
  /// Waits for the next member that ends: `while (auto result = co_await workers.join_next())`
  ///
  /// Returns: its result, or a JoinError; none once the set is empty.
  /// Thread-safety: one thread at a time; one join_next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] JoinNext join_next() noexcept { return JoinNext(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
