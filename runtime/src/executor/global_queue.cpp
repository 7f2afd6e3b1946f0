#include "global_queue.hpp"

#include "stand_in.hpp"
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
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    worker.scheduler = this;
    worker.timers = &wheel_;
    worker.rng = Rng(i + 1);
    worker.index = i;
  }
  try {
    for (auto& worker : workers_) worker->thread = std::thread([this, &self = *worker] { work(self); });
  } catch (...) {
    stop_workers();
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
  wait_for_handles();
  // Taking the lock waits for a thread that has scheduled a task but has not yet left the lock.
  std::unique_lock lock(mutex_);
}

void GlobalQueueExecutor::drop_all_tasks() {
  Context context;  // it has no timers, so this thread does not count as a worker
  context.scheduler = this;
  EnterContext entered(context);
  tasks().close_and_abort_all();
  while (tasks().approx_size() != 0) {
    std::unique_lock lock(mutex_);
    // If a task is alive and not in the queue, another thread is about to schedule it.
    changed_.wait(lock, [this] { return !queue_.empty(); });
    TaskHeader* task = queue_.pop();
    lock.unlock();
    drop_task(*task, context);
  }
}

void GlobalQueueExecutor::schedule(TaskHeader& task) noexcept {
  // All of this is under the lock: once another thread sees the task, a shutdown may complete and destroy this object.
  std::unique_lock lock(mutex_);
  const Context* context = current_context();
  (context && context->scheduler == this && context->timers ? local_schedules_ : remote_schedules_).add();
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
  work_until(self, [] { return false; });
}

std::shared_ptr<StandIn> GlobalQueueExecutor::hand_over(Context& worker) {
  auto& self = static_cast<Worker&>(worker);
  return StandIn::offer(*this, [this, &self](const StandIn& stand_in) {
    work_until(self, [&stand_in] { return stand_in.must_end(); });
    // A notification of a task may have come to this thread, which does not take the task: it is passed on.
    const std::unique_lock lock(mutex_);
    if (queue_.empty()) return;
    changed_.notify_one();
    wake_poller();
  });
}

void GlobalQueueExecutor::take_back(Context&, StandIn& stand_in) noexcept {
  if (!stand_in.ask_back()) return;
  timer_added();  // wakes all: the other thread looks at must_end() under the lock before it sleeps
  stand_in.wait_until_back();
}

template <class Done>
void GlobalQueueExecutor::work_until(Worker& self, Done done) {
  use_precise_timers();
  EnterContext entered(self);
  for (;;) {
    advance_timers();
    bool must_hand_over = false;
    if (++self.ticks % kFairnessInterval == 0) {
      WakeBatch batch;
      if (IoDriver* io = io_if_any()) must_hand_over = io->look(batch);
    }
    std::unique_lock lock(mutex_);
    if (must_hand_over)
      changed_.notify_one();  // under the lock: the sleeper that is to poll may be about to wait
    if (stopping_ || done()) return;
    TaskHeader* task = queue_.pop();
    if (!task) {
      sleep(self, lock);
      continue;
    }
    if (!queue_.empty()) wake_poller();
    lock.unlock();
    if (run_turn(*task, self) != TurnEnd::again) continue;
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
    metrics.workers.emplace_back(metrics_of(*worker)).parks = worker->parks.get();
  // The counts are shared by all workers, so the first entry stands for all of them.
  metrics.workers.front().local_schedules = local_schedules_.get();
}

}  // namespace corokit::detail
