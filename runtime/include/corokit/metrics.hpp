#pragma once
#include <corokit/detail/config.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit {

/// What one worker has done since its runtime began, and what is in its queue now.
struct WorkerMetrics {
  std::uint64_t turns = 0;             ///< runs of a task, each until the task could not go on
  std::uint64_t budget_yields = 0;     ///< turns that ended because the task's budget was spent
  std::uint64_t local_schedules = 0;   ///< tasks that this worker made ready
  std::uint64_t overflows = 0;         ///< times its ring was full, and tasks moved to the shared queue
  std::uint64_t steal_operations = 0;  ///< times it took tasks from another worker
  std::uint64_t stolen_tasks = 0;      ///< tasks that it took from other workers
  std::uint64_t parks = 0;             ///< times it went to sleep in the kernel
  std::size_t queue_depth = 0;         ///< tasks in its own queue
};

/// What a runtime has done since it began, and what it holds now, for tests and for people.
///
/// The counts of events only grow. Each number is right by itself; while the runtime runs, two numbers may be from
/// different moments. An executor leaves the numbers that do not apply to it at 0.
struct RuntimeMetrics {
  std::size_t alive_tasks = 0;      ///< tasks that are not over
  std::uint64_t spawned_tasks = 0;  ///< tasks that were ever started
  /// exceptions that nobody took: see RuntimeOptions::on_unhandled_exception
  std::uint64_t unhandled_exceptions = 0;
  std::uint64_t remote_schedules = 0;  ///< tasks made ready by a thread that is not a worker of this runtime
  std::size_t shared_queue_depth = 0;  ///< tasks in the queue that all workers share
  std::size_t blocking_threads = 0;    ///< threads in spawn_blocking() or block_in_place(), or idle
  std::size_t idle_blocking_threads = 0;
  std::size_t blocking_queue_depth =
      0;                               ///< functions of spawn_blocking(), and workers, that wait for a thread
  std::vector<WorkerMetrics> workers;  ///< one entry for each worker; the current-thread runtime has one
};

}  // namespace corokit
