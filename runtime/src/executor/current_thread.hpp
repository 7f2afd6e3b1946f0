#pragma once
#include "blocking_pool.hpp"
#include "executor.hpp"

namespace corokit::detail {

/// Runs tasks on whichever thread is inside wait_for(). A task that is woken on that thread goes to a queue
/// without a lock; one that is woken elsewhere goes through the inbox.
class CurrentThreadExecutor final : public Executor {
 public:
  CurrentThreadExecutor();
  ~CurrentThreadExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void wait_for(TaskHeader& task) override;

 private:
  /// Runs tasks until `done` says so.
  template <class Done>
  void drive(Done done);
  bool is_driver() const noexcept;
  TaskHeader* next_task() noexcept;
  void take_inbox() noexcept;

  BlockingPool blocking_;
  TimerWheel wheel_;
  Context context_;
  Parker parker_;
  std::mutex driving_;  // held by the thread inside drive(): queue_, context_ and ticks_ are its own

  TaskQueue queue_;
  std::uint32_t ticks_ = 0;

  // What other threads leave: guarded by inbox_lock_.
  Lock inbox_lock_;
  TaskQueue inbox_;
  Atomic<bool> inbox_filled_{
      false};  // a hint, so that an empty inbox costs no lock; set and cleared under it
};

}  // namespace corokit::detail
