#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/task.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace corokit::detail {

/// The wait of a coroutine whose children may run beside it.
///
/// The first child runs in place: on the branch of the parent, as a child does that is awaited. The others stand in the
/// deque of the worker. As soon as one in place is over, the parent takes the next one back, if nobody has begun it, and
/// runs it in place too. It is the newest of the deque, as a rule, and then a fork costs little more than a call. A child
/// that another thread has begun runs as a task of its own, which nobody but this object knows. The parent waits for
/// those at the end.
///
/// A child has its header, its result and its frame in one block, as each Task has (see Cell). The block belongs to the
/// ForkPoint. Where it takes or drops a child that stays in a queue, it leaves the block to whoever comes last. Edges of
/// a child that is not run in place:
///   [claim]  From the thread that ran it to the thread that runs or drops it next. Release in end_claim(), acquire in
///            claim_for_turn() and in claim_next(). The first claim acquires the child from the queue or the deque.
///   [left]   From each of the two threads that let go of a block to the other one. Release and acquire in let_go() and
///            claim_for_turn().
///   [done]   From the thread that ended it to the parent: as of a task that is joined. The thread touches the parent,
///            and then the child, for the last time in complete_join(): so a child that is_complete() is let go.
/// Source: the idea that a child costs what a call costs, until somebody steals it, is that of Cilk (M. Frigo, C.
/// Leiserson, K. Randall, PLDI 1998).
class ForkPoint : public AwaiterTag, ChildLink, JoinWaiter {
 public:
  static constexpr const char* kName = "fork_join";
  static constexpr bool kKeepsResult = false;
  static constexpr bool kRunsCoroutine = true;

  /// What TaskHeader::refs is of a forked child: who may touch its frame, and its header besides `ready` and the links.
  using Claim = std::uint32_t;
  static constexpr Claim kFresh = 1;  ///< queued, not begun: who changes this first may run, take or drop it
  static constexpr Claim kRuns = 2;   ///< a thread runs a turn of it
  static constexpr Claim kRests = 3;  ///< waits, or is queued again: as kFresh, but not to be taken in place
  static constexpr Claim kTaken = 4;  ///< the parent took or drops it; still queued, unless it was at rest
  static constexpr Claim kLeft = 5;  ///< the parent let go of it; the thread that dequeues it frees the block
  static constexpr Claim kPassed = 6;  ///< dequeued while it was kTaken; the parent frees the block

  /// Sets the branch that waits. await_transform, select, join and the like call it.
  void bind(Branch& waiting) noexcept { branch = &waiting; }
  /// As in Awaiter.
  std::uint64_t turn_stamp() const noexcept { return turn().context.turn_stamp; }
  bool await_ready() noexcept { return count_ == 0 && turn().spend(*branch); }
  /// `leaf`: the coroutine to resume; null in a branch that has none.
  bool await_suspend(std::coroutine_handle<> leaf) noexcept;
  void describe(WaitReport& report) const;

  /// Takes a child that a queue or a deque gave for a turn. Returns: false if it was dropped meanwhile, and is gone.
  static bool claim_for_turn(TaskHeader& child, Context& context) noexcept;
  static void end_claim(TaskHeader& child) noexcept;
  /// Publishes the outcome of a child that is over. The block, and what it holds, belongs to the parent from here on.
  static void end(TaskHeader& child) noexcept;
  /// Returns: the branch that waits for a task that is a forked child; null for any other task.
  static const Branch* waiting_for(const TaskHeader& task) noexcept;
  /// Called once a child that ran in place is over.
  static void end_in_place(ChildLink& link, Turn& turn) noexcept;

 protected:
  ForkPoint() noexcept : ChildLink{}, JoinWaiter{&told} {}
  ForkPoint(const ForkPoint&) noexcept : ForkPoint() {}  // one that is moved has not begun
  ForkPoint& operator=(const ForkPoint&) = delete;
  ~ForkPoint() = default;  // a derived destructor calls stop() first

  /// `children`: where their headers are listed; called again after a move.
  void attach(TaskHeader** children, std::size_t count) noexcept {
    children_ = children;
    count_ = count;
  }
  /// Waits until all threads have let go of the children, which are over, and throws what the first of those threw
  /// that failed. `error`: gives the exception of the child with a number.
  template <class Error>
  void settle(Error error) {
    for (std::size_t i = taken_; i < count_; ++i) wait_until_let_go(*children_[i]);
    for (std::size_t i = 0; i < count_; ++i)
      if (children_[i]->outcome == Outcome::exception) std::rethrow_exception(error(i));
    if (is_nested_) leave(turn());
    is_over_ = true;
  }
  /// Waits for the few instructions with which a thread tells the parent that a child is over.
  static void wait_until_let_go(const TaskHeader& child) noexcept;
  /// Frees the block of a child that is over, and of which there is no result.
  void free(std::size_t index) noexcept {
    TaskHeader& over = *std::exchange(children_[index], nullptr);
    if (over.forked) return free_forked(over, index);
    destroy_frame(over.frame());
  }
  /// Ends all children that are not over, and those that they have forked, however deep these nest. Those that are left
  /// have ended by themselves, and may have a result.
  void stop() noexcept {
    if (taken_ != 0 && !is_over_) stop_begun();
  }
  /// Takes the value of a child, and frees it. It leaves `outcome` as it is: the load of its neighbours that follows would
  /// wait for the store.
  template <class T>
  Stored<T> take(std::size_t index) {
    struct AtEnd {
      ForkPoint& self;
      std::size_t index;
      Cell<T>& cell;
      ~AtEnd() {
        if constexpr (!std::is_void_v<T>) std::destroy_at(std::addressof(cell.value));
        self.free(index);
      }
    } const at_end{*this, index, cell<T>(index)};
    if constexpr (std::is_void_v<T>)
      return Unit{};
    else
      return std::move(at_end.cell.value);
  }
  /// Frees a child, with what it gave, unless that was done before.
  template <class T>
  void drop_result(std::size_t index) noexcept {
    if (!children_[index]) return;
    cell<T>(index).drop_result();
    free(index);
  }
  template <class T>
  Cell<T>& cell(std::size_t index) const noexcept {
    return static_cast<Cell<T>&>(*children_[index]);
  }

 private:
  Turn& turn() const noexcept { return *branch->task()->turn; }
  void fork(Context& context) noexcept;
  void run_in_place(std::coroutine_handle<> frame, bool is_queued) noexcept;
  /// `no`: somebody has begun the child. `queued`: it still stands in a queue.
  enum class TakenBack { no, whole, queued };
  TakenBack take_back(TaskHeader& offered, Context& context) noexcept;
  bool is_joined(Turn& turn) noexcept;
  void free_forked(TaskHeader& over, std::size_t index) noexcept;
  void stop_begun() noexcept;
  void stop_beside(Context& context) noexcept;
  TaskHeader** claim_next(Context& context) noexcept;
  static void drop(TaskHeader& child, Context& context) noexcept;
  static ForkPoint* innermost(const TaskHeader& child) noexcept;
  void enter(Turn& turn) noexcept;
  void leave(Turn& turn) noexcept;
  static void let_go(TaskHeader& child, Context& context) noexcept;
  static void told(JoinWaiter& waiter, WakeBatch& batch) noexcept;

  TaskHeader** children_ = nullptr;
  std::size_t count_ = 0;
  std::size_t taken_ = 0;    // so many run in place, or did
  std::size_t ended_ = 0;    // so many of those are over
  bool is_queued_ = false;   // whether the child that runs in place is still in a queue
  bool is_nested_ = false;   // whether the parent is part of a forked child itself, which lists this
  bool is_over_ = false;     // whether all children are over, and none has failed
  std::size_t stopped_ = 0;  // so many are over or dropped, once stop() has begun
  // The forks of a forked child that have begun: TaskHeader::slab_slot has the latest. They belong to who runs the child.
  ForkPoint* older_ = nullptr;
  ForkPoint* newer_ = nullptr;
  // The children beside the parent that are not over, once the parent waits; before that, less by all of them.
  Atomic<std::int64_t> left_{0};
};

template <class T>
TaskHeader* forked(Task<T>&& task) noexcept {
  assert(task && "corokit: this Task was moved from, awaited or spawned before");
  return &TaskAccess::release(std::move(task)).promise().cell();
}

/// Forks children of several types.
template <class... Ts>
class ForkJoin : public ForkPoint {
  using Indices = std::index_sequence_for<Ts...>;

 public:
  explicit ForkJoin(Task<Ts>&&... tasks) noexcept : headers_{forked(std::move(tasks))...} {
    attach(headers_.data(), headers_.size());
  }
  ForkJoin(ForkJoin&& other) noexcept : ForkPoint(other), headers_(other.headers_) {
    attach(headers_.data(), headers_.size());
    other.headers_.fill(nullptr);
  }
  ~ForkJoin() {
    stop();
    drop_results(Indices());
  }

  std::tuple<Stored<Ts>...> await_resume() {
    settle([this](std::size_t index) { return error_of(index, Indices()); });
    return take_results(Indices());
  }

 private:
  template <std::size_t... I>
  std::exception_ptr error_of(std::size_t index, std::index_sequence<I...>) {
    std::exception_ptr error;
    (void)((I == index && (error = this->template cell<Ts>(I).error(), true)) || ...);
    return error;
  }
  template <std::size_t... I>
  std::tuple<Stored<Ts>...> take_results(std::index_sequence<I...>) {
    return std::tuple<Stored<Ts>...>{this->template take<Ts>(I)...};
  }
  template <std::size_t... I>
  void drop_results(std::index_sequence<I...>) noexcept {
    (this->template drop_result<Ts>(I), ...);
  }

  std::array<TaskHeader*, sizeof...(Ts)> headers_;
};

/// Forks any number of children of one type.
template <class T>
class ForkJoinAll : public ForkPoint {
 public:
  explicit ForkJoinAll(std::vector<Task<T>>&& tasks) {
    headers_.reserve(tasks.size());
    for (Task<T>& task : tasks) headers_.push_back(forked(std::move(task)));
    attach(headers_.data(), headers_.size());
  }
  ForkJoinAll(ForkJoinAll&& other) noexcept : ForkPoint(other), headers_(std::move(other.headers_)) {
    attach(headers_.data(), headers_.size());
    other.headers_.clear();
    other.attach(nullptr, 0);
  }
  ~ForkJoinAll() {
    stop();
    for (std::size_t i = 0; i < headers_.size(); ++i) this->template drop_result<T>(i);
  }

  auto await_resume() {
    settle([this](std::size_t index) { return this->template cell<T>(index).error(); });
    if constexpr (std::is_void_v<T>) {
      for (std::size_t i = 0; i < headers_.size(); ++i) this->template take<T>(i);
    } else {
      std::vector<T> results;
      results.reserve(headers_.size());
      for (std::size_t i = 0; i < headers_.size(); ++i) results.push_back(this->template take<T>(i));
      return results;
    }
  }

 private:
  std::vector<TaskHeader*> headers_;
};

}  // namespace corokit::detail
