#pragma once
#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/task_header.hpp>
#include <corokit/time/clock.hpp>

#include <utility>

namespace corokit::detail {

class ForkDeque;
class TimerWheel;

/// Looks once more whether a wait is over, for a report: what it takes then is lost.
struct WaitProbe {
  void* awaiter = nullptr;
  bool (*is_over)(void* awaiter) noexcept = nullptr;  ///< null if that cannot be told
  bool begins_later = false;  ///< whether the task gave way before the wait, so that this turn began with it
};

/// Is told what the tasks of a context do, and makes their choices. The simulation is one.
class TurnObserver {
 public:
  /// A task that is queued ends here. Returns: true if it is in no queue any more.
  virtual bool forget(TaskHeader& task) noexcept = 0;
  /// The task begins to wait; `where` is the Awaiter's kName. The probe is valid until the task is resumed or dropped.
  virtual void on_block(TaskHeader& task, const char* where, WaitProbe probe) noexcept = 0;
  /// Returns: a number below `count`, for a choice that is made at random elsewhere.
  virtual std::uint32_t choose(std::uint32_t count) noexcept = 0;

 protected:
  ~TurnObserver() = default;
};

/// What a thread of an executor knows.
struct Context {
  Scheduler* scheduler = nullptr;
  TimerWheel* timers = nullptr;    ///< the wheel of sleeps that begin here; null if the thread runs no tasks
  bool in_place = false;           ///< the thread runs tasks, but is inside of block_in_place()
  const Context* outer = nullptr;  ///< the one that was current before this one
  const Instant* virtual_now = nullptr;  ///< the virtual time; null outside of a simulation
  TurnObserver* observer = nullptr;
  Rng rng;
  int budget = 128;     ///< how many awaits of a turn may be over at once before the task must let others run
  int budget_left = 0;  ///< what the last turn left of it
  Turn* turn = nullptr;
  ForkDeque* forks = nullptr;  ///< the forked children of this thread; null where each is queued as a task is
  const Atomic<std::uint32_t>* sleepers = nullptr;  ///< how many threads could steal from `forks`, and sleep
  /// About the time when the turn began. The clock is read for one turn of many, or for each while they take
  /// long.
  Instant turn_time{};
  std::uint64_t turn_stamp = 0;  ///< the same, as a WaitNote has it
  bool must_look = true;         ///< whether the clock is read for the next turn

  /// Reads the clock into turn_time and turn_stamp.
  void look_at_clock() noexcept;
  /// Lets the next turn read the clock. An executor calls it where its thread has slept, and every so often.
  void look_soon() noexcept { must_look = true; }

  /// Returns: whether the thread must not block: it runs tasks, and other tasks wait for it.
  bool must_not_block() const noexcept { return timers && !in_place; }
  /// Returns: a number below `count`.
  std::uint32_t choose(std::uint32_t count) noexcept {
    return observer ? observer->choose(count) : rng.below(count);
  }
};

/// Returns: the context of the calling thread; null outside of every executor.
/// It is never inlined: the address of a thread-local variable must not be kept across a suspension.
Context* current_context() noexcept;
/// Makes `context` the one of the calling thread. Returns: the context that was current before.
Context* exchange_context(Context* context) noexcept;

/// Returns: true if the calling thread has called std::exit() while it had a context.
bool exits_in_context() noexcept;

/// Makes a context current for a scope.
class [[nodiscard]] EnterContext {
 public:
  explicit EnterContext(Context& context) noexcept : previous_(exchange_context(&context)) {
    if (previous_ != &context) context.outer = previous_;
  }
  EnterContext(const EnterContext&) = delete;
  EnterContext& operator=(const EnterContext&) = delete;
  ~EnterContext() { exchange_context(previous_); }

 private:
  Context* previous_;
};

/// A first-in, first-out list of branches, linked through Branch::next and ChildBranch::prev. Complexity: O(1).
class BranchQueue {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  void push(Branch& branch) noexcept {
    branch.next = nullptr;
    set_prev(&branch, last_);
    (last_ ? last_->next : first_) = &branch;
    last_ = &branch;
  }
  void push_front(Branch& branch) noexcept {
    branch.next = first_;
    set_prev(&branch, nullptr);
    if (first_)
      set_prev(first_, &branch);
    else
      last_ = &branch;
    first_ = &branch;
  }
  Branch* pop() noexcept {
    Branch* branch = first_;
    if (!branch) return nullptr;
    first_ = std::exchange(branch->next, Branch::not_queued());
    if (first_)
      set_prev(first_, nullptr);
    else
      last_ = nullptr;
    return branch;
  }
  /// Returns: whether the branch, which is in some queue of its turn, is at an end of this one.
  bool ends_with(const Branch& branch) const noexcept { return first_ == &branch || last_ == &branch; }
  /// Removes a branch. If it is at an end of a queue, that queue must be this one.
  void remove(ChildBranch& branch) noexcept {
    Branch* const next = std::exchange(branch.next, Branch::not_queued());
    (branch.prev ? branch.prev->next : first_) = next;
    if (next)
      set_prev(next, branch.prev);
    else
      last_ = branch.prev;
  }

 private:
  static void set_prev(Branch* branch, Branch* prev) noexcept {
    if (!branch->is_root()) static_cast<ChildBranch*>(branch)->prev = prev;
  }

  Branch* first_ = nullptr;
  Branch* last_ = nullptr;
};

enum class TurnEnd {
  idle,      ///< the task is suspended, and may already be running elsewhere: do not touch it
  again,     ///< the task has more to do: schedule it behind the others
  finished,  ///< the task is over, and the runtime's reference is gone: do not touch it
};

/// One turn of a task on a thread: from the moment when the executor picks the task until nothing in it can run.
///
/// It lives on the stack of the run loop, which is the only place that resumes coroutines: a coroutine that awaits a
/// child, or ends, leaves in `next` the coroutine to resume, and returns. So the depth of the stack does not depend on
/// the length or the depth of a chain of awaits, in any build.
struct Turn {
  TaskHeader& task;
  Context& context;
  SlabSlot* slot = nullptr;  ///< TaskHeader::slab_slot
  BranchQueue queue;         ///< branches that can run now
  BranchQueue deferred;      ///< branches that gave way to other tasks
  BranchQueue behind;  ///< the same, of combinators: they look again once the branches of `deferred` have run
  std::coroutine_handle<> next{};
  int budget;
  int debt = 0;              ///< units that were not there when a child ended
  bool branch_done = false;  ///< whether the branch that runs has ended
  int depth = 0;  ///< how many branches are just beginning, or being dropped, each inside of the one before
  bool aborted = false;
  /// The branch that spent most of a budget by itself. In the next turn it runs behind the others, so that each branch
  /// gets its share of budgets. The pointer is only compared: the branch may have been destroyed.
  const Branch* spender = nullptr;
  /// The branch that runs, or whose operation is being destroyed; null between two of them.
  Branch* running = nullptr;

  /// A branch that would begin deeper than this begins from the run loop instead, and one that would be dropped deeper
  /// is dropped behind its own branches. So the depth of the stack is bounded, however deep combinators nest.
  static constexpr int kMaxDepth = 32;
  /// A child that would begin with a debt like this gives way first.
  static constexpr int kMostDebt = 128;

  Turn(TaskHeader& of, Context& on) noexcept : task(of), context(on), budget(on.budget) {}

  /// Takes one unit of the budget. Returns: false if none is left, and the task must give way.
  bool spend() noexcept { return budget > 0 && budget-- > 0; }
  /// As spend(), for a branch, which may run in unconstrained().
  bool spend(const Branch& branch) noexcept { return !is_spent(branch) && spend(); }
  /// Returns: whether the branch must give way before it goes on, because no unit of the budget is left. A branch that
  /// runs in unconstrained() is lent one.
  bool is_spent(const Branch& branch) noexcept { return budget == 0 && !lend(branch); }
  /// Lets the running branch give way: it is resumed after the other tasks that are ready.
  void defer(Branch& branch) noexcept { deferred.push(branch); }
  /// Runs a branch until it suspends. Calls may nest: a select that begins an operand calls it from inside the turn.
  /// Returns: true if the branch has ended.
  bool run_branch(Branch& branch);
  /// Gives back what a branch has spent that runs in unconstrained(). `before`: how much there was. Returns: whether it
  /// does run there.
  bool give_back(const Branch& branch, int before) noexcept;
  /// Moves the branches that other threads made ready to `queue`.
  void take_ready() noexcept;
  /// Makes the branches that gave way ready for the next turn. Returns: false if there is none.
  bool take_deferred() noexcept;
  /// Destroys what runs on a branch: that of its own branches first, however deep they nest.
  void drop(ChildBranch& branch) noexcept;
  /// Takes a branch that is about to be destroyed off the lists of this turn. Requires: branch.is_queued().
  /// Complexity: O(1), amortised over the wake-ups.
  void forget(ChildBranch& branch) noexcept;

 private:
  /// Returns: whether the branch runs in unconstrained(); if so, there is a unit of the budget.
  [[gnu::cold]] bool lend(const Branch& branch) noexcept;
};

/// Runs one turn of a task. Requires: the caller has the task from a schedule() (rule 1 of TaskHeader).
TurnEnd run_turn(TaskHeader& task, Context& context);

/// As run_turn(). Requires: if the task is a forked child, the calling thread has its claim.
TurnEnd run_own_turn(TaskHeader& task, Context& context);

/// Ends a task that no thread runs, as an abort would. Executors that shut down use it.
void drop_task(TaskHeader& task, Context& context) noexcept;

}  // namespace corokit::detail
