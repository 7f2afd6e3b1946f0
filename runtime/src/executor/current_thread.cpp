#include "current_thread.hpp"

#include <corokit/detail/io/io_driver.hpp>
#include <corokit/join_handle.hpp>

#include <utility>

namespace corokit::detail {

CurrentThreadExecutor::CurrentThreadExecutor(ExecutorOptions options)
    : Executor(std::move(options)),
      blocking_(*this, this->options(), 0),
      wheel_(kTickShift, Clock::now(), TimerWheel::Users::one_thread) {
  context_.scheduler = this;
  context_.timers = &wheel_;
  context_.forks = &forks_;
}

CurrentThreadExecutor::~CurrentThreadExecutor() {
  close_handles();
  tasks().close_and_abort_all();
  // A blocking job may be inside block_on(), and be the driver. It stops driving when its task ends.
  if (become_driver(nullptr)) drive([this] { return is_empty(); });
  stop_driving();
  end_io();
  // The pool comes last: a job that runs may wait for something that only the end of a task gives.
  EnterContext entered(context_);
  blocking_.shutdown();
  wait_for_handles();
}

bool CurrentThreadExecutor::is_driver() const noexcept {
  return current_context() == &context_;
}

void CurrentThreadExecutor::schedule(TaskHeader& task) noexcept {
  schedule_all(task, task, 1);
}

void CurrentThreadExecutor::schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept {
  TaskQueue tasks(first, last, count);
  if (is_driver()) {
    local_schedules_.add(count);
    return queue_.append(tasks);
  }
  // All of this is under the lock: once the driver can see a task, a shutdown may complete and destroy this object.
  Locked locked(inbox_lock_);
  inbox_.append(tasks);
  remote_schedules_.add(count);
  // Relaxed: unpark() publishes the flag to a driver that sleeps; a driver that runs looks again soon.
  inbox_filled_.store(true, std::memory_order_relaxed);
  unpark();
}

void CurrentThreadExecutor::unpark() noexcept {
  if (parker_.unpark()) io_if_any()->wake();
}

void CurrentThreadExecutor::take_inbox() noexcept {
  if (!inbox_filled_.load(std::memory_order_relaxed)) return;
  Locked locked(inbox_lock_);
  inbox_filled_.store(false, std::memory_order_relaxed);
  queue_.append(inbox_);
}

void CurrentThreadExecutor::advance_timers() noexcept {
  const Instant now = Clock::now();
  WakeBatch batch;
  coalescing_.fired(wheel_.advance(now, batch), now);
}

TaskHeader* CurrentThreadExecutor::next_task() noexcept {
  if (++ticks_ % kFairnessInterval == 0) {
    context_.look_soon();
    take_inbox();
    advance_timers();
    look_at_io();
    if (TaskHeader* task = forks_.take_rested()) return task;  // the queue may never be empty
  }
  if (TaskHeader* task = queue_.pop()) return task;
  return forks_.pop();
}

template <class Done>
void CurrentThreadExecutor::drive(Done done) {
  EnterContext entered(context_);
  context_.look_soon();
  while (!done()) {
    if (TaskHeader* task = next_task()) {
      const TurnEnd end = run_turn(*task, context_);
      counts_.add(end, context_.budget_left);
      if (end == TurnEnd::again) queue_.push(*task);
      continue;
    }
    take_inbox();
    advance_timers();
    if (!queue_.empty()) continue;
    sleep();
    context_.look_soon();
  }
}

void CurrentThreadExecutor::look_at_io() noexcept {
  WakeBatch batch;
  if (IoDriver* io = io_if_any()) static_cast<void>(io->look(batch));  // no other thread would poll
}

/// Sleeps until an unpark(), the next timer, or an event.
void CurrentThreadExecutor::sleep() noexcept {
  parks_.add();
  const std::int64_t limit = time_until(coalescing_.wake_for(wheel_.approx_next()));
  IoDriver* const io = io_if_any();
  if (!io) return static_cast<void>(parker_.park(limit));
  WakeBatch batch;
  if (!parker_.begin_elsewhere()) return;
  // The only other thread that polls is one that drove before, and it has stopped.
  static_cast<void>(io->begin_poll());
  io->poll(limit, batch);
  io->end_poll();
  parker_.end_elsewhere();
}

bool CurrentThreadExecutor::become_driver(const TaskHeader* task) {
  std::unique_lock lock(driver_mutex_);
  driver_changed_.wait(lock, [&] { return !has_driver_ || (task && task->is_over()); });
  return !std::exchange(has_driver_, true);
}

void CurrentThreadExecutor::stop_driving() noexcept {
  const std::lock_guard lock(driver_mutex_);
  has_driver_ = false;
  driver_changed_.notify_all();
}

void CurrentThreadExecutor::wait_for(TaskHeader& task) {
  DriverWaiter waiter(*this);
  if (!register_join(task, waiter)) return;
  const bool drives = become_driver(&task);
  unregister_join(task, waiter);
  if (!drives) return;
  use_precise_timers();
  drive([&task] { return task.is_complete(); });
  stop_driving();
}

void CurrentThreadExecutor::measure(RuntimeMetrics& metrics) const {
  blocking_.measure(metrics);
  metrics.remote_schedules = remote_schedules_.get();
  {
    Locked locked(inbox_lock_);
    metrics.shared_queue_depth = inbox_.size();
  }
  WorkerMetrics& worker = metrics.workers.emplace_back(counts_.measure());
  worker.local_schedules = local_schedules_.get();
  worker.parks = parks_.get();
}

void CurrentThreadExecutor::DriverWaiter::wake(JoinWaiter& waiter, WakeBatch&) noexcept {
  CurrentThreadExecutor& executor = static_cast<DriverWaiter&>(waiter).executor_;
  const std::lock_guard lock(executor.driver_mutex_);
  executor.driver_changed_.notify_all();
}

}  // namespace corokit::detail
