#include <corokit/detail/task/escape.hpp>
#include <corokit/detail/task/task_header.hpp>

namespace corokit::detail {

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

bool try_hold(TaskHeader& task) noexcept {
  std::uintptr_t expected = TaskHeader::kIdle;
  // [rest] acquire: sees what the last turn left. Pairs with: [rest] release in run() and in let_go().
  return task.ready.compare_exchange_strong(expected, TaskHeader::kActive, std::memory_order_acquire,
                                            std::memory_order_relaxed);
}

TaskHeader* let_go(TaskHeader& task) noexcept {
  std::uintptr_t expected = TaskHeader::kActive;
  // [rest] release: this thread has read what the next turn writes. Pairs with: [rest] acquire in
  // mark_ready().
  const bool is_idle = task.ready.compare_exchange_strong(
      expected, TaskHeader::kIdle, std::memory_order_release, std::memory_order_relaxed);
  return is_idle ? nullptr : &task;
}

void TaskHeader::forget_escape() noexcept {
  // A coroutine that is no task, a forked child, or a task that is not over, has no escape. Relaxed: whoever takes the exception of a
  // task has acquired its end.
  if (!forked && ready.load(std::memory_order_relaxed) == kComplete) delete escape;
}

void TaskHeader::release_ref() noexcept {
  // [refs] release: this owner does not use the task any more. acquire: the last owner sees that no other one does.
  // A lone owner needs no read-modify-write, because no other thread is left that could add a reference.
  if (refs.load(std::memory_order_acquire) == 1 || refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    frame_free(this, block_class);
}

}  // namespace corokit::detail
