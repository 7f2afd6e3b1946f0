#pragma once
#include <corokit/detail/executor/task_slab.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/escape.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace corokit::detail {

struct Context;
class RuntimeLink;
struct TaskHooks;

/// A piece of work that may block its thread.
struct BlockingJob {
  BlockingJob* prev = nullptr;  // prev and next link the queue that the job is in
  BlockingJob* next = nullptr;
  /// Runs the job, or, if `cancelled`, only tells its handle that it was cancelled. Frees the job.
  void (*run)(BlockingJob&, bool cancelled) noexcept = nullptr;
};

/// Returns: a number for a new task that is unique in the process.
std::uint64_t next_task_id() noexcept;

/// The interface of an executor that tasks use. A task never knows which executor runs it.
class Scheduler {
 public:
  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Queues a task that left the idle state. Any thread may call it. When it returns, the scheduler may already be
  /// destroyed: a shutdown waits only until it can see the task.
  virtual void schedule(TaskHeader& task) noexcept = 0;
  /// Queues `count` tasks that were woken together and are linked through next_scheduled. As schedule() otherwise.
  virtual void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept;
  /// Runs a job on a thread that may block. Any thread may call it.
  virtual void submit(BlockingJob& job) = 0;
  /// Blocks the calling thread, which runs no tasks, until the task is over. In this version the thread sleeps: other
  /// threads run the task.
  virtual void wait_for(TaskHeader& task);
  /// Wakes a thread that may steal a forked child, if one sleeps.
  virtual void wake_thief() noexcept {}
  /// Called after a timer was added on the calling thread, if it is now the first one of its wheel to fire.
  virtual void timer_added() noexcept {}
  /// Returns: what handles of this runtime share; null if it has no handles.
  virtual std::shared_ptr<RuntimeLink> link() const { return nullptr; }
  /// Lets another thread do the work of the calling thread, which is in a turn, and is about to block. `thread`: its
  /// context. Throws: std::logic_error if no other thread may run tasks.
  virtual void hand_over(Context& thread);
  /// Ends hand_over(). If another thread does the work now, the calling thread only ends its turn.
  virtual void take_back(Context& thread) noexcept;

  /// Starts a task. The runtime takes over one reference. A task that comes after the shutdown is ended at once, as
  /// cancelled. Throws: std::bad_alloc, in which case the task is also ended as cancelled.
  void start(TaskHeader& task, std::string name = {});

  /// Queues a forked child that a deque has no room for.
  void schedule_child(TaskHeader& child) noexcept {
    child.id = make_id();
    schedule(child);
  }
  /// Counts forked children that were dropped while they are queued: a shutdown waits for them as for tasks.
  void note_left_behind(int change) noexcept {
    left_behind_.fetch_add(static_cast<std::uint32_t>(change), std::memory_order_acq_rel);
  }
  /// Returns: whether no task is left, and nothing of one in a queue.
  bool is_empty() const noexcept {
    return tasks_.approx_size() == 0 && left_behind_.load(std::memory_order_acquire) == 0;
  }

  /// Notes that an exception ended a task or a blocking job. Requires: nobody knows yet that it is over.
  void note_escape(TaskHeader& task) noexcept;
  UnhandledExceptions& unhandled() noexcept { return *unhandled_; }
  const UnhandledExceptions& unhandled() const noexcept { return *unhandled_; }

  /// Tells the hooks, if there are any, that a task is over. Requires: it is still among tasks().
  void note_end(TaskHeader& task) noexcept {
    if (hooks_) [[unlikely]]
      call_end_hook(task);
  }
  /// Sets what is called for each task, until this scheduler is destroyed. Requires: there is no task yet.
  void set_hooks(const TaskHooks& hooks) noexcept { hooks_ = &hooks; }

  TaskSlab& tasks() noexcept { return tasks_; }
  const TaskSlab& tasks() const noexcept { return tasks_; }
  /// One dump at a time holds it: it holds tasks, which another one would take for tasks that run.
  Lock& dumping() noexcept { return dumping_; }

 protected:
  ~Scheduler() = default;
  /// Returns: a number for a new task. A simulation counts its own tasks, so that two runs give the same numbers.
  virtual std::uint64_t make_id() noexcept { return next_task_id(); }

 private:
  void call_start_hook(TaskHeader& task) noexcept;
  void call_end_hook(TaskHeader& task) noexcept;

  TaskSlab tasks_;
  Atomic<std::uint32_t> left_behind_{0};
  Lock dumping_;
  std::shared_ptr<UnhandledExceptions> unhandled_ = std::make_shared<UnhandledExceptions>();
  const TaskHooks* hooks_ = nullptr;
};

/// Returns: the scheduler of the calling thread.
/// Throws: std::logic_error outside of every runtime; `what` names the call in the message.
Scheduler& current_scheduler(const char* what);

/// Returns: whether `scheduler` may be destroyed here. It may not if the calling thread runs a task or a job of it: the
/// destructor would wait for itself. If that task has called std::exit(), and this is a static object, false is returned
/// and it must be left as it is; otherwise this ends the process with a message, in which `type` names the object.
bool may_end_here(const Scheduler& scheduler, const char* type) noexcept;

}  // namespace corokit::detail
