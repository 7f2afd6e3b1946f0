#include <corokit/detail/executor/options.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/enter_task.hpp>
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/task.hpp>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

namespace corokit::detail {
namespace {

/// Ends a task of which nothing has run, so that its frame can be destroyed on this thread.
void end_unstarted(TaskHeader& task) noexcept {
  const EnterTask entered(task);
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
  // Relaxed: no other thread knows the task before schedule() publishes it.
  task.ready.store(reinterpret_cast<std::uintptr_t>(&task.root), std::memory_order_relaxed);
  try {
    if (tasks_.insert(task, std::move(name))) {
      if (hooks_) [[unlikely]]
        call_start_hook(task);
      return schedule(task);
    }
  } catch (...) {
    end_unstarted(task);
    throw;
  }
  end_unstarted(task);  // the runtime is shutting down
}

void Scheduler::hand_over(Context&) {
  throw std::logic_error(
      "corokit: block_in_place was called on a current-thread runtime, where no other thread could run the "
      "tasks meanwhile: use spawn_blocking()");
}

void Scheduler::take_back(Context&) noexcept {}

void Scheduler::call_start_hook(TaskHeader& task) noexcept {
  if (hooks_->on_start) hooks_->on_start(TaskId{task.id}, tasks_.name_of(task));
}

void Scheduler::call_end_hook(TaskHeader& task) noexcept {
  if (hooks_->on_end) hooks_->on_end(TaskId{task.id}, tasks_.name_of(task));
}

void Scheduler::note_escape(TaskHeader& task) noexcept {
  try {
    task.escape = new Escape{unhandled_, tasks_.name_of(task)};
  } catch (const std::bad_alloc&) {
    task.escape = nullptr;  // the exception is then reported in the default way
  }
}

Scheduler& current_scheduler(const char* what) {
  Context* context = current_context();
  if (!context || !context->scheduler)
    throw std::logic_error(std::string("corokit: ") + what +
                           " was called outside of a runtime: call it from a task, or use Runtime::" + what);
  return *context->scheduler;
}

bool may_end_here(const Scheduler& scheduler, const char* type) noexcept {
  const Context* context = current_context();
  while (context && context->scheduler != &scheduler) context = context->outer;
  if (!context) return true;
  if (exits_in_context()) return false;
  std::fprintf(stderr,
               "corokit: a %s was destroyed inside one of its own tasks or blocking functions, or where its "
               "Handle was "
               "entered, and would wait for that forever: let its owner live outside of it\n",
               type);
  std::abort();
}

std::uint64_t next_task_id() noexcept {
  // Each thread takes a block of ids at a time, so that threads that spawn do not contend for one counter.
  static Atomic<std::uint64_t> next_block{0};
  thread_local std::uint64_t next = 0;
  // Relaxed: only uniqueness matters.
  if (next % kIdBlock == 0) next = next_block.fetch_add(kIdBlock, std::memory_order_relaxed);
  return ++next;
}

void Scheduler::schedule_all(TaskHeader& first, TaskHeader&, std::size_t count) noexcept {
  for (TaskHeader* task = &first; count > 0; --count) {
    // The link is read first: schedule() may use the field, the task may be destroyed in it, and after the last task so
    // may this scheduler.
    TaskHeader* next = task->next_scheduled;
    schedule(*task);
    task = next;
  }
}

}  // namespace corokit::detail
