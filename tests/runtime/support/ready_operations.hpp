#pragma once
// Every public awaitable in a state in which it is over at once: what the tests of the budget play.
#include <corokit/fork_join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/ordered.hpp>
#include <corokit/pin.hpp>
#include <corokit/scope.hpp>
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
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace corokit::test {

inline constinit TaskLocal<int> ready_number;

/// Primitives in a state in which none of the operations below waits. Each operation may be made once.
struct ReadyPrimitives {
  static Task<int> one() { co_return 1; }

  Semaphore semaphore{8};
  std::shared_ptr<Semaphore> shared_semaphore = std::make_shared<Semaphore>(8);
  Mutex<int> mutex{1};
  RwLock<int> read_lock{1};
  RwLock<int> write_lock{1};
  Notify notify;
  Mutex<int> guarded{1};
  Condition condition;
  Barrier barrier{1};
  OnceCell<int> empty_cell;
  OnceCell<int> full_cell{1};
  SetOnce<int> set_once;
  CancellationToken cancelled;
  mpsc::Channel<int> channel = mpsc::channel<int>(8);
  mpsc::Channel<int> closed_channel = mpsc::channel<int>(8);
  oneshot::Channel<int> answered = oneshot::channel<int>();
  oneshot::Channel<int> unheard = oneshot::channel<int>();
  broadcast::Channel<int> broadcast = broadcast::channel<int>(4);
  broadcast::Sender<int> unheard_broadcast = broadcast::channel<int>(4).tx;
  watch::Channel<int> watch = watch::channel(0);
  watch::Sender<int> unheard_watch = watch::channel(0).tx;
  Interval interval = corokit::interval(std::chrono::seconds(1));
  RateLimiter limiter{1, std::chrono::hours(1), 8};
  JoinHandle<int> handle;
  JoinSet<int> set;
  FuturesUnordered<Task<int>> futures;
  FuturesOrdered<Task<int>> ordered;
  DelayQueue<int> delayed;
  TaskTracker tracker;
  Pinned<Task<int>> pinned = pin(one());

  /// `ended`: a task that is over.
  explicit ReadyPrimitives(JoinHandle<int> ended, JoinHandle<int> ended_too) : handle(std::move(ended)) {
    notify.notify_one();
    static_cast<void>(set_once.set(1));
    cancelled.cancel();
    static_cast<void>(channel.tx.try_send(1));
    closed_channel.rx.close();
    static_cast<void>(std::move(answered.tx).send(1));
    unheard.rx.close();
    static_cast<void>(broadcast.tx.send(1));
    watch.tx.send_replace(1);
    set.insert(std::move(ended_too));
    futures.push(one());
    ordered.push(one());
    delayed.insert(1, -std::chrono::seconds(1));
    tracker.close();
  }
  ReadyPrimitives(const ReadyPrimitives&) = delete;
  ReadyPrimitives& operator=(const ReadyPrimitives&) = delete;
};

/// Calls `visit(name, make)` for each public awaitable: `make(primitives)` makes one that is over at once.
/// One is left out, unconstrained(), which never gives way.
template <class Visitor>
void for_each_ready_operation(Visitor visit) {
  using P = ReadyPrimitives;
  visit("Semaphore::acquire", [](P& p) { return p.semaphore.acquire(); });
  visit("Semaphore::acquire_many", [](P& p) { return p.semaphore.acquire_many(3); });
  visit("Semaphore::acquire_owned", [](P& p) { return Semaphore::acquire_owned(p.shared_semaphore); });
  visit("Mutex::lock", [](P& p) { return p.mutex.lock(); });
  visit("RwLock::read", [](P& p) { return p.read_lock.read(); });
  visit("RwLock::write", [](P& p) { return p.write_lock.write(); });
  visit("Notify::notified", [](P& p) { return p.notify.notified(); });
  visit("Condition::wait",
        [](P& p) { return p.condition.wait(*p.guarded.try_lock(), [](int value) { return value == 1; }); });
  visit("Barrier::wait", [](P& p) { return p.barrier.wait(); });
  visit("OnceCell::get_or_init, empty", [](P& p) { return p.empty_cell.get_or_init(&P::one); });
  visit("OnceCell::get_or_init, full", [](P& p) { return p.full_cell.get_or_init(&P::one); });
  visit("SetOnce::wait", [](P& p) { return p.set_once.wait(); });
  visit("CancellationToken::cancelled", [](P& p) { return p.cancelled.cancelled(); });
  visit("mpsc::Sender::send", [](P& p) { return p.channel.tx.send(2); });
  visit("mpsc::Sender::reserve", [](P& p) { return p.channel.tx.reserve(); });
  visit("mpsc::Sender::reserve_many", [](P& p) { return p.channel.tx.reserve_many(2); });
  visit("mpsc::Sender::closed", [](P& p) { return p.closed_channel.tx.closed(); });
  visit("mpsc::Receiver::recv", [](P& p) { return p.channel.rx.recv(); });
  visit("oneshot::Receiver", [](P& p) { return std::move(p.answered.rx); });
  visit("oneshot::Sender::closed", [](P& p) { return p.unheard.tx.closed(); });
  visit("broadcast::Receiver::recv", [](P& p) { return p.broadcast.rx.recv(); });
  visit("broadcast::Sender::closed", [](P& p) { return p.unheard_broadcast.closed(); });
  visit("watch::Receiver::changed", [](P& p) { return p.watch.rx.changed(); });
  visit("watch::Receiver::wait_for",
        [](P& p) { return p.watch.rx.wait_for([](int value) { return value == 1; }); });
  visit("watch::Sender::closed", [](P& p) { return p.unheard_watch.closed(); });
  visit("sleep", [](P&) { return sleep(std::chrono::seconds(0)); });
  visit("Interval::tick", [](P& p) { return p.interval.tick(); });
  visit("RateLimiter::acquire", [](P& p) { return p.limiter.acquire(3); });
  visit("consume_budget", [](P&) { return consume_budget(); });
  visit("JoinHandle", [](P& p) { return std::move(p.handle); });
  visit("JoinSet::join_next", [](P& p) { return p.set.join_next(); });
  visit("FuturesUnordered::next", [](P& p) { return p.futures.next(); });
  visit("FuturesOrdered::next", [](P& p) { return p.ordered.next(); });
  visit("DelayQueue::next", [](P& p) { return p.delayed.next(); });
  visit("TaskTracker::wait", [](P& p) { return p.tracker.wait(); });
  visit("scope", [](P&) { return scope([](Scope&) -> Task<int> { co_return 1; }); });
  visit("fork_join", [](P&) { return fork_join(P::one()); });
  visit("TaskLocal::with", [](P&) { return ready_number.with(1, P::one()); });
  visit("Task", [](P&) { return P::one(); });
}

}  // namespace corokit::test
