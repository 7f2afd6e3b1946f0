#pragma once
#include "blocking_pool.hpp"
#include "executor.hpp"
#include "timer_pace.hpp"

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
  class SeatWaiter : public JoinWaiter {
   public:
    explicit SeatWaiter(CurrentThreadExecutor& executor) noexcept : executor_(executor) { notify = &wake; }

   private:
    static void wake(JoinWaiter& waiter, WakeBatch&) noexcept;
    CurrentThreadExecutor& executor_;
  };

  /// Waits for the seat, or for the end of `task` (null: never). Returns: whether the seat is ours.
  bool take_seat(const TaskHeader* task);
  void leave_seat() noexcept;
  /// Runs tasks until `done` says so.
  template <class Done>
  void drive(Done done);
  bool is_driver() const noexcept;
  TaskHeader* next_task() noexcept;
  void take_inbox() noexcept;
  void advance_timers() noexcept;

  BlockingPool blocking_;
  TimerWheel wheel_;
  TimerPace pace_;
  Context context_;
  Parker parker_;

  std::mutex seat_mutex_;
  std::condition_variable seat_changed_;
  bool seat_taken_ = false;  // guarded by seat_mutex_

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
