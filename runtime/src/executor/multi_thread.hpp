#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/parker.hpp>

#include "blocking_pool.hpp"
#include "executor.hpp"
#include "idle.hpp"
#include "local_queue.hpp"
#include "thread.hpp"
#include "time/timer_coalescing.hpp"

#include <memory>
#include <vector>

namespace corokit::detail {

class MultiThreadExecutor;

/// One worker thread's own things. A task that a worker wakes goes to its LIFO slot, to run next while its
/// data is warm; what stood there moves to the ring; what the ring cannot hold, to the shared queue.
struct Worker : Context {
  static constexpr std::uint32_t kQueueCapacity = kModel ? 2 : 256;

  LocalQueue<kQueueCapacity> queue;
  Atomic<TaskHeader*> lifo{nullptr};  // written by the owner; emptied by the owner, or by the watch
  Atomic<std::uint32_t> ticks{0};     // turns; written by the owner, read by the watch
  Parker parker;
  TimerWheel wheel;
  std::uint32_t index = 0;
  std::uint32_t lifo_streak = 0;  // turns in a row that came from the LIFO slot
  std::uint32_t spins = 0;        // left before it sleeps
  bool searching = false;
  bool is_monitor = false;
  bool wakes_by_itself = false;           // it woke on watch, or to keep the time for those that sleep
  std::vector<std::uint32_t> seen_ticks;  // of each worker, when this one was last on watch
  Counter local_schedules, overflows, steal_operations, stolen_tasks, parks;
  Thread thread;

  Worker(MultiThreadExecutor& executor, std::uint32_t number);
};

/// Work stealing: a ring and a LIFO slot for each worker, a shared queue looked at every so often, half of a
/// victim's tasks at a time, few searchers. Workers that find nothing sleep in the kernel until work or the
/// next timer comes.
///
/// The watch: while a worker is busy and others sleep, one of these wakes every few milliseconds and looks
/// whether the busy one is stuck in user code; if so it takes over what only that worker would have run, its
/// LIFO slot and its timers.
class MultiThreadExecutor final : public Executor {
 public:
  explicit MultiThreadExecutor(std::uint32_t workers);
  ~MultiThreadExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void timer_added() noexcept override { ensure_monitor(); }
  void wait_for(TaskHeader& task) override;
  void measure(RuntimeMetrics& metrics) const override;

 private:
  void work(Worker& self);
  TaskHeader* next_task(Worker& self) noexcept;
  TaskHeader* take_own(Worker& self) noexcept;
  TaskHeader* take_shared(Worker& self) noexcept;
  TaskHeader* steal(Worker& self) noexcept;
  bool spin(Worker& self) noexcept;
  void sleep(Worker& self) noexcept;
  bool may_sleep(Worker& self, std::optional<Instant> timer) noexcept;
  void take_over_from_stuck(Worker& self) noexcept;
  bool any_work() const noexcept;
  void found_work(Worker& self) noexcept;

  void push_local(Worker& self, TaskHeader& task, bool wake) noexcept;
  void schedule_remotely(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept;
  void append_shared_locked(const Locked&, TaskQueue&& tasks) noexcept;
  void wake_one() noexcept;
  void ensure_monitor() noexcept;
  void advance_timers() noexcept;
  std::optional<Instant> next_timer() const noexcept;
  Worker* current_worker() const noexcept;
  bool drop_queued(Context& context) noexcept;

  BlockingPool blocking_;
  Idle idle_;
  TimerCoalescing coalescing_;
  Atomic<bool> stopping_{false};  // set once, by the destructor
  // A worker is on watch, or will be at once. Set by whoever nominates one, or goes on watch by itself, and
  // found it false; cleared by the worker on watch, which then hands over, or takes the last look again.
  Atomic<bool> has_monitor_{false};
  Parker shutdown_parker_;

  // Guarded by shared_lock_:
  Lock shared_lock_;
  TaskQueue shared_;
  Counter remote_schedules_;
  Atomic<std::size_t> shared_size_{0};  // of shared_, for a look without the lock

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace corokit::detail
