#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/parker.hpp>

#include "blocking_pool.hpp"
#include "executor.hpp"
#include "time/timer_coalescing.hpp"

#include <condition_variable>
#include <mutex>

namespace corokit::detail {

/// Runs tasks on whichever thread is inside wait_for(): the first one takes the seat and drives; the others
/// sleep until their task is over, or the seat is free. A task that is woken on that thread goes to a queue
/// without a lock; one that is woken elsewhere goes through the inbox.
class CurrentThreadExecutor final : public Executor {
 public:
  CurrentThreadExecutor();
  ~CurrentThreadExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void wait_for(TaskHeader& task) override;
  void measure(RuntimeMetrics& metrics) const override;

 private:
  /// Tells a thread that waits for the seat that its task is over.
  class DriverWaiter : public JoinWaiter {
   public:
    explicit DriverWaiter(CurrentThreadExecutor& executor) noexcept : executor_(executor) { notify = &wake; }

   private:
    static void wake(JoinWaiter& waiter, WakeBatch&) noexcept;
    CurrentThreadExecutor& executor_;
  };

  /// Waits for the seat, or for the end of `task` (null: never). Returns: whether the seat is ours.
  bool become_driver(const TaskHeader* task);
  void stop_driving() noexcept;
  /// Runs tasks until `done` says so.
  template <class Done>
  void drive(Done done);
  bool is_driver() const noexcept;
  TaskHeader* next_task() noexcept;
  void take_inbox() noexcept;
  void advance_timers() noexcept;

  BlockingPool blocking_;
  TimerWheel wheel_;
  TimerCoalescing coalescing_;
  Context context_;
  Parker parker_;

  std::mutex driver_mutex_;
  std::condition_variable driver_changed_;
  bool has_driver_ = false;  // guarded by driver_mutex_

  // Of the thread that has the seat, as context_ is:
  TaskQueue queue_;
  std::uint32_t ticks_ = 0;
  Counter local_schedules_;
  Counter parks_;

  // What other threads leave: guarded by inbox_lock_.
  mutable Lock inbox_lock_;
  TaskQueue inbox_;
  Counter remote_schedules_;
  Atomic<bool> inbox_filled_{
      false};  // a hint, so that an empty inbox costs no lock; set and cleared under it
};

}  // namespace corokit::detail
