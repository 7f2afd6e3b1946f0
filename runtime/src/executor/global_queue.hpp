#pragma once
#include "blocking_pool.hpp"
#include "executor.hpp"
#include "time/timer_coalescing.hpp"

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
  std::shared_ptr<StandIn> hand_over(Context& worker) override;
  void take_back(Context& worker, StandIn& stand_in) noexcept override;

 protected:
  void io_began() noexcept override { timer_added(); }

 private:
  struct Worker : Context {
    Counter parks;
    std::uint32_t index = 0;
    std::uint32_t ticks = 0;
    std::thread thread;
  };

  void work(Worker& self);
  /// Runs tasks until `done()` returns true, or the workers are stopped. Requires: the calling thread has the worker.
  template <class Done>
  void work_until(Worker& self, Done done);
  /// Joins the workers that have started.
  void stop_workers();
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
  bool polls_ = false;        // whether a worker waits in the driver's poll()
  std::size_t sleepers_ = 0;  // the workers that wait for changed_
  Counter remote_schedules_;
  Counter local_schedules_;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace corokit::detail
