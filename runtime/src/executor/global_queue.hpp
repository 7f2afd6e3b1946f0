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

/// One lock, one queue: the textbook pool, kept because comparing it with work stealing is a lesson. Every
/// wake-up and every turn goes through the lock, so workers meet there; in return tasks run strictly first
/// come, first served, and there is nothing to steal, to search or to balance.
///
/// Every idle worker keeps the time: it sleeps until the earliest timer at most. So a worker that is stuck in
/// user code delays nobody's timer, and each timer costs all of the sleepers a look.
class GlobalQueueExecutor final : public Executor {
 public:
  explicit GlobalQueueExecutor(std::uint32_t workers);
  ~GlobalQueueExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void timer_added() noexcept override;
  void wait_for(TaskHeader& task) override;
  void measure(RuntimeMetrics& metrics) const override;

 private:
  struct Worker : Context {
    Counter parks;
    std::thread thread;
  };

  void work(Worker& self);
  void advance_timers() noexcept;
  void sleep(Worker& self, std::unique_lock<std::mutex>& lock);
  void drop_all_tasks();

  BlockingPool blocking_;
  TimerWheel wheel_;
  TimerCoalescing coalescing_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // a task came, an earlier timer, or the end
  // Guarded by mutex_:
  TaskQueue queue_;
  bool stopping_ = false;  // set once, by the destructor
  Counter remote_schedules_;
  Counter local_schedules_;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace corokit::detail
