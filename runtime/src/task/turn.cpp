#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/enter_task.hpp>
#include <corokit/detail/task/fork.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/setting.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/task/wait_report.hpp>
#include <corokit/task.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace corokit::detail {
namespace {

constexpr int kMuch = 64;  // ready awaits in a row: those of a branch that keeps the task busy

thread_local Context* context_of_thread = nullptr;
thread_local bool exits_inside = false;

/// Notices that its thread calls std::exit() inside a runtime: the objects of the thread are destroyed then, before any
/// static object, while the thread still has a context. A thread that ends by itself has none any more.
struct ExitWatch {
  ExitWatch() noexcept {}  // not trivial, so that the thread makes one
  ~ExitWatch() { exits_inside = context_of_thread != nullptr; }
};

/// Ends the task of `turn`: destroys the frame, then publishes the outcome.
TurnEnd finish(Turn& turn) noexcept {
  TaskHeader& task = turn.task;
  const bool is_forked = task.forked;
  const std::coroutine_handle<> root = task.frame();
  {
    const RunsOn in_it(turn, task.root);  // destructors of a forked child find the settings of its parent
    if (root.done())
      destroy_frame(root);
    else
      destroy_chain(task.root.leaf, root);
  }
  if (task.outcome == Outcome::none) task.outcome = Outcome::cancelled;
  if (task.outcome == Outcome::exception && !is_forked) turn.context.scheduler->note_escape(task);
  // Relaxed: an abort that comes too late only needs to see that the task is over.
  task.ready.store(TaskHeader::kComplete, std::memory_order_relaxed);
  if (!is_forked) {
    turn.context.scheduler->note_end(task);
    task.slab_slot = turn.slot;
    turn.context.scheduler->tasks().remove(task);
  }
  if (!is_forked) {
    complete_join(task);
    task.release_ref();
  } else {
    ForkPoint::end(task);
  }
  return TurnEnd::finished;
}

/// A task that gave way at the end of a child, see PromiseBase::finish(), goes on to its next wait before an abort ends
/// it: what the child has received would be lost with its result. At most kMostDebt children end on the way, as in an
/// operand of a select.
void take_results(Turn& turn) {
  Branch& root = turn.task.root;
  const auto resumes = [&root] {
    return (reinterpret_cast<std::uintptr_t>(root.leaf.address()) & Branch::kResumesLater) != 0;
  };
  if (!resumes()) return;
  for (BranchQueue ready = std::exchange(turn.queue, {}); Branch* branch = ready.pop();)
    if (branch != &root) turn.queue.push(*branch);
  const int budget = std::exchange(turn.budget, 0);  // so that no wait begins
  for (int ends = 0; ends < Turn::kMostDebt && resumes() && !turn.run_branch(root); ++ends) {
    BranchQueue deferred = std::exchange(turn.deferred, {});
    while (Branch* branch = deferred.pop())
      if (branch != &root) turn.deferred.push(*branch);
  }
  turn.budget = budget;
}

TurnEnd run(Turn& turn) {
  TaskHeader& task = turn.task;
  for (;;) {
    turn.take_ready();
    if (turn.aborted) {
      take_results(turn);
      return finish(turn);
    }
    while (Branch* branch = turn.queue.pop()) {
      const int budget = turn.budget;
      const bool is_over = !branch->leaf || turn.run_branch(*branch);
      if (turn.budget == 0 && budget > 0 && !turn.give_back(*branch, budget) && !is_over && budget >= kMuch)
        turn.spender = branch;
      if (!is_over) continue;
      if (branch == &task.root) return finish(turn);
      auto& child = static_cast<ChildBranch&>(*branch);
      child.owned_by->on_done(child);
    }
    if (turn.take_deferred()) return TurnEnd::again;
    if (turn.aborted) return finish(turn);
    task.scheduler = turn.context.scheduler;
    task.slab_slot = turn.slot;
    std::uintptr_t expected = TaskHeader::kActive;
    // [rest] release: publishes the frame to the next turn. Pairs with: [rest] acquire in mark_ready().
    // After this the task may be running elsewhere, or be destroyed.
    if (task.ready.compare_exchange_strong(expected, TaskHeader::kIdle, std::memory_order_release,
                                           std::memory_order_relaxed))
      return TurnEnd::idle;
    task.turn = &turn;
    if (!turn.spend()) return TurnEnd::again;
  }
}

}  // namespace

Context* current_context() noexcept {
  return context_of_thread;
}

bool exits_in_context() noexcept {
  return exits_inside;
}

Context* exchange_context(Context* context) noexcept {
  thread_local const ExitWatch watch;
  return std::exchange(context_of_thread, context);
}

void Context::look_at_clock() noexcept {
  constexpr Duration kLong = std::chrono::milliseconds(1);
  const Instant before = std::exchange(turn_time, virtual_now ? *virtual_now : Clock::now());
  turn_stamp = WaitNote::stamp(turn_time);
  // Virtual time costs nothing to read, and jumps.
  must_look = virtual_now || turn_time - before > kLong;
}

EnterTask::EnterTask(TaskHeader& task) noexcept
    : outer_(current_context()),
      context_(outer_ ? *outer_ : own_),
      turn_(task, context_),
      outer_turn_(std::exchange(context_.turn, &turn_)) {
  exchange_context(&context_);
}

EnterTask::~EnterTask() {
  context_.turn = outer_turn_;
  exchange_context(outer_);
}

bool Turn::run_branch(Branch& branch) {
  const RunsOn in_it(*this, branch);
  if (BeginLater* later = BeginLater::in(branch.leaf.address())) {
    branch.leaf = later->leaf;
    // Once the wait has begun, another thread may wake the branch at any moment.
    if (!later->begin(*later->awaiter, branch)) return false;
    if (!branch.leaf) return true;
  } else if (CombinatorBase* combinator = CombinatorBase::in(branch)) {
    if (!combinator->go_on()) return false;
    branch.leaf = combinator->leaf();
    if (!branch.leaf) return true;
  }
  const auto leaf = reinterpret_cast<std::uintptr_t>(branch.leaf.address());
  next = std::coroutine_handle<>::from_address(reinterpret_cast<void*>(leaf & ~Branch::kResumesLater));
  while (next) std::exchange(next, nullptr).resume();
  return std::exchange(branch_done, false);
}

bool Turn::lend(const Branch& branch) noexcept {
  if (!task.has_settings || !Setting::find(&branch, &Setting::kUnconstrained)) return false;
  budget = 1;
  return true;
}

bool Turn::give_back(const Branch& branch, int before) noexcept {
  if (!lend(branch)) return false;
  budget = before;
  return true;
}

void Turn::take_ready() noexcept {
  // [wake] acquire: sees what the wakers did. Pairs with: [wake] release in mark_ready() and mark_aborted().
  const std::uintptr_t ready = task.ready.exchange(TaskHeader::kActive, std::memory_order_acq_rel);
  if (ready & TaskHeader::kAbort) aborted = true;
  Branch* oldest = nullptr;  // the list has the newest branch first: the loop reverses it
  for (Branch* branch = TaskHeader::list_of(ready); branch;) {
    Branch* older = branch->next;
    branch->next = oldest;
    oldest = branch;
    branch = older;
  }
  while (oldest) {
    Branch* newer = oldest->next;
    queue.push(*oldest);
    oldest = newer;
  }
}

bool Turn::take_deferred() noexcept {
  if (deferred.empty() && behind.empty()) return false;
  // The task stays active, so no mark_ready() finds it idle.
  Branch* last = nullptr;
  while (Branch* branch = deferred.pop()) {
    if (branch == spender)
      last = branch;
    else
      static_cast<void>(mark_ready(*branch));
  }
  if (last) static_cast<void>(mark_ready(*last));
  while (Branch* branch = behind.pop()) static_cast<void>(mark_ready(*branch));
  if (aborted) static_cast<void>(mark_aborted(task));
  return true;
}

void Turn::drop(ChildBranch& branch) noexcept {
  if (depth < kMaxDepth) {
    ++depth;
    branch.owned_by->drop(branch);
    --depth;
    return;
  }
  std::vector<ChildBranch*> path{&branch};  // without memory for it, the program ends
  while (!path.empty()) {
    ChildBranch& last = *path.back();
    CombinatorBase* combinator = CombinatorBase::in(last);
    if (ChildBranch* inner = combinator ? combinator->nested() : nullptr) {
      path.push_back(inner);
    } else {
      const RunsOn in_it(*this, last);
      last.owned_by->drop(last);
      path.pop_back();
    }
  }
}

void Turn::forget(ChildBranch& branch) noexcept {
  take_ready();  // it may stand there, where it cannot be taken out
  for (BranchQueue* list : {&deferred, &behind}) {
    if (list->ends_with(branch)) return list->remove(branch);
  }
  queue.remove(branch);
}

TurnEnd run_turn(TaskHeader& task, Context& context) {
  if (!task.forked) return run_own_turn(task, context);
  if (!ForkPoint::claim_for_turn(task, context)) return TurnEnd::finished;
  const TurnEnd end = run_own_turn(task, context);
  if (end != TurnEnd::finished) ForkPoint::end_claim(task);
  return end;
}

TurnEnd run_own_turn(TaskHeader& task, Context& context) {
  if (context.must_look) [[unlikely]]
    context.look_at_clock();
  Turn turn(task, context);
  // If the task ends in this turn, its waiter is woken, and may be a cache miss. Relaxed: the pointer is a mere hint.
  __builtin_prefetch(reinterpret_cast<const void*>(task.join.load(std::memory_order_relaxed)), 1);
  turn.slot = task.slab_slot;
  task.turn = &turn;
  Turn* outer = std::exchange(context.turn, &turn);
  const TurnEnd end = run(turn);
  context.turn = outer;
  context.budget_left = turn.budget;
  if (end == TurnEnd::again) task.slab_slot = turn.slot;
  return end;
}

void drop_task(TaskHeader& task, Context& context) noexcept {
  static_cast<void>(mark_aborted(task));
  run_turn(task, context);
}

}  // namespace corokit::detail
