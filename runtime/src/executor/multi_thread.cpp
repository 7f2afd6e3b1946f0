#include "multi_thread.hpp"

#include "thread_scope.hpp"

#include <corokit/detail/io/io_driver.hpp>

#include <array>
#include <utility>

namespace corokit::detail {
namespace {

constexpr std::uint32_t kLifoStreak = 3;   // turns in a row from the LIFO slot, before the ring gets one
constexpr std::size_t kSharedBatch = 128;  // the most tasks that move from the shared queue at once
// A worker that slept for less than kShortSleep spins kSpins times before it sleeps again.
constexpr Duration kShortSleep = std::chrono::microseconds(50);
constexpr std::uint32_t kSpins = kModel ? 2 : 16;
constexpr Duration kMonitorInterval = std::chrono::milliseconds(5);

}  // namespace

Worker::Worker(MultiThreadExecutor& of, std::uint32_t number)
    : WorkerPlace(number, &MultiThreadExecutor::stand_in), wheel(kTickShift, Clock::now()), executor(of) {}

MultiThreadExecutor::MultiThreadExecutor(std::uint32_t workers, ExecutorOptions options)
    : Executor(std::move(options)), blocking_(*this, this->options(), workers), idle_(workers) {
  for (std::uint32_t i = 0; i < workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(*this, i));
    workers_[i]->seen_ticks.resize(workers);
  }
  std::size_t started = 0;
  try {
    for (; started < workers; ++started)
      workers_[started]->thread = Thread([this, &self = *workers_[started]] { work(self); });
  } catch (...) {
    stop_workers(started);
    join_workers(started);
    throw;
  }
}

void MultiThreadExecutor::stop_workers(std::size_t started) {
  stopping_.store(true, std::memory_order_seq_cst);
  for (std::size_t i = 0; i < started; ++i) {
    unpark(*workers_[i]);
    // Nobody may ever take the place of a thread that blocks, and the function may wait for a task that is to be
    // dropped.
    if (blocking_.withdraw(*workers_[i])) {
      blocking_.expect_thread();
      leave();
    }
  }
  // [left] acquire: sees what the workers did. Pairs with: [left] release in leave().
  while (left_.load(std::memory_order_acquire) < started) shutdown_parker_.park(-1);
}

void MultiThreadExecutor::leave() noexcept {
  left_.fetch_add(1, std::memory_order_release);  // [left]
  shutdown_parker_.unpark();
}

void MultiThreadExecutor::join_workers(std::size_t started) {
  for (std::size_t i = 0; i < started; ++i) workers_[i]->thread.join();
}

MultiThreadExecutor::~MultiThreadExecutor() {
  close_handles();
  stop_workers(workers_.size());
  Context context;  // it has no timers, so this thread does not count as a worker
  context.scheduler = this;
  EnterContext entered(context);
  tasks().close_and_abort_all();
  while (drop_queued(context) || !is_empty()) {
    // If a task is alive and not queued, another thread is about to schedule it, or ends it after a block_in_place().
    if (shared_size_.load(std::memory_order_relaxed) == 0 && !is_empty()) shutdown_parker_.park(-1);
  }
  end_io();
  // The pool comes last: a job that runs may wait for something that only the end of a task gives.
  blocking_.shutdown();
  join_workers(workers_.size());
  wait_for_handles();
  // Taking the lock waits for a thread that has scheduled a task but has not yet left the lock.
  Locked locked(shared_lock_);
}

bool MultiThreadExecutor::drop_queued(Context& context) noexcept {
  bool any = false;
  const auto drop = [&](TaskHeader* task) {
    if (!task) return false;
    drop_task(*task, context);
    return any = true;
  };
  for (auto& worker : workers_) {
    drop(worker->lifo.exchange(nullptr, std::memory_order_acquire));
    while (drop(worker->queue.pop())) {
    }
    while (drop(worker->forks.pop())) {
    }
  }
  TaskQueue taken;
  {
    Locked locked(shared_lock_);
    taken.append(shared_);
    shared_size_.store(0, std::memory_order_relaxed);
  }
  while (drop(taken.pop())) {
  }
  return any;
}

Worker* MultiThreadExecutor::current_worker() const noexcept {
  return static_cast<Worker*>(current_place(*this));
}

void MultiThreadExecutor::schedule(TaskHeader& task) noexcept {
  Worker* self = current_worker();
  if (!self) return schedule_remotely(task, task, 1);
  self->local_schedules.add();
  // [lifo] release: publishes the task to the monitor, which may take it. Pairs with the exchanges that empty the slot.
  // Sequentially consistent, because ensure_monitor() looks for sleepers next, and a worker that goes to sleep looks
  // here last.
  if (TaskHeader* displaced = self->lifo.exchange(&task, std::memory_order_seq_cst)) {
    push_local(*self, *displaced, true);
  } else {
    ensure_monitor();
  }
}

void MultiThreadExecutor::schedule_all(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept {
  Worker* self = current_worker();
  if (!self) return schedule_remotely(first, last, count);
  // Tasks that the ring cannot hold would also move to the shared queue one by one, but only half a ring at a time.
  if (count <= Worker::kQueueCapacity) return Scheduler::schedule_all(first, last, count);
  self->local_schedules.add(count);
  {
    Locked locked(shared_lock_);
    append_shared_locked(locked, TaskQueue(first, last, count));
  }
  wake_one();
}

void MultiThreadExecutor::schedule_remotely(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept {
  // All of this is under the lock: once a worker can see a task, a shutdown may complete and destroy this object.
  Locked locked(shared_lock_);
  append_shared_locked(locked, TaskQueue(first, last, count));
  remote_schedules_.add(count);
  wake_one();
  if (stopping_.load(std::memory_order_relaxed)) shutdown_parker_.unpark();
}

void MultiThreadExecutor::push_local(Worker& self, TaskHeader& task, bool wake) noexcept {
  while (!self.queue.push(task)) {
    std::array<TaskHeader*, Worker::kQueueCapacity / 2> half;
    const std::uint32_t count = self.queue.pop_half(half);
    self.overflows.add();
    TaskQueue moved;
    for (std::uint32_t i = 0; i < count; ++i) moved.push(*half[i]);
    if (count == 0) moved.push(task);  // a thief is making room, and this worker does not wait for it
    Locked locked(shared_lock_);
    append_shared_locked(locked, std::move(moved));
    if (count == 0) break;
  }
  if (wake) wake_one();
}

void MultiThreadExecutor::append_shared_locked(const Locked&, TaskQueue&& tasks) noexcept {
  shared_.append(tasks);
  // Sequentially consistent: the look for sleepers comes next (see Idle).
  shared_size_.store(shared_.size(), std::memory_order_seq_cst);
}

void MultiThreadExecutor::wake_one() noexcept {
  if (const auto worker = idle_.pick_for_work()) unpark(*workers_[*worker]);
}

void MultiThreadExecutor::ensure_monitor() noexcept {
  while (!has_monitor_.load(std::memory_order_seq_cst) && idle_.anybody_sleeps()) {
    if (has_monitor_.exchange(true, std::memory_order_seq_cst)) return;
    if (const auto worker = idle_.pick_monitor()) return unpark(*workers_[*worker]);
    // A worker that saw true may have gone to sleep meanwhile, so the loop looks again.
    has_monitor_.store(false, std::memory_order_seq_cst);
  }
}

TaskHeader* MultiThreadExecutor::take_own(Worker& self) noexcept {
  if (self.lifo.load(std::memory_order_relaxed)) {
    TaskHeader* task = self.lifo.exchange(nullptr, std::memory_order_acq_rel);
    if (task && ++self.lifo_streak <= kLifoStreak) return task;
    self.lifo_streak = 0;
    if (task) push_local(self, *task, false);
  } else {
    self.lifo_streak = 0;
  }
  return self.queue.pop();
}

TaskHeader* MultiThreadExecutor::take_shared(Worker& self) noexcept {
  if (shared_size_.load(std::memory_order_relaxed) == 0) return nullptr;
  Locked locked(shared_lock_);
  TaskHeader* first = shared_.pop();
  // The worker takes a fair share, so that the others find tasks too. If it has tasks of its own, it takes only one:
  // a full ring would move as many tasks back to the shared queue, and each of these moves is a cache miss.
  std::size_t share = 0;
  if (self.queue.approx_empty()) share = std::min(shared_.size() / workers_.size(), kSharedBatch);
  while (share-- > 0) {
    TaskHeader* task = shared_.pop();
    if (self.queue.push(*task)) continue;
    shared_.push(*task);
    break;
  }
  shared_size_.store(shared_.size(), std::memory_order_relaxed);
  return first;
}

TaskHeader* MultiThreadExecutor::steal(Worker& self) noexcept {
  if (!self.searching) self.searching = idle_.begin_search();
  if (!self.searching) return nullptr;
  const auto workers = static_cast<std::uint32_t>(workers_.size());
  const std::uint32_t start = self.rng.below(workers);
  for (std::uint32_t i = 0; i < workers; ++i) {
    Worker& victim = *workers_[(start + i) % workers];
    if (&victim == &self) continue;
    std::uint32_t count;
    TaskHeader* task = victim.queue.steal_into(self.queue, count);
    if (!task && (task = victim.forks.steal())) count = 1;
    if (!task) continue;
    self.steal_operations.add();
    self.stolen_tasks.add(count);
    return task;
  }
  return take_shared(self);
}

TaskHeader* MultiThreadExecutor::next_task(Worker& self) noexcept {
  const std::uint32_t tick = self.ticks.load(std::memory_order_relaxed) + 1;
  self.ticks.store(tick, std::memory_order_relaxed);
  if (tick % kFairnessInterval == 0) {
    current_context()->look_soon();
    advance_timers();
    look_at_io(self);
    if (TaskHeader* task = take_shared(self)) return task;
    if (TaskHeader* task = self.forks.take_rested()) return task;  // the ring may never be empty
  }
  if (TaskHeader* task = take_own(self)) return task;
  if (TaskHeader* task = self.forks.pop()) return task;
  advance_timers();
  if (TaskHeader* task = take_own(self)) return task;
  if (TaskHeader* task = take_shared(self)) return task;
  return steal(self);
}

void MultiThreadExecutor::found_work(Worker& self) noexcept {
  if (self.searching) {
    self.searching = false;
    // A thread that pushed a task while this worker searched may have relied on it. That task is visible here: the push,
    // the pusher's look for searchers, the end of the search and this look have one order. If there is none, as when all
    // that this worker has found is one event, nobody needs to be woken.
    if (idle_.end_search() && any_work()) wake_one();
  }
  if (!std::exchange(self.must_hand_over, false)) return;
  // This worker may now get stuck itself, so another one takes over.
  if (std::exchange(self.is_monitor, false)) has_monitor_.store(false, std::memory_order_seq_cst);
  ensure_monitor();
}

void MultiThreadExecutor::work(Worker& self) {
  const ThreadScope scope(options(), self.index);
  if (!run_tasks(self)) blocking_.serve();
}

void MultiThreadExecutor::stand_in(BlockingJob& worker, bool cancelled) noexcept {
  if (cancelled) return;
  auto& self = static_cast<Worker&>(worker);
  self.counts.turns.add();  // the turn that the other thread is in, and does not count
  if (self.executor.run_tasks(self)) self.executor.blocking_.expect_thread();
}

void MultiThreadExecutor::hand_over(Context& thread) {
  WorkerPlace* const place = std::exchange(static_cast<WorkerContext&>(thread).place, nullptr);
  if (!place) return;  // another thread has it since an earlier block_in_place() of this turn
  auto& self = static_cast<Worker&>(*place);
  thread.forks = nullptr;
  blocking_.offer(self);
  // The lock of the pool orders this load behind the store of a destructor that has looked there before the offer.
  if (!stopping_.load(std::memory_order_seq_cst) || !blocking_.withdraw(self)) return;
  blocking_.expect_thread();
  leave();
}

void MultiThreadExecutor::take_back(Context& thread) noexcept {
  auto& context = static_cast<WorkerContext&>(thread);
  if (!blocking_.withdraw(context.home)) return;
  context.place = &context.home;
  context.forks = &static_cast<Worker&>(context.home).forks;
}

void MultiThreadExecutor::end_turn_elsewhere(TaskHeader& task, TurnEnd end) noexcept {
  if (end == TurnEnd::again) schedule_remotely(task, task, 1);
  shutdown_parker_.unpark();  // the destructor may wait for the end of the task
}

void MultiThreadExecutor::timer_added() noexcept {
  if (current_worker()) return ensure_monitor();
  // The calling thread is in no worker's place, and will not look at the timers. So each worker looks before its next
  // sleep: the parker keeps this.
  for (auto& worker : workers_) unpark(*worker);
}

bool MultiThreadExecutor::run_tasks(Worker& self) {
  use_precise_timers();
  WorkerContext context(*this, self.wheel, self);
  context.forks = &self.forks;
  context.sleepers = &idle_.sleepers();
  EnterContext entered(context);
  while (!stopping_.load(std::memory_order_relaxed)) {
    TaskHeader* task = next_task(self);
    if (!task) {
      if (!spin(self)) {
        sleep(self);
        context.look_soon();
      }
      continue;
    }
    if (self.spins != 0) self.spins = kSpins;
    found_work(self);
    const TurnEnd end = run_turn(*task, context);
    if (!context.place) {
      end_turn_elsewhere(*task, end);
      return false;
    }
    self.counts.add(end, context.budget_left);
    if (end != TurnEnd::again) continue;
    // If this worker has another task to run first, another worker may run this task meanwhile. Relaxed: only the owner
    // fills the slot, and it does no harm if the monitor empties it now.
    const bool others =
        self.lifo.load(std::memory_order_relaxed) || !self.queue.approx_empty() || !self.forks.approx_empty();
    push_local(self, *task, others);
  }
  leave();
  return true;
}

/// Returns: false if the worker has spun enough, and should sleep.
bool MultiThreadExecutor::spin(Worker& self) noexcept {
  constexpr int kPauses = 32;
  if (!self.searching || self.spins == 0 || --self.spins == 0) return false;
  if (io_if_any()) {
    look_at_io(self);
    return true;
  }
  for (int i = 0; i < kPauses; ++i) cpu_relax();
  return true;
}

void MultiThreadExecutor::unpark(Worker& worker) noexcept {
  if (worker.parker.unpark()) io_if_any()->wake();
}

void MultiThreadExecutor::look_at_io(Worker& self) noexcept {
  WakeBatch batch;
  if (IoDriver* io = io_if_any(); io && io->look(batch)) self.must_hand_over = true;
}

/// Sleeps until an unpark() or the given time; until an event as well, if this is the worker that polls.
void MultiThreadExecutor::wait(Worker& self, std::optional<Instant> until, WakeBatch& batch) noexcept {
  // The load comes after this worker counts as sleeping, and io_began() looks for sleepers after the store.
  IoDriver* const io = io_if_any();
  const bool may_poll = io && (!self.is_monitor || self.is_sole_poller);
  if (!may_poll || !io->begin_poll()) return static_cast<void>(self.parker.park(time_until(until)));
  self.must_hand_over = true;
  if (self.parker.begin_elsewhere()) {
    io->poll(time_until(until), batch);
    self.parker.end_elsewhere();
  }
  io->end_poll();
}

void MultiThreadExecutor::sleep(Worker& self) noexcept {
  const auto timer = next_timer();
  auto until = coalescing_.wake_for(timer);
  if (self.is_monitor) until = std::min(until.value_or(Instant::max()), Clock::now() + kMonitorInterval);
  until = idle_.enter(self.index, self.searching, until, self.is_monitor);
  self.searching = false;
  const bool has_polled = std::exchange(self.must_hand_over, until.has_value());
  const bool may = may_sleep(self, timer);
  WakeBatch batch;  // its tasks are scheduled when this worker does not count as sleeping any more
  if (may) {
    self.parks.add();
    const Instant before = Clock::now();
    wait(self, until, batch);
    self.spins = Clock::now() - before < kShortSleep ? kSpins : 0;
  }
  switch (idle_.leave(self.index)) {
    case Idle::WokenBy::work:
      self.searching = true;
      break;
    case Idle::WokenBy::monitor:
      self.is_monitor = self.must_hand_over = true;
      break;
    case Idle::WokenBy::itself:
      if (!may) {
        self.must_hand_over |= has_polled;
        // While this worker still counted as searching, other threads may have pushed several tasks and relied on it:
        // when it has found the first of them, found_work() must wake another worker.
        idle_.resume_search();
        self.searching = true;
      }
      if (self.is_monitor) take_over_from_stuck(self);
      break;
  }
}

/// The last look before sleeping (see Idle): at the queues, at the timers, at the LIFO slots, which need a monitor, and
/// at stopping_, since the destructor wakes each worker only once.
/// Returns: false if the worker must stay awake.
bool MultiThreadExecutor::may_sleep(Worker& self, std::optional<Instant> timer) noexcept {
  if (any_work() || stopping_.load(std::memory_order_seq_cst)) return false;
  if (const auto earlier = next_timer(); earlier && (!timer || *earlier < *timer)) return false;
  for (const auto& other : workers_) {
    if (!other->lifo.load(std::memory_order_seq_cst)) continue;
    if (has_monitor_.load(std::memory_order_seq_cst) ||
        has_monitor_.exchange(true, std::memory_order_seq_cst))
      return true;
    self.is_monitor = self.must_hand_over = true;
    return false;
  }
  return true;
}

void MultiThreadExecutor::take_over_from_stuck(Worker& self) noexcept {
  bool somebody_is_busy = false;
  if (IoDriver* io = io_if_any()) {
    self.is_sole_poller = self.seen_polls == io->polls();
    look_at_io(self);
    self.seen_polls = io->polls();
  }
  for (auto& other : workers_) {
    if (other.get() == &self || idle_.is_sleeping(other->index)) continue;
    somebody_is_busy = true;
    const std::uint32_t ticks = other->ticks.load(std::memory_order_relaxed);
    if (ticks != self.seen_ticks[other->index]) {
      self.seen_ticks[other->index] = ticks;
    } else if (TaskHeader* task = other->lifo.exchange(nullptr, std::memory_order_acq_rel)) {
      push_local(self, *task, false);
    }
  }
  self.is_monitor = somebody_is_busy;
  if (!somebody_is_busy) has_monitor_.store(false, std::memory_order_seq_cst);
}

bool MultiThreadExecutor::any_work() const noexcept {
  if (shared_size_.load(std::memory_order_seq_cst) != 0) return true;
  for (const auto& worker : workers_)
    if (!worker->queue.approx_empty() || !worker->forks.approx_empty()) return true;
  return false;
}

void MultiThreadExecutor::advance_timers() noexcept {
  std::optional<Instant> now;  // the clock is read only if there is a timer
  std::size_t fired = 0;
  WakeBatch batch;
  for (auto& worker : workers_) {
    const auto next = worker->wheel.approx_next();
    if (!next) continue;
    if (!now) now = Clock::now();
    if (*next <= *now) fired += worker->wheel.advance(*now, batch);
  }
  if (fired != 0) coalescing_.fired(fired, *now);
}

std::optional<Instant> MultiThreadExecutor::next_timer() const noexcept {
  std::optional<Instant> first;
  for (const auto& worker : workers_)
    if (const auto next = worker->wheel.approx_next(); next && (!first || *next < *first)) first = next;
  return first;
}

void MultiThreadExecutor::measure(RuntimeMetrics& metrics) const {
  blocking_.measure(metrics);
  metrics.shared_queue_depth = shared_size_.load(std::memory_order_relaxed);
  metrics.remote_schedules = remote_schedules_.get();
  for (const auto& worker : workers_) {
    WorkerMetrics& measured = metrics.workers.emplace_back(worker->counts.measure());
    measured.local_schedules = worker->local_schedules.get();
    measured.overflows = worker->overflows.get();
    measured.steal_operations = worker->steal_operations.get();
    measured.stolen_tasks = worker->stolen_tasks.get();
    measured.parks = worker->parks.get();
    measured.queue_depth = worker->queue.approx_size() + worker->forks.approx_size() +
                           (worker->lifo.load(std::memory_order_relaxed) ? 1 : 0);
  }
}

}  // namespace corokit::detail
