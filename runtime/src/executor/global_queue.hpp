#pragma once
#include "blocking_pool.hpp"
#include "executor.hpp"
#include "time/timer_coalescing.hpp"
#include "worker_place.hpp"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace corokit::detail {

/// The textbook thread pool, with one queue under one lock. It is kept for comparison with work stealing. Every wake-up
/// and every turn takes the lock, so the workers contend for it. In return, tasks run strictly first come, first
/// served, and no worker has to search for tasks, steal them or balance them.
///
/// Every idle worker sleeps at most until the earliest timer. So a worker that is stuck in user code delays no timer,
/// but each timer wakes all idle workers. One idle worker waits for descriptors instead.
class GlobalQueueExecutor final : public Executor {
 public:
  /// Throws: std::system_error if the system does not give so many threads.
  explicit GlobalQueueExecutor(std::uint32_t workers, ExecutorOptions options = {});
  ~GlobalQueueExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void timer_added() noexcept override;
  void measure(RuntimeMetrics& metrics) const override;
  void hand_over(Context& thread) override;
  void take_back(Context& thread) noexcept override;

 protected:
  void io_began() noexcept override { timer_added(); }

 private:
  struct Worker : WorkerPlace {
    Worker(GlobalQueueExecutor& of, std::uint32_t number) noexcept
        : WorkerPlace(number, &GlobalQueueExecutor::stand_in), executor(of) {}

    Counter parks;
    std::uint32_t ticks = 0;
    GlobalQueueExecutor& executor;
    std::thread thread;  // the first one that is in the place
  };

  /// What the thread of a worker does.
  void work(Worker& self);
  /// What a thread of the blocking pool does that takes the place of a worker.
  static void stand_in(BlockingJob& worker, bool cancelled) noexcept;
  /// Runs tasks on the calling thread, which is in the place of the worker.
  /// Returns: true once the workers are stopped; false if another thread is in the place.
  bool run_tasks(Worker& self);
  /// Ends the turn of a thread that has lost its place.
  void end_turn_elsewhere(TaskHeader& task, TurnEnd end);
  /// Leaves the place of a worker for good. A destructor that stops the workers waits for it.
  void leave_locked(const std::unique_lock<std::mutex>& lock);
  /// As leave_locked(), for a thread that blocks, if nobody has taken its place.
  void leave_if_offered(Worker& worker);
  /// Waits until nobody is in the place of one of the workers that have started.
  void stop_workers();
  void join_workers();
  void advance_timers() noexcept;
  void wake_poller() noexcept;
  void sleep(Worker& self, std::unique_lock<std::mutex>& lock);
  void drop_all_tasks();

  BlockingPool blocking_;
  TimerWheel wheel_;
  TimerCoalescing coalescing_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // notified of a task, of an earlier timer, and of the end
  // Guarded by mutex_:
  TaskQueue queue_;
  bool stopping_ = false;     // set once, by stop_workers()
  std::size_t left_ = 0;      // the workers whose place is empty for good
  bool polls_ = false;        // whether a worker waits in the driver's poll()
  std::size_t sleepers_ = 0;  // the workers that wait for changed_
  Counter remote_schedules_;
  Counter local_schedules_;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace corokit::detail
