#pragma once
// Every public awaitable in a state in which it waits: what the tests of TaskDump play.
#include <corokit/fork_join.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/join_map.hpp>
#include <corokit/join_set.hpp>
#include <corokit/ordered.hpp>
#include <corokit/pin.hpp>
#include <corokit/scope.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/task_local.hpp>
#include <corokit/task_tracker.hpp>
#include <corokit/time/delay_queue.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/unordered.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gate.hpp"

namespace corokit::test {

inline constinit TaskLocal<int> pending_number;

/// Primitives in a state in which each of the operations below waits, for ever or for an hour. Each operation
/// may be made once. They belong to the task that waits.
struct PendingPrimitives {
  /// The gate outlives the spawned tasks that wait there.
  static Task<int> wait_at(std::shared_ptr<Gate> gate) {
    co_await gate->wait();
    co_return 1;
  }
  Task<int> never() const { return wait_at(gate); }
  static Task<Result<int, int>> never_a_result(Gate* gate) {
    co_await gate->wait();
    co_return 1;
  }

  const std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  Semaphore semaphore{0};
  std::shared_ptr<Semaphore> shared_semaphore = std::make_shared<Semaphore>(0);
  Mutex<int> mutex{1};
  MutexGuard<int> mutex_guard = *mutex.try_lock();
  RwLock<int> lock{1};
  RwLockWriteGuard<int> lock_guard = *lock.try_write();
  Notify notify;
  Mutex<int> guarded{1};
  Mutex<int> guarded_too{1};
  Condition condition;
  Barrier barrier{2};
  OnceCell<int> cell;
  SetOnce<int> set_once;
  CancellationToken token;
  mpsc::Channel<int> empty = mpsc::channel<int>(1);
  mpsc::Channel<int> empty_too = mpsc::channel<int>(1);
  std::vector<int> messages;
  mpsc::Channel<int> full = mpsc::channel<int>(1);
  oneshot::Channel<int> unanswered = oneshot::channel<int>();
  oneshot::Channel<int> heard = oneshot::channel<int>();
  broadcast::Channel<int> broadcast = broadcast::channel<int>(4);
  watch::Channel<int> watch = watch::channel(0);
  watch::Channel<int> watch_too = watch::channel(0);
  Interval interval{interval_at(now() + std::chrono::hours(1), std::chrono::hours(1))};
  RateLimiter limiter{1, std::chrono::hours(1), 1};
  Sleep sleep_object{std::chrono::hours(1)};
  JoinHandle<int> handle = spawn(never());
  JoinSet<int> set;
  JoinMap<int, int> map;
  FuturesUnordered<Task<int>> futures;
  FuturesOrdered<Task<int>> ordered;
  DelayQueue<int> delayed;
  TaskTracker tracker;
  Pinned<Task<int>> pinned = pin(never());

  PendingPrimitives() {
    static_cast<void>(full.tx.try_send(1));
    set.spawn(never());
    map.spawn(1, never());
    futures.push(never());
    ordered.push(never());
    delayed.insert(1, std::chrono::hours(1));
    static_cast<void>(limiter.try_acquire());
    tracker.close();
    token_of_tracker = tracker.token();
  }
  PendingPrimitives(const PendingPrimitives&) = delete;
  PendingPrimitives& operator=(const PendingPrimitives&) = delete;
  ~PendingPrimitives() = default;

  std::optional<TaskTracker::Token> token_of_tracker;
};

/// Calls `visit(name, make)` for each public awaitable: `make(primitives)` makes one that waits, and `name`
/// is where.
template <class Visitor>
void for_each_pending_operation(Visitor visit) {
  using P = PendingPrimitives;
  visit("Semaphore::acquire", [](P& p) { return p.semaphore.acquire(); });
  visit("Semaphore::acquire", [](P& p) { return p.semaphore.acquire_many(3); });
  visit("Semaphore::acquire", [](P& p) { return Semaphore::acquire_owned(p.shared_semaphore); });
  visit("Mutex::lock", [](P& p) { return p.mutex.lock(); });
  visit("RwLock::read", [](P& p) { return p.lock.read(); });
  visit("RwLock::write", [](P& p) { return p.lock.write(); });
  visit("Notify::notified", [](P& p) { return p.notify.notified(); });
  visit("Condition::wait", [](P& p) { return p.condition.wait(*p.guarded.try_lock()); });
  visit("Condition::wait",
        [](P& p) { return p.condition.wait(*p.guarded_too.try_lock(), [](int) { return false; }); });
  visit("Barrier::wait", [](P& p) { return p.barrier.wait(); });
  visit("SetOnce::wait", [](P& p) { return p.set_once.wait(); });
  visit("CancellationToken::cancelled", [](P& p) { return p.token.cancelled(); });
  visit("mpsc::Sender::send", [](P& p) { return p.full.tx.send(2); });
  visit("mpsc::Sender::reserve", [](P& p) { return p.full.tx.reserve(); });
  visit("mpsc::Sender::reserve", [](P& p) { return p.full.tx.reserve_many(1); });
  visit("mpsc::Sender::closed", [](P& p) { return p.full.tx.closed(); });
  visit("mpsc::Receiver::recv", [](P& p) { return p.empty.rx.recv(); });
  visit("mpsc::Receiver::recv_many", [](P& p) { return p.empty_too.rx.recv_many(p.messages, 4); });
  visit("oneshot::Receiver", [](P& p) { return std::move(p.unanswered.rx); });
  visit("oneshot::Sender::closed", [](P& p) { return p.heard.tx.closed(); });
  visit("broadcast::Receiver::recv", [](P& p) { return p.broadcast.rx.recv(); });
  visit("Sender::closed", [](P& p) { return p.broadcast.tx.closed(); });
  visit("watch::Receiver::changed", [](P& p) { return p.watch.rx.changed(); });
  visit("watch::Receiver::wait_for",
        [](P& p) { return p.watch_too.rx.wait_for([](int value) { return value == 1; }); });
  visit("Sender::closed", [](P& p) { return p.watch.tx.closed(); });
  visit("sleep", [](P&) { return sleep(std::chrono::hours(1)); });
  visit("sleep", [](P& p) { return p.sleep_object; });
  visit("Interval::tick", [](P& p) { return p.interval.tick(); });
  visit("RateLimiter::acquire", [](P& p) { return p.limiter.acquire(1); });
  visit("JoinHandle", [](P& p) { return std::move(p.handle); });
  visit("JoinSet::join_next", [](P& p) { return p.set.join_next(); });
  visit("JoinMap::join_next", [](P& p) { return p.map.join_next(); });
  visit("FuturesUnordered::next", [](P& p) { return p.futures.next(); });
  visit("FuturesOrdered::next", [](P& p) { return p.ordered.next(); });
  visit("DelayQueue::next", [](P& p) { return p.delayed.next(); });
  visit("TaskTracker::wait", [](P& p) { return p.tracker.wait(); });
  visit("select", [](P& p) { return select(p.gate->wait(), p.never()); });
  visit("join", [](P& p) { return join(p.gate->wait(), p.never()); });
  visit("try_join",
        [](P& p) { return try_join(P::never_a_result(p.gate.get()), P::never_a_result(p.gate.get())); });
  visit("join_all", [](P& p) {
    std::vector<Task<int>> all;
    all.push_back(p.never());
    return join_all(std::move(all));
  });
  visit("try_join_all", [](P& p) {
    std::vector<Task<Result<int, int>>> all;
    all.push_back(P::never_a_result(p.gate.get()));
    return try_join_all(std::move(all));
  });
  visit("timeout", [](P& p) { return timeout(std::chrono::hours(1), p.never()); });
  visit("Pinned", [](P& p) { return p.pinned.operator co_await(); });
  visit("unconstrained", [](P& p) { return unconstrained(p.never()); });
  visit("TaskLocal::with", [](P& p) { return pending_number.with(1, p.never()); });
}

/// The awaitables that are coroutines: where a task waits that awaits one of them.
template <class Visitor>
void for_each_pending_coroutine(Visitor visit) {
  using P = PendingPrimitives;
  visit("Gate::wait", [](P& p) -> Task<void> { co_await p.cell.get_or_init([&p] { return p.never(); }); });
  visit("Gate::wait", [](P& p) -> Task<void> { co_await fork_join(p.never(), p.never()); });
  visit("fork_join", [](P& p) -> Task<void> {
    const auto over = []() -> Task<void> { co_return; };
    co_await fork_join(over(), p.never());
  });
  visit("scope", [](P& p) -> Task<void> {
    co_await scope([&p](Scope&) -> Task<int> { co_return co_await p.never(); });
  });
}

}  // namespace corokit::test
