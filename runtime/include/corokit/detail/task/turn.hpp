#pragma once
#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/task_header.hpp>
#include <corokit/time/clock.hpp>

namespace corokit::detail {

class TimerWheel;

/// Is told what the tasks of a context do. The simulation uses it for its reports.
class TurnObserver {
 public:
  /// The task begins to wait; `where` is the Awaiter's kName.
  virtual void on_block(TaskHeader& task, const char* where) noexcept = 0;

 protected:
  ~TurnObserver() = default;
};

/// What a thread that runs tasks knows. Each executor makes one for each worker.
struct Context {
  Scheduler* scheduler = nullptr;
  TimerWheel* timers = nullptr;          ///< the wheel of sleeps that begin here; null if it may block
  const Instant* virtual_now = nullptr;  ///< the virtual time; null outside of a simulation
  TurnObserver* observer = nullptr;
  Rng rng;
  int budget = 128;  ///< how many awaits of a turn may be over at once before the task must let others run
  Turn* turn = nullptr;
  Counter turns;          ///< turns run so far
  Counter budget_yields;  ///< how many of them ended because the budget was spent
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
  /// Removes every branch for which `doomed(branch)` is true. Complexity: O(length).
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
  BranchQueue queue;     ///< branches that can run now
  BranchQueue deferred;  ///< branches that gave way to other tasks
  std::coroutine_handle<> next{};
  int budget;
  bool branch_done = false;  ///< whether the branch that runs has ended
  bool aborted = false;
  /// True from an await_ready() to the await_suspend() that follows it, where the wait is over but the budget is spent.
  bool gives_way = false;

  Turn(TaskHeader& running, Context& on) noexcept : task(running), context(on), budget(on.budget) {}

  /// Takes one unit of the budget. Returns: false if none is left, and the task must give way.
  bool spend() noexcept { return budget > 0 && budget-- > 0; }
  /// Lets the running branch give way: it is resumed after the other tasks that are ready.
  void defer(Branch& branch) noexcept { deferred.push(branch); }
  /// Runs a branch until it suspends. Calls may nest: a select that begins an operand calls it from inside the turn.
  /// Returns: true if the branch has ended.
  bool run_branch(Branch& branch);
  /// Moves the branches that other threads made ready to `queue`.
  void take_ready() noexcept;
  /// Removes a branch that is about to be destroyed from every list of this turn.
  void forget(Branch& branch) noexcept;
  /// Removes all branches whose task is null, in one pass over the lists.
  void forget_disowned() noexcept;
};

/// Runs one turn of a task. Requires: the caller has the task from a schedule() (rule 1 of TaskHeader).
TurnEnd run_turn(TaskHeader& task, Context& context);

/// Ends a task that no thread runs, as an abort would. Executors that shut down use it.
void drop_task(TaskHeader& task, Context& context) noexcept;

}  // namespace corokit::detail
