#pragma once
#include <corokit/detail/executor/task_slab.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace corokit::detail {

/// A piece of work that may block its thread.
struct BlockingJob {
  BlockingJob* next = nullptr;
  /// Runs the job, or only tells its handle that it was cancelled. Frees the job.
  void (*run)(BlockingJob&, bool cancelled) noexcept = nullptr;
};

/// A number for a new task, unique in the process.
std::uint64_t next_task_id() noexcept;

/// What a task knows of the executor that runs it: a task never knows which one it is.
class Scheduler {
 public:
  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Queues a task that left the idle state. Any thread. The scheduler may be gone when this returns: a
  /// shutdown only waits until it can see the task.
  virtual void schedule(TaskHeader& task) noexcept = 0;
  /// The same for `count` tasks, linked through next_scheduled: many that were woken together.
  virtual void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept;
  /// Runs a job where blocking hurts nobody. Any thread.
  virtual void submit(BlockingJob& job) = 0;
  /// A timer was added on the calling thread, and is now the first there.
  virtual void timer_added() noexcept {}

  /// Starts a task: the runtime holds one reference from here on. A task that comes after the shutdown is
  /// ended at once, as cancelled. Throws: std::bad_alloc; the task is ended likewise then.
  void start(TaskHeader& task, std::string name = {});

  TaskSlab& tasks() noexcept { return tasks_; }
  const TaskSlab& tasks() const noexcept { return tasks_; }

 protected:
  ~Scheduler() = default;
  /// A number for a new task. A simulation counts for itself, so that two runs agree.
  virtual std::uint64_t make_id() noexcept { return next_task_id(); }

 private:
  TaskSlab tasks_;
};

/// The scheduler of the calling thread. Throws: std::logic_error outside of every runtime; `what` names the
/// call.
Scheduler& current_scheduler(const char* what);

/// Ends the process, with a message, where the calling thread runs a task or a job of `scheduler`: its end would wait
/// for itself. `type` names what is being destroyed.
void refuse_to_end_inside(const Scheduler& scheduler, const char* type) noexcept;

}  // namespace corokit::detail
