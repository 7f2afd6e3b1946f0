#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace corokit {

namespace detail {

/// A wait in the queue of a tracker.
struct TrackerWait : WaitNode {
  std::uint32_t epoch = 0;  ///< the wait is over once the tracker has a later one
};

/// What the copies of a TaskTracker and its tokens share.
struct TrackerState {
  // The word counts, in its upper half, how often the tracker became over: closed, and without tokens. It counts this
  // in the same step as the change that makes it so. So a wait that begins later takes no part in it, however late its
  // waiters are woken. In the lower half are twice the number of tokens that are alive, and kClosed.
  static constexpr std::uint64_t kClosed = 1;  // set by close(), cleared by reopen()
  static constexpr std::uint64_t kToken = 2;
  static constexpr std::uint64_t kEpoch = std::uint64_t{1} << 32U;

  Atomic<std::uint64_t> word{0};
  Lock lock;
  WaitList waits;  // of TrackerWaits; guarded by lock

  static bool is_over(std::uint64_t value) noexcept { return value % kEpoch == kClosed; }
  static std::uint32_t epoch_of(std::uint64_t value) noexcept {
    return static_cast<std::uint32_t>(value / kEpoch);
  }
  std::uint64_t get() const noexcept {
    // [tracked] acquire: sees what the tasks did before their end. Pairs with: [tracked] release in change().
    return word.load(std::memory_order_acquire);
  }
  /// Returns: the epoch from which a wait begins that is made now.
  std::uint32_t epoch_for_wait() const noexcept {
    const std::uint64_t now = get();
    return epoch_of(now) - (is_over(now) ? 1U : 0U);  // if it is over now, the wait is over as well
  }

  /// Changes the word to `next(word)`, and wakes those who wait if the tracker is over thereby. Returns: the word
  /// before.
  template <class Next>
  std::uint64_t change(Next next) noexcept {
    // Relaxed: the compare_exchange finds out whether it is the value.
    std::uint64_t before = word.load(std::memory_order_relaxed);
    std::uint64_t after = 0;
    do {
      after = next(before);
      if (is_over(after) && after != before) after += kEpoch;
      // [tracked] release: the task has ended. acquire: whoever drops the last token passes on what the others did.
    } while (
        !word.compare_exchange_weak(before, after, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (epoch_of(after) != epoch_of(before)) wake(epoch_of(after));
    return before;
  }
  void add_token() noexcept {
    // Relaxed: the caller has the tracker or a token, and publishes nothing.
    word.fetch_add(kToken, std::memory_order_relaxed);
  }
  void drop_token() noexcept {
    change([](std::uint64_t value) { return value - kToken; });
  }
  bool close() noexcept {
    return (change([](std::uint64_t value) { return value | kClosed; }) & kClosed) == 0;
  }
  bool reopen() noexcept {
    // Relaxed: it publishes nothing.
    return (word.fetch_and(~kClosed, std::memory_order_relaxed) & kClosed) != 0;
  }

  /// Returns: true if the wait is in the queue now; false if it is over.
  bool enqueue(TrackerWait& wait) noexcept {
    const Locked locked(lock);
    // A change() that comes after this look takes the lock afterwards, and finds the wait.
    if (epoch_of(get()) != wait.epoch) return false;
    waits.push_back(wait);
    return true;
  }
  void remove(TrackerWait& wait) noexcept {
    const Locked locked(lock);
    if (wait.linked) waits.remove(wait);
  }
  /// Wakes the waits of the epoch before `epoch`. Those that were made later may be in the queue as well.
  void wake(std::uint32_t epoch) noexcept {
    WakeBatch batch;
    const Locked locked(lock);
    for (WaitNode* node = waits.front(); node;) {
      WaitNode* const next = node->next;
      if (static_cast<TrackerWait*>(node)->epoch + 1 == epoch) {
        waits.remove(*node);
        batch.add(*node->branch);
      }
      node = next;
    }
  }
};

}  // namespace detail

/// Counts tasks, and lets others wait until all of them are over:
///
///     TaskTracker tracker;
///     for (...) tracker.spawn(serve(connection));   // keeps no results
///     ...
///     tracker.close();                              // no more tasks
///     co_await tracker.wait();
///
/// wait() ends once the tracker is closed and no task is left. Unlike a JoinSet, a tracker keeps nothing of the tasks that
/// are over, and does not abort the others when it is destroyed. Pair it with a CancellationToken to ask them to stop.
/// Copies count the same tasks.
///
/// Thread-safety: may be called at once from any thread.
/// Complexity: O(1) for each call; a task costs one coroutine more.
/// Source: tokio-util's TaskTracker.
class TaskTracker {
 public:
  /// Counts as a task until it is destroyed. Copies count on their own.
  /// Thread-safety: one thread at a time; different tokens may be used at once.
  class Token {
   public:
    /// For TaskTracker::token().
    explicit Token(std::shared_ptr<detail::TrackerState> state) noexcept : state_(std::move(state)) {
      state_->add_token();
    }
    Token(const Token& other) noexcept : state_(other.state_) {
      if (state_) state_->add_token();
    }
    Token(Token&& other) noexcept : state_(std::move(other.state_)) {}
    Token& operator=(Token other) noexcept {
      std::swap(state_, other.state_);
      return *this;
    }
    ~Token() {
      if (state_) state_->drop_token();
    }

   private:
    std::shared_ptr<detail::TrackerState> state_;  // null once it was moved from
  };

 private:
  class Wait : public detail::Awaiter<Wait, detail::TrackerWait> {
   public:
    static constexpr const char* kName = "TaskTracker::wait";
    explicit Wait(std::shared_ptr<detail::TrackerState> state) noexcept : state_(std::move(state)) {
      epoch = state_->epoch_for_wait();
    }
    Wait(Wait&& other) noexcept : detail::Awaiter<Wait, detail::TrackerWait>(other), state_(other.state_) {
      epoch = other.epoch;
    }
    ~Wait() {
      if (begun_) state_->remove(*this);
    }
    bool try_complete() noexcept { return detail::TrackerState::epoch_of(state_->get()) != epoch; }
    bool suspend() noexcept {
      begun_ = true;
      return state_->enqueue(*this);
    }
    void await_resume() noexcept {}

   private:
    std::shared_ptr<detail::TrackerState> state_;
    bool begun_ = false;
  };

 public:
  /// An open tracker, without tasks.
  TaskTracker() : state_(std::make_shared<detail::TrackerState>()) {}

  /// Starts a task on the current runtime, and counts it until its frame is destroyed, as track() does.
  /// Throws: as corokit::spawn().
  template <class T>
  JoinHandle<T> spawn(Task<T> task, std::string name = {}) const {
    return corokit::spawn(track(std::move(task)), std::move(name));
  }
  /// As spawn() of a Task, for a callable that makes one, and that is kept until the task is over.
  template <class F>
  requires detail::MakesTask<F> JoinHandle<detail::TaskValue<F>> spawn(F function, std::string name = {})
  const { return spawn(detail::call_and_keep(std::move(function)), std::move(name)); }
  /// As spawn(), on a runtime that need not be the current one. Throws: as Runtime::spawn().
  template <class T>
  JoinHandle<T> spawn_on(Runtime& runtime, Task<T> task, std::string name = {}) const {
    return runtime.spawn(track(std::move(task)), std::move(name));
  }
  /// Runs a function that may block, and counts it until it is destroyed. Throws: as corokit::spawn_blocking().
  template <class F, class T = std::invoke_result_t<F>>
  JoinHandle<T> spawn_blocking(F function) const {
    return corokit::spawn_blocking(TrackedFunction<F>(token(), std::move(function)));
  }
  /// Returns: a task that does what `task` does, and is counted from this call on, until it is destroyed.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as that of the task.
  template <class T>
  [[nodiscard]] Task<T> track(Task<T> task) const {
    return run_tracked(token(), std::move(task));
  }
  /// Returns: a token, for what is not a task of this program.
  [[nodiscard]] Token token() const noexcept { return Token(state_); }

  /// Closes the tracker: wait() ends when no task is left. Tasks may still be added. Returns: false if it was closed.
  bool close() const noexcept { return state_->close(); }
  /// Opens the tracker again: wait() does not end. Returns: false if it was not closed.
  bool reopen() const noexcept { return state_->reopen(); }
  /// Returns: true between close() and reopen(). The value may be stale at once.
  bool is_closed() const noexcept { return (word() & detail::TrackerState::kClosed) != 0; }
  /// Returns: the number of tasks, and of tokens. The value may be stale at once.
  std::size_t size() const noexcept {
    return static_cast<std::size_t>(word() % detail::TrackerState::kEpoch / detail::TrackerState::kToken);
  }
  /// Returns: true if size() is 0. The value may be stale at once.
  bool empty() const noexcept { return size() == 0; }

  /// Waits until the tracker is closed and no task is left.
  ///
  /// It ends if that was so at any moment since this call, even if a task was added or the tracker was opened afterwards.
  /// Resumes: on the awaiting task's executor.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: nothing to lose.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] Wait wait() const noexcept { return Wait(state_); }

  /// Returns: true if both count the same tasks.
  friend bool operator==(const TaskTracker& a, const TaskTracker& b) noexcept { return a.state_ == b.state_; }

 private:
  /// A function, and the token that counts it.
  template <class F>
  class TrackedFunction {
    static_assert(detail::is_moved_type<F>());

   public:
    explicit TrackedFunction(Token token, F&& function)
        : token_(std::move(token)), function_(std::move(function)) {}
    TrackedFunction(TrackedFunction&&) noexcept(std::is_nothrow_move_constructible_v<F>) = default;
    decltype(auto) operator()() && { return std::invoke(std::move(function_)); }

   private:
    Token token_;  // it outlives the function
    F function_;
  };

  /// The frame holds the token, and destroys it after the task.
  template <class T>
  static Task<T> run_tracked([[maybe_unused]] Token token, Task<T> task) {
    co_return co_await std::move(task);
  }

  std::uint64_t word() const noexcept { return state_->word.load(std::memory_order_relaxed); }

  std::shared_ptr<detail::TrackerState> state_;
};

}  // namespace corokit
