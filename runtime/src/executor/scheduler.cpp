#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/scheduler.hpp>
#include <corokit/detail/turn.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace corokit::detail {
namespace {

/// Nothing of the task has run, so its frame can go right here.
void end_unstarted(TaskHeader& task) noexcept {
  destroy_frame(task.frame());
  task.outcome = Outcome::cancelled;
  // Relaxed: as in Scheduler::start().
  task.ready.store(TaskHeader::kComplete, std::memory_order_relaxed);
  complete_join(task);
  task.release_ref();
}

}  // namespace

void Scheduler::start(TaskHeader& task, std::string name) {
  task.id = make_id();
  task.root.next = nullptr;
  // Relaxed: nobody else knows the task before schedule() publishes it.
  task.ready.store(reinterpret_cast<std::uintptr_t>(&task.root), std::memory_order_relaxed);
  try {
    if (owned_.insert(task, std::move(name))) return schedule(task);
  } catch (...) {
    end_unstarted(task);
    throw;
  }
  end_unstarted(task);  // shutting down
}

Scheduler& current_scheduler(const char* what) {
  Context* context = current_context();
  if (!context)
    throw std::logic_error(std::string("corokit: ") + what +
                           " was called outside of a runtime: call it from a task, or use Runtime::" + what);
  return *context->scheduler;
}

void refuse_to_end_inside(const Scheduler& scheduler, const char* type) noexcept {
  const Context* context = current_context();
  if (!context || context->scheduler != &scheduler) return;
  std::fprintf(stderr,
               "corokit: a %s was destroyed inside one of its own tasks or blocking functions, which it "
               "would wait for "
               "for ever: let its owner live outside of it\n",
               type);
  std::abort();
}

std::uint64_t next_task_id() noexcept {
  // Ids are handed out in blocks, so that threads that spawn do not meet at one counter.
  constexpr std::uint64_t kBlock = kModel ? 1 : 64;
  static Atomic<std::uint64_t> next_block{0};
  thread_local std::uint64_t next = 0;
  // Relaxed: only uniqueness matters.
  if (next % kBlock == 0) next = next_block.fetch_add(kBlock, std::memory_order_relaxed);
  return ++next;
}

void schedule(TaskHeader* task) noexcept {
  if (task) task->scheduler->schedule(*task);
}

void WakeBatch::add(TaskHeader* task) noexcept {
  if (!task) return;
  Scheduler* const scheduler = task->scheduler;  // in the same place as the link
  if (!first_) scheduler_ = scheduler;
  if (scheduler != scheduler_) return scheduler->schedule(*task);
  task->next_scheduled = nullptr;
  // For its end, if that is near: among many tasks it is a cache miss.
  __builtin_prefetch(task->owned_slot, 1);
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

void Scheduler::schedule_all(TaskHeader& first, TaskHeader&, std::size_t count) noexcept {
  for (TaskHeader* task = &first; count > 0; --count) {
    // Read first: schedule() may use the field, or the task be gone, and with the last one this scheduler.
    TaskHeader* next = task->next_scheduled;
    schedule(*task);
    task = next;
  }
}

void TaskHeader::release_ref() noexcept {
  // [refs] release: our use of the task is over. acquire: the last one sees the end of every other's.
  // A lone owner needs no read-modify-write: nobody is left who could add a reference.
  if (refs.load(std::memory_order_acquire) == 1 || refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    frame_free(this, block_class);
}

}  // namespace corokit::detail

namespace corokit {
namespace {

detail::Turn& current_turn(const char* what) {
  const detail::Context* context = detail::current_context();
  if (!context || !context->turn)
    throw std::logic_error(std::string("corokit: ") + what + " was called outside of a task");
  return *context->turn;
}

}  // namespace

TaskId current_task_id() {
  return TaskId{current_turn("current_task_id").task.id};
}

std::string current_task_name() {
  const detail::Turn& turn = current_turn("current_task_name");
  return turn.context.scheduler->owned().name_of(turn.task);
}

}  // namespace corokit
