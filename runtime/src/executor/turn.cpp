#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/scheduler.hpp>
#include <corokit/detail/turn.hpp>
#include <corokit/task.hpp>

#include <cassert>

// The wake protocol. Its edges:
//   [wake]  a strand's waker -> the thread that runs the strand: what the waker did before mark_ready() is
//   seen
//           after the await. Release in mark_ready() and mark_aborted(), acquire in Turn::take_ready().
//   [rest]  one turn of a task -> its next turn, perhaps on another thread: release where run_turn() goes
//   idle,
//           acquire in the mark_ready() that finds the task idle (it then hands the task on to an executor).
namespace corokit::detail {
namespace {

thread_local Context* context_of_thread = nullptr;

Strand* list_of(std::uintptr_t ready) noexcept {
  return reinterpret_cast<Strand*>(ready & ~std::uintptr_t{7});  // the marks are below 8
}

/// Ends the task of `turn`: destroys the frame, then publishes the outcome.
TurnEnd finish(Turn& turn) noexcept {
  TaskHeader& task = turn.task;
  const std::coroutine_handle<> root = task.frame();
  if (root.done())
    destroy_frame(root);
  else
    destroy_chain(task.root.leaf, root);
  if (task.outcome == Outcome::none) task.outcome = Outcome::cancelled;
  // Relaxed: an abort that comes too late only has to see that there is nothing to abort.
  task.ready.store(TaskHeader::kComplete, std::memory_order_relaxed);
  turn.context.turn = nullptr;
  turn.context.scheduler->owned().remove(task);
  complete_join(task);
  task.release_ref();
  return TurnEnd::finished;
}

TurnEnd run(Turn& turn) {
  TaskHeader& task = turn.task;
  for (;;) {
    turn.take_ready();
    if (turn.aborted) return finish(turn);
    while (Strand* strand = turn.queue.pop()) {
      if (strand->leaf && !turn.run_strand(*strand)) continue;
      if (strand == &task.root) return finish(turn);
      auto& branch = static_cast<BranchStrand&>(*strand);
      branch.on_done(branch);
    }
    if (!turn.deferred.empty()) {
      // The task stays active, so none of these finds it idle.
      while (Strand* strand = turn.deferred.pop()) static_cast<void>(mark_ready(*strand));
      if (turn.aborted) static_cast<void>(mark_aborted(task));
      return TurnEnd::again;
    }
    if (turn.aborted) return finish(turn);
    task.scheduler = turn.context.scheduler;
    std::uintptr_t expected = TaskHeader::kActive;
    // [rest] release: publishes the frame to the next turn. Pairs with: [rest] acquire in mark_ready().
    // After this the task may be running elsewhere, or be gone.
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

Context* exchange_context(Context* context) noexcept {
  return std::exchange(context_of_thread, context);
}

void destroy_frame(std::coroutine_handle<> frame) noexcept {
  frame.destroy();
}

void destroy_chain(std::coroutine_handle<> leaf, std::coroutine_handle<> root) noexcept {
  if (const BeginLater* later = BeginLater::in(leaf.address())) leaf = later->leaf;
  while (leaf != root) {
    // Every promise of ours begins with its PromiseBase.
    auto& promise = std::coroutine_handle<PromiseBase>::from_address(leaf.address()).promise();
    const std::coroutine_handle<> parent = promise.parent();
    promise.disown();
    leaf.destroy();
    leaf = parent;
  }
  root.destroy();
}

TaskHeader* mark_ready(Strand& strand) noexcept {
  assert(!strand.is_queued() && "a strand is woken at most once a suspension");
  TaskHeader& task = *strand.task();
  std::uintptr_t old = task.ready.load(std::memory_order_relaxed);
  std::uintptr_t wanted;
  do {
    strand.next = list_of(old);
    wanted = reinterpret_cast<std::uintptr_t>(&strand) | (old & TaskHeader::kAbort);
    // [wake] release: publishes strand.next and what the waker did. Pairs with: [wake] acquire in
    // take_ready(). [rest] acquire: when the task was idle. Pairs with: [rest] release in run().
  } while (
      !task.ready.compare_exchange_weak(old, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
  return old == TaskHeader::kIdle ? &task : nullptr;
}

TaskHeader* mark_aborted(TaskHeader& task) noexcept {
  std::uintptr_t old = task.ready.load(std::memory_order_relaxed);
  std::uintptr_t wanted;
  do {
    if (old == TaskHeader::kComplete || (old & TaskHeader::kAbort)) return nullptr;
    wanted = (old == TaskHeader::kIdle ? TaskHeader::kActive : old) | TaskHeader::kAbort;
    // [wake], [rest]: as in mark_ready().
  } while (
      !task.ready.compare_exchange_weak(old, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
  return old == TaskHeader::kIdle ? &task : nullptr;
}

bool Turn::run_strand(Strand& strand) {
  if (BeginLater* later = BeginLater::in(strand.leaf.address())) {
    strand.leaf = later->leaf;
    // From here on, unless the wait is over, a waker may already have the strand.
    if (!later->begin(*later->awaiter, strand)) return false;
    if (!strand.leaf) return true;
  }
  next = strand.leaf;
  while (next) std::exchange(next, nullptr).resume();
  return std::exchange(strand_done, false);
}

void Turn::take_ready() noexcept {
  // [wake] acquire: sees what the wakers did. Pairs with: [wake] release in mark_ready().
  const std::uintptr_t ready = task.ready.exchange(TaskHeader::kActive, std::memory_order_acq_rel);
  if (ready & TaskHeader::kAbort) aborted = true;
  Strand* oldest = nullptr;  // the list is newest first: turn it round
  for (Strand* strand = list_of(ready); strand;) {
    Strand* older = strand->next;
    strand->next = oldest;
    oldest = strand;
    strand = older;
  }
  while (oldest) {
    Strand* newer = oldest->next;
    queue.push(*oldest);
    oldest = newer;
  }
}

void Turn::forget(Strand& strand) noexcept {
  if (!strand.is_queued()) return;
  take_ready();
  const auto is_it = [&strand](const Strand& other) { return &other == &strand; };
  queue.remove_if(is_it);
  deferred.remove_if(is_it);
}

void Turn::forget_disowned() noexcept {
  take_ready();
  const auto is_disowned = [](const Strand& strand) { return strand.task() == nullptr; };
  queue.remove_if(is_disowned);
  deferred.remove_if(is_disowned);
}

TurnEnd run_turn(TaskHeader& task, Context& context) {
  Turn turn(task, context);
  // Whoever waits for its end is woken then: asked for now, as it may be a cache miss. Relaxed: it is not looked into.
  __builtin_prefetch(reinterpret_cast<const void*>(task.join.load(std::memory_order_relaxed)), 1);
  task.turn = &turn;
  Turn* outer = std::exchange(context.turn, &turn);
  const TurnEnd end = run(turn);
  context.turn = outer;
  context.turns.add();
  if (end == TurnEnd::again && turn.budget == 0) context.budget_yields.add();
  return end;
}

void drop_task(TaskHeader& task, Context& context) noexcept {
  static_cast<void>(mark_aborted(task));
  run_turn(task, context);
}

}  // namespace corokit::detail
