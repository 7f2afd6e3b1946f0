#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/spawn.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace corokit {

/// A set of spawned tasks. It gives their results in the order of completion, and aborts them when it is destroyed.
///
///     JoinSet<int> workers;
///     for (...) workers.spawn(work(i));
///     while (auto result = co_await workers.join_next()) ...
///
/// Unlike FuturesUnordered, the set runs its tasks in parallel, and may itself be moved from task to task.
///
/// Thread-safety: one thread at a time.
/// Complexity: O(1) for each operation and each task; one small allocation for each task besides its frame.
/// Example: runtime/examples/crawler.cpp
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

  /// Starts a task on the current runtime, as a member of the set. Throws: as corokit::spawn().
  AbortHandle spawn(Task<T> task) { return insert(corokit::spawn(std::move(task))); }
  /// As spawn() of a Task, for a callable that makes one, and that is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> AbortHandle spawn(F function) {
    return insert(corokit::spawn(std::move(function)));
  }
  /// Makes a task that was started elsewhere a member of the set.
  AbortHandle insert(JoinHandle<T> handle) {
    AbortHandle abort = handle.abort_handle();
    state_->insert(std::move(handle));
    return abort;
  }

  /// Returns: the number of members whose result was not given yet.
  std::size_t size() const noexcept { return state_->size; }
  /// Returns: true if size() is 0.
  bool empty() const noexcept { return state_->size == 0; }
  /// Asks every member to end. They stay members until their results (cancelled) are taken.
  void abort_all() noexcept {
    for (Entry* entry = state_->all; entry; entry = entry->next) entry->handle.abort();
  }
  /// Detaches every member. The set is empty from here on; a join_next() that waits gives none.
  void detach_all() noexcept { state_->clear(); }

  /// Returns: the result of a member that has ended, or none. It never suspends.
  std::optional<Joined> try_join_next() { return state_->take(state_->pop_done()); }

 private:
  struct State;
  class JoinNext;

  struct Entry : detail::JoinWaiter, detail::FromFramePool<Entry> {
    explicit Entry(State& set, JoinHandle<T>&& task) noexcept : state(set), handle(std::move(task)) {
      notify = &State::on_done;
    }
    State& state;
    JoinHandle<T> handle;
    Entry* prev = nullptr;  // prev and next link the list of all members, which belongs to the set's owner
    Entry* next = nullptr;
    Entry* following = nullptr;  // links the list of those that are done; guarded by State::lock
  };

  struct State {
    Entry* all = nullptr;
    std::size_t size = 0;
    // Guarded by lock:
    detail::Lock lock;
    Entry* first_done = nullptr;
    Entry* last_done = nullptr;
    JoinNext* waiting = nullptr;  // the join_next() that has begun and has no result yet

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
      if (self.waiting && self.waiting->sleeps_locked()) return batch.add(self.waiting->give_locked(&entry));
      (self.last_done ? self.last_done->following : self.first_done) = &entry;
      self.last_done = &entry;
    }

    Entry* pop_done_locked() noexcept {
      Entry* entry = first_done;
      if (!entry) return nullptr;
      first_done = entry->following;
      if (!first_done) last_done = nullptr;
      return entry;
    }
    Entry* pop_done() noexcept {
      detail::Locked locked(lock);
      return pop_done_locked();
    }
    void put_back_locked(Entry& entry) noexcept {
      entry.following = first_done;
      first_done = &entry;
      if (!last_done) last_done = &entry;
    }

    /// Removes a member that is not on the list of those that are done any more. Returns: its result; none for null.
    std::optional<Joined> take(Entry* entry) {
      if (!entry) return std::nullopt;
      const std::unique_ptr<Entry> owned = extract(*entry);
      // The notification of the entry may not have ended; this waits for the few instructions that are left of it.
      detail::unregister_join(owned->handle.cell(), *owned);
      return detail::take_joined<std::optional<Joined>>(owned->handle.cell(), std::in_place);
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
      size = 0;
      detail::TaskHeader* woken = nullptr;
      {
        detail::Locked locked(lock);
        first_done = last_done = nullptr;
        if (waiting) woken = waiting->give_locked(nullptr);
      }
      detail::schedule(woken);
    }
  };

  class JoinNext : public detail::Awaiter<JoinNext> {
   public:
    static constexpr const char* kName = "JoinSet::join_next";
    explicit JoinNext(State& state) noexcept : state_(state) {}
    JoinNext(JoinNext&& other) noexcept : detail::Awaiter<JoinNext>(other), state_(other.state_) {}
    ~JoinNext() {
      if (!begun_) return;
      detail::Locked locked(state_.lock);
      state_.waiting = nullptr;
      if (entry_) state_.put_back_locked(*entry_);
    }
    bool try_complete() {
      detail::Locked locked(state_.lock);
      if (state_.waiting)
        throw std::logic_error(
            "corokit: join_next() was called while another join_next() waits for the same JoinSet");
      begun_ = true;
      state_.waiting = this;
      entry_ = state_.pop_done_locked();
      return entry_ || state_.size == 0;
    }
    bool suspend() noexcept {
      detail::Locked locked(state_.lock);
      entry_ = state_.pop_done_locked();
      return sleeps_ = !entry_;
    }
    void fail(std::exception_ptr reason) noexcept { failure_ = std::move(reason); }
    std::optional<Joined> await_resume() {
      if (failure_) std::rethrow_exception(failure_);
      begun_ = false;
      {
        detail::Locked locked(state_.lock);
        state_.waiting = nullptr;
      }
      return state_.take(entry_);
    }

    bool sleeps_locked() const noexcept { return sleeps_; }
    /// Makes `entry`, or none for null, the result of this wait. Returns: the task to schedule, or null.
    detail::TaskHeader* give_locked(Entry* entry) noexcept {
      entry_ = entry;
      return std::exchange(sleeps_, false) ? detail::mark_ready(this->branch()) : nullptr;
    }

   private:
    State& state_;
    bool begun_ = false;
    std::exception_ptr failure_;  // another join_next() waits
    // Guarded by State::lock while this is State::waiting:
    Entry* entry_ = nullptr;  // the result, which is off the list of those that are done
    bool sleeps_ = false;
  };

 public:
  /// Waits for the next member that ends: `while (auto result = co_await workers.join_next())`
  ///
  /// Resumes: on the awaiting task's executor.
  /// Returns: the member's result, or a JoinError; none once the set is empty.
  /// Throws: std::logic_error while another join_next() waits; what moving the value throws, which loses the value.
  /// Thread-safety: one thread at a time; one join_next() at a time.
  /// Cancel-safety: safe: no result is lost.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] JoinNext join_next() noexcept { return JoinNext(*state_); }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace corokit
