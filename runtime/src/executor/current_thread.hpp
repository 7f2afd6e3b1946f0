#pragma once
#include <corokit/detail/executor/fork_deque.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/parker.hpp>

#include "blocking_pool.hpp"
#include "executor.hpp"
#include "time/timer_coalescing.hpp"

#include <condition_variable>
#include <mutex>

namespace corokit::detail {

/// Runs tasks on a thread that is inside wait_for(). The first such thread becomes the driver, which runs all tasks.
/// The others sleep until their task is over, or until there is no driver and one of them becomes it.
///
/// A task that is woken on the driver's thread goes to a queue without a lock; a task that is woken on another thread
/// goes through the inbox.
class CurrentThreadExecutor final : public Executor {
 public:
  explicit CurrentThreadExecutor(ExecutorOptions options = {});
  ~CurrentThreadExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void wait_for(TaskHeader& task) override;
  void measure(RuntimeMetrics& metrics) const override;

 protected:
  void io_began() noexcept override { unpark(); }

 private:
  /// Tells a thread that waits to become the driver that its task is over.
  class DriverWaiter : public JoinWaiter {
   public:
    explicit DriverWaiter(CurrentThreadExecutor& executor) noexcept : executor_(executor) { notify = &wake; }

   private:
    static void wake(JoinWaiter& waiter, WakeBatch&) noexcept;
    CurrentThreadExecutor& executor_;
  };

  /// Waits until there is no driver, or until `task` is over, unless it is null.
  /// Returns: true if the calling thread is the driver now.
  bool become_driver(const TaskHeader* task);
  void stop_driving() noexcept;
  /// Runs tasks until `done()` returns true. Requires: the calling thread is the driver.
  template <class Done>
  void drive(Done done);
  bool is_driver() const noexcept;
  TaskHeader* next_task() noexcept;
  void take_inbox() noexcept;
  void advance_timers() noexcept;
  void look_at_io() noexcept;
  void sleep() noexcept;
  void unpark() noexcept;

  BlockingPool blocking_;
  TimerWheel wheel_;
  TimerCoalescing coalescing_;
  Context context_;
  TurnCounts counts_;
  Parker parker_;

  std::mutex driver_mutex_;
  std::condition_variable driver_changed_;
  bool has_driver_ = false;  // guarded by driver_mutex_

  // These belong to the driver, as context_ and counts_ do:
  TaskQueue queue_;
  ForkDeque forks_;
  std::uint32_t ticks_ = 0;
  Counter local_schedules_;
  Counter parks_;

  // The tasks that other threads woke, guarded by inbox_lock_:
  mutable Lock inbox_lock_;
  TaskQueue inbox_;
  Counter remote_schedules_;
  // A hint, so that a look at an empty inbox needs no lock. It is set and cleared under inbox_lock_.
  Atomic<bool> inbox_filled_{false};
};

}  // namespace corokit::detail
