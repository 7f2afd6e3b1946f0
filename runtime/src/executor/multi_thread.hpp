#pragma once
#include <corokit/detail/executor/fork_deque.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/parker.hpp>

#include "blocking_pool.hpp"
#include "executor.hpp"
#include "idle.hpp"
#include "local_queue.hpp"
#include "thread.hpp"
#include "time/timer_coalescing.hpp"
#include "worker_place.hpp"

#include <memory>
#include <vector>

namespace corokit::detail {

class MultiThreadExecutor;

/// What belongs to the thread of one worker. A task that it wakes goes to the LIFO slot, and runs next, while its data
/// is warm. The task that was in the slot moves to the ring; tasks that the ring cannot hold move to the shared queue.
/// The children that its tasks fork stand in the deque, and come after the ring, newest first.
struct Worker : WorkerPlace {
  static constexpr std::uint32_t kQueueCapacity = kModel ? 2 : 256;

  LocalQueue<kQueueCapacity> queue;
  ForkDeque forks;
  Atomic<TaskHeader*> lifo{nullptr};  // filled by the owner; emptied by the owner, or by the monitor
  Atomic<std::uint32_t> ticks{0};     // turns so far; written by the owner, read by the monitor
  Parker parker;
  TimerWheel wheel;
  std::uint32_t lifo_streak = 0;  // turns in a row that came from the LIFO slot
  std::uint32_t spins = 0;        // how often it spins before it sleeps
  bool searching = false;
  bool is_monitor = false;
  std::uint32_t seen_polls = 0;  // the polls of the driver when this worker was last the monitor
  bool is_sole_poller = false;   // it is the monitor, and nobody has polled since it last looked
  // It is the monitor, was the timed sleeper or the one that polled, or another worker was refused while it looked in:
  // before it runs a task, another worker must take over.
  bool must_hand_over = false;
  std::vector<std::uint32_t> seen_ticks;  // the ticks of each worker when this one was last the monitor
  Counter local_schedules, overflows, steal_operations, stolen_tasks, parks;
  MultiThreadExecutor& executor;
  Thread thread;  // the first one that is in the place

  Worker(MultiThreadExecutor& of, std::uint32_t number);
};

/// The work-stealing executor. Each worker has a ring and a LIFO slot; all share one more queue, at which each looks
/// every so often. A worker without tasks steals half of another worker's ring; only a few workers search at a time.
/// Workers that find nothing sleep in the kernel until a task or the next timer comes.
///
/// The monitor: while a worker is busy and others sleep, one of the others wakes every few milliseconds, and checks
/// whether a busy worker has been stuck in one turn since the last time. If so, the monitor takes the task in the LIFO
/// slot of that worker, which no other worker would run. It also fires the timers of all workers, as any worker does.
///
/// Descriptors: one of the workers that sleep does so in the driver's poll(), and a busy worker looks there every so
/// often. While the worker that polled is busy, the monitor looks every few milliseconds; if nobody else does, it polls.
class MultiThreadExecutor final : public Executor {
 public:
  /// Throws: std::system_error if the system does not give so many threads.
  explicit MultiThreadExecutor(std::uint32_t workers, ExecutorOptions options = {});
  ~MultiThreadExecutor() override;

  void schedule(TaskHeader& task) noexcept override;
  void schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept override;
  void submit(BlockingJob& job) override { blocking_.submit(job); }
  void timer_added() noexcept override;
  void wake_thief() noexcept override { wake_one(); }
  void measure(RuntimeMetrics& metrics) const override;
  void hand_over(Context& thread) override;
  void take_back(Context& thread) noexcept override;

 protected:
  void io_began() noexcept override { wake_one(); }

 private:
  friend struct Worker;
  /// What the thread of a worker does.
  void work(Worker& self);
  /// What a thread of the blocking pool does that takes the place of a worker.
  static void stand_in(BlockingJob& worker, bool cancelled) noexcept;
  /// Runs tasks on the calling thread, which is in the place of the worker.
  /// Returns: true once the workers are stopped; false if another thread is in the place.
  bool run_tasks(Worker& self);
  /// Ends the turn of a thread that has lost its place.
  void end_turn_elsewhere(TaskHeader& task, TurnEnd end) noexcept;
  /// Leaves the place of a worker for good. A destructor that stops the workers waits for it.
  void leave() noexcept;
  /// Waits until nobody is in the place of one of the first `started` workers.
  void stop_workers(std::size_t started);
  void join_workers(std::size_t started);
  TaskHeader* next_task(Worker& self) noexcept;
  TaskHeader* take_own(Worker& self) noexcept;
  TaskHeader* take_shared(Worker& self) noexcept;
  TaskHeader* steal(Worker& self) noexcept;
  bool spin(Worker& self) noexcept;
  void sleep(Worker& self) noexcept;
  void wait(Worker& self, std::optional<Instant> until, WakeBatch& batch) noexcept;
  void look_at_io(Worker& self) noexcept;
  void unpark(Worker& worker) noexcept;
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
  Atomic<bool> stopping_{false};   // set once, by stop_workers()
  Atomic<std::uint32_t> left_{0};  // the workers whose place is empty for good
  // True while a worker is the monitor, or is about to become it. A thread that picks a monitor, or a worker that
  // becomes it by itself, sets it if it was false. The monitor clears it, and then hands over or takes the last look
  // again; a thread that finds no worker to pick clears it too.
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
