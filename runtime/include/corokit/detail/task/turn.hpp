#pragma once
#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/task_header.hpp>
#include <corokit/time/clock.hpp>

namespace corokit::detail {

class TimerWheel;

/// Told what a task does; the simulation listens.
class TurnObserver {
 public:
  virtual void on_block(TaskHeader& task, const char* where) noexcept = 0;

 protected:
  ~TurnObserver() = default;
};

/// What a thread that runs tasks knows: made by each executor, one a worker.
struct Context {
  Scheduler* scheduler = nullptr;
  TimerWheel* timers = nullptr;          ///< where a sleep that starts here is kept
  const Instant* virtual_now = nullptr;  ///< set in a simulation
  TurnObserver* observer = nullptr;
  Rng rng;
  int budget = 128;  ///< ready awaits a turn may have before it must let others run
  Turn* turn = nullptr;
  Counter turns;          ///< run so far
  Counter budget_yields;  ///< those that ended because the budget was spent
};

/// The context of the calling thread; null outside of every executor.
/// Never inlined: the address of a thread-local may not be kept across a suspension.
Context* current_context() noexcept;
/// Returns: the context that was current before.
Context* exchange_context(Context* context) noexcept;

/// Makes a context current for a scope.
class [[nodiscard]] EnterContext {
 public:
  explicit EnterContext(Context& context) noexcept : previous_(exchange_context(&context)) {}
  EnterContext(const EnterContext&) = delete;
  EnterContext& operator=(const EnterContext&) = delete;
  ~EnterContext() { exchange_context(previous_); }

 private:
  Context* previous_;
};

/// A first-in, first-out list of branches, linked through Branch::next.
class BranchQueue {
 public:
  bool empty() const noexcept { return first_ == nullptr; }
  void push(Branch& branch) noexcept {
    branch.next = nullptr;
    (last_ ? last_->next : first_) = &branch;
    last_ = &branch;
  }
  Branch* pop() noexcept {
    Branch* branch = first_;
    if (!branch) return nullptr;
    first_ = branch->next;
    if (!first_) last_ = nullptr;
    branch->next = Branch::not_queued();
    return branch;
  }
  /// Takes out every branch for which `doomed(branch)` holds. Complexity: O(length).
  template <class Predicate>
  void remove_if(Predicate doomed) noexcept {
    BranchQueue kept;
    while (Branch* branch = pop())
      if (!doomed(*branch)) kept.push(*branch);
    *this = kept;
  }

 private:
  Branch* first_ = nullptr;
  Branch* last_ = nullptr;
};

enum class TurnEnd {
  idle,      ///< suspended; may already be running elsewhere: do not touch it
  again,     ///< has more to do: schedule it behind the others
  finished,  ///< over; the runtime's reference is gone: do not touch it
};

/// One turn of a task on a thread: from the moment the executor picks it until nothing in it can run.
/// It lives on the stack of the run loop, which is the only place that resumes coroutines: whoever awaits a
/// child or finishes leaves in `next` what to resume, and returns. So the depth of the stack does not depend
/// on the length or the depth of a chain of awaits, in any build.
struct Turn {
  TaskHeader& task;
  Context& context;
  BranchQueue queue;     ///< branches that can run now
  BranchQueue deferred;  ///< branches that gave way to other tasks
  std::coroutine_handle<> next{};
  int budget;
  bool branch_done = false;  ///< the branch that runs came to its end
  bool aborted = false;
  /// From the end of an await_ready() to the await_suspend() behind it: the wait is over, but the budget is spent.
  bool gives_way = false;

  Turn(TaskHeader& running, Context& on) noexcept : task(running), context(on), budget(on.budget) {}

  /// Takes one unit. Returns: false once the budget is spent: give way.
  bool spend() noexcept { return budget > 0 && budget-- > 0; }
  /// The branch that runs gives way: it is resumed after the other tasks that are ready.
  void defer(Branch& branch) noexcept { deferred.push(branch); }
  /// Runs a branch until it suspends. Returns: true if it came to its end.
  /// Nests: a select that starts a branch calls it from inside the turn.
  bool run_branch(Branch& branch);
  /// Moves what others made ready to `queue`.
  void take_ready() noexcept;
  /// Takes a branch that is about to die off every list of this turn.
  void forget(Branch& branch) noexcept;
  /// The same for all branches whose task is null: many at once.
  void forget_disowned() noexcept;
};

/// Runs one turn. Requires: rule 1 of TaskHeader gave the caller the right to.
TurnEnd run_turn(TaskHeader& task, Context& context);

/// Ends a task that nobody runs, as an abort would: for executors that shut down.
void drop_task(TaskHeader& task, Context& context) noexcept;

}  // namespace corokit::detail
