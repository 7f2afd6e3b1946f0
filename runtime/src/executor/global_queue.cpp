#include "global_queue.hpp"

#include "thread_scope.hpp"

#include <corokit/detail/io/io_driver.hpp>

#include <chrono>
#include <utility>

namespace corokit::detail {

GlobalQueueExecutor::GlobalQueueExecutor(std::uint32_t workers, ExecutorOptions options)
    : Executor(std::move(options)),
      blocking_(*this, this->options(), workers),
      wheel_(kTickShift, Clock::now()) {
  for (std::uint32_t i = 0; i < workers; ++i) {
    workers_.emplace_back(std::make_unique<Worker>(*this, i));
  }
  try {
    for (auto& worker : workers_) worker->thread = std::thread([this, &self = *worker] { work(self); });
  } catch (...) {
    stop_workers();
    join_workers();
    throw;
  }
}

void GlobalQueueExecutor::stop_workers() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (polls_) io_if_any()->wake();
  }
  std::size_t started = 0;
  for (auto& worker : workers_) {
    if (!worker->thread.joinable()) continue;
    ++started;
    // Nobody may ever take the place of a thread that blocks, and the function may wait for a task that is to be
    // dropped.
    leave_if_offered(*worker);
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return left_ == started; });
}

void GlobalQueueExecutor::leave_locked(const std::unique_lock<std::mutex>&) {
  ++left_;
  changed_.notify_all();
}

void GlobalQueueExecutor::leave_if_offered(Worker& worker) {
  if (!blocking_.withdraw(worker)) return;
  blocking_.expect_thread();
  leave_locked(std::unique_lock(mutex_));
}

void GlobalQueueExecutor::join_workers() {
  for (auto& worker : workers_)
    if (worker->thread.joinable()) worker->thread.join();
}

GlobalQueueExecutor::~GlobalQueueExecutor() {
  close_handles();
  stop_workers();
  drop_all_tasks();
  end_io();
  // The pool comes last: a job that runs may wait for something that only the end of a task gives.
  blocking_.shutdown();
  join_workers();
  wait_for_handles();
  // Taking the lock waits for a thread that has scheduled a task but has not yet left the lock.
  std::unique_lock lock(mutex_);
}

void GlobalQueueExecutor::drop_all_tasks() {
  Context context;  // it has no timers, so this thread does not count as a worker
  context.scheduler = this;
  EnterContext entered(context);
  tasks().close_and_abort_all();
  while (!is_empty()) {
    std::unique_lock lock(mutex_);
    // If a task is alive and not in the queue, another thread is about to schedule it, or ends it after a
    // block_in_place().
    changed_.wait(lock, [this] { return !queue_.empty() || is_empty(); });
    TaskHeader* task = queue_.pop();
    lock.unlock();
    if (task) drop_task(*task, context);
  }
}

void GlobalQueueExecutor::schedule(TaskHeader& task) noexcept {
  // All of this is under the lock: once another thread sees the task, a shutdown may complete and destroy this object.
  std::unique_lock lock(mutex_);
  (current_place(*this) ? local_schedules_ : remote_schedules_).add();
  queue_.push(task);
  changed_.notify_one();
  wake_poller();
}

/// Wakes the worker that polls, unless a sleeper can take the next task. If all sleepers were notified of other tasks
/// before, the one that takes the task before this one calls it again.
void GlobalQueueExecutor::wake_poller() noexcept {
  if (sleepers_ == 0 && polls_) io_if_any()->wake();
}

void GlobalQueueExecutor::timer_added() noexcept {
  // This wakes all workers. If it woke only one, that one might take a task, and no sleeper would know of the timer.
  std::unique_lock lock(mutex_);
  changed_.notify_all();
  if (polls_) io_if_any()->wake();
}

void GlobalQueueExecutor::advance_timers() noexcept {
  const auto next = wheel_.approx_next();
  if (!next) return;
  const Instant now = Clock::now();
  if (*next > now) return;
  WakeBatch batch;
  coalescing_.fired(wheel_.advance(now, batch), now);
}

void GlobalQueueExecutor::work(Worker& self) {
  const ThreadScope scope(options(), self.index);
  if (!run_tasks(self)) blocking_.serve();
}

void GlobalQueueExecutor::stand_in(BlockingJob& worker, bool cancelled) noexcept {
  if (cancelled) return;
  auto& self = static_cast<Worker&>(worker);
  self.counts.turns.add();  // the turn that the other thread is in, and does not count
  if (self.executor.run_tasks(self)) self.executor.blocking_.expect_thread();
}

void GlobalQueueExecutor::hand_over(Context& thread) {
  WorkerPlace* const place = std::exchange(static_cast<WorkerContext&>(thread).place, nullptr);
  if (!place) return;  // another thread has it since an earlier block_in_place() of this turn
  auto& self = static_cast<Worker&>(*place);
  blocking_.offer(self);
  std::unique_lock lock(mutex_);
  // If not, stop_workers() finds the offer.
  const bool must_leave = stopping_;
  lock.unlock();
  if (must_leave) leave_if_offered(self);
}

void GlobalQueueExecutor::take_back(Context& thread) noexcept {
  auto& context = static_cast<WorkerContext&>(thread);
  if (blocking_.withdraw(context.home)) context.place = &context.home;
}

void GlobalQueueExecutor::end_turn_elsewhere(TaskHeader& task, TurnEnd end) {
  if (end == TurnEnd::again) schedule(task);
  const std::unique_lock lock(mutex_);
  if (stopping_) changed_.notify_all();  // the destructor may wait for the end of the task
}

bool GlobalQueueExecutor::run_tasks(Worker& self) {
  use_precise_timers();
  WorkerContext context(*this, wheel_, self);
  EnterContext entered(context);
  for (;;) {
    advance_timers();
    bool must_hand_over = false;
    if (++self.ticks % kFairnessInterval == 0) {
      context.look_soon();
      WakeBatch batch;
      if (IoDriver* io = io_if_any()) must_hand_over = io->look(batch);
    }
    std::unique_lock lock(mutex_);
    if (must_hand_over)
      changed_.notify_one();  // under the lock: the sleeper that is to poll may be about to wait
    if (stopping_) {
      leave_locked(lock);
      return true;
    }
    TaskHeader* task = queue_.pop();
    if (!task) {
      sleep(self, lock);
      context.look_soon();
      continue;
    }
    if (!queue_.empty()) wake_poller();
    lock.unlock();
    const TurnEnd end = run_turn(*task, context);
    if (!context.place) {
      end_turn_elsewhere(*task, end);
      return false;
    }
    self.counts.add(end, context.budget_left);
    if (end != TurnEnd::again) continue;
    // This push needs no notification: this worker takes the next task itself, and that task's push woke a worker.
    lock.lock();
    queue_.push(*task);
  }
}

void GlobalQueueExecutor::sleep(Worker& self, std::unique_lock<std::mutex>& lock) {
  self.parks.add();
  // A thread that adds a timer after this look has to wait for the lock, and so notifies when this worker sleeps.
  const auto next = coalescing_.wake_for(wheel_.approx_next());
  // io_began() waits for the lock as well.
  if (IoDriver* io = io_if_any(); io && io->begin_poll()) {
    polls_ = true;
    lock.unlock();
    WakeBatch batch;
    io->poll(time_until(next), batch);
    lock.lock();
    polls_ = false;
    io->end_poll();  // under the lock, so that polls_ is about this worker until here
    lock.unlock();
    return;
  }
  ++sleepers_;
  if (next)
    changed_.wait_until(lock, std::chrono::steady_clock::time_point(next->time_since_epoch()));
  else
    changed_.wait(lock);
  --sleepers_;
}

void GlobalQueueExecutor::measure(RuntimeMetrics& metrics) const {
  blocking_.measure(metrics);
  const std::unique_lock lock(mutex_);
  metrics.shared_queue_depth = queue_.size();
  metrics.remote_schedules = remote_schedules_.get();
  for (const auto& worker : workers_)
    metrics.workers.emplace_back(worker->counts.measure()).parks = worker->parks.get();
  // The counts are shared by all workers, so the first entry stands for all of them.
  metrics.workers.front().local_schedules = local_schedules_.get();
}

}  // namespace corokit::detail
