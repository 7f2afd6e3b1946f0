#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit {

/// What one worker has done since its runtime began, and what waits for it now.
struct WorkerMetrics {
  std::uint64_t turns = 0;  ///< runs of a task, from the moment it was picked until it could not go on
  std::uint64_t budget_yields = 0;     ///< turns that ended because the task's budget was spent
  std::uint64_t local_schedules = 0;   ///< tasks that this worker itself made ready
  std::uint64_t overflows = 0;         ///< times its ring was full, and half of it moved to the shared queue
  std::uint64_t steal_operations = 0;  ///< times it took tasks from another worker
  std::uint64_t stolen_tasks = 0;      ///< how many these were
  std::uint64_t parks = 0;             ///< times it went to sleep in the kernel
  std::size_t queue_depth = 0;         ///< tasks in its own queue
};

/// What a runtime has done since it began, and what it holds now: for tests and for people.
///
/// Counts of what happened only grow. Each number is right by itself; two of them may be of different moments while
/// the runtime runs. An executor that lacks a thing (one queue: no steals) leaves its numbers at 0.
struct RuntimeMetrics {
  std::size_t alive_tasks = 0;         ///< tasks that are not over
  std::uint64_t spawned_tasks = 0;     ///< tasks that were ever started
  std::uint64_t remote_schedules = 0;  ///< tasks made ready by a thread that is no worker
  std::size_t shared_queue_depth = 0;  ///< tasks in the queue that all workers look at
  std::size_t blocking_threads = 0;    ///< threads of spawn_blocking(), busy or not
  std::size_t idle_blocking_threads = 0;
  std::size_t blocking_queue_depth = 0;  ///< functions of spawn_blocking() that wait for a thread
  std::vector<WorkerMetrics> workers;    ///< one each; the current-thread runtime has one
};

}  // namespace corokit
