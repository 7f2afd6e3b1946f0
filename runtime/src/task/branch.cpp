#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/branch.hpp>

#include <cassert>
#include <utility>

// The wake protocol. Its edges:
//
//   [wake]  From the waker of a branch to the thread that runs the branch: that thread sees, after the await, what the
//           waker did before mark_ready(). Release in mark_ready() and mark_aborted(), acquire in Turn::take_ready().
//   [rest]  From one turn of a task to its next turn, perhaps on another thread. Release where run_turn() makes the
//           task idle; acquire in the mark_ready() or mark_aborted() that finds it idle, and leads to the next turn.
namespace corokit::detail {

TaskHeader* mark_ready(Branch& branch) noexcept {
  assert(!branch.is_queued() && "a branch is woken at most once for each suspension");
  TaskHeader& task = *branch.task();
  std::uintptr_t old = task.ready.load(std::memory_order_relaxed);
  std::uintptr_t wanted;
  do {
    branch.next = TaskHeader::list_of(old);
    wanted = reinterpret_cast<std::uintptr_t>(&branch) | (old & TaskHeader::kAbort);
    // [wake] release: publishes branch.next and what the waker did. Pairs with: [wake] acquire in take_ready().
    // [rest] acquire: takes effect if the task was idle. Pairs with: [rest] release in run().
  } while (
      !task.ready.compare_exchange_weak(old, wanted, std::memory_order_acq_rel, std::memory_order_relaxed));
  return old == TaskHeader::kIdle ? &task : nullptr;
}

void schedule(TaskHeader* task) noexcept {
  if (task) task->scheduler->schedule(*task);
}

void WakeBatch::add(TaskHeader* task) noexcept {
  if (!task) return;
  Scheduler* const scheduler = task->scheduler;  // read first: next_scheduled shares its place
  if (!first_) scheduler_ = scheduler;
  if (scheduler != scheduler_) return scheduler->schedule(*task);
  task->next_scheduled = nullptr;
  // The end of the task, which may be near, needs its slot; among many tasks that would be a cache miss.
  if (!task->forked) __builtin_prefetch(task->slab_slot, 1);
  (first_ ? last_->next_scheduled : first_) = task;
  last_ = task;
  ++count_;
}

void WakeBatch::flush() noexcept {
  TaskHeader* const first = std::exchange(first_, nullptr);
  if (first == nullptr) return;
  const std::size_t count = std::exchange(count_, 0);
  if (count == 1) return scheduler_->schedule(*first);
  scheduler_->schedule_all(*first, *last_, count);
}

}  // namespace corokit::detail
