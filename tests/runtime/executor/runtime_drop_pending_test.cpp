// Drops a runtime whose tasks wait in every way that a task can.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
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
#include <corokit/time/interval.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;

/// One of each primitive, in the state in which other tasks have to wait for it.
struct Primitives {
  Semaphore semaphore{1};
  Mutex<int> mutex{0};
  RwLock<int> read_locked{0};
  RwLock<int> write_locked{0};
  Notify notify;
  Mutex<int> guarded{0};
  Condition condition;
  Barrier barrier{1000};
  OnceCell<int> cell;
  SetOnce<int> once;
  CancellationToken token;
  mpsc::Channel<int> full = mpsc::channel<int>(1);
  mpsc::Channel<int> empty = mpsc::channel<int>(1);
  mpsc::UnboundedChannel<int> unbounded = mpsc::unbounded_channel<int>();
  oneshot::Channel<int> unsent = oneshot::channel<int>();
  oneshot::Channel<int> open = oneshot::channel<int>();
  broadcast::Channel<int> broadcast = broadcast::channel<int>(2);
  watch::Channel<int> watch = watch::channel<int>(0);
  RateLimiter limiter{1, 24h, 1};

  Primitives() {
    static_cast<void>(full.tx.try_send(0));
    static_cast<void>(limiter.try_acquire());
  }
};
using Shared = std::shared_ptr<Primitives>;

/// Awaits the result of `make(primitives)`, for ever.
template <class Make>
Task<void> wait_for(Make make, Shared primitives, Counted) {
  static_cast<void>(co_await make(*primitives));
}

/// Takes the permit and the locks that the other tasks wait for, and keeps them.
Task<void> hold_everything(Shared primitives, std::atomic<bool>* holds, Counted counted) {
  const auto permit = co_await primitives->semaphore.acquire();
  const auto guard = co_await primitives->mutex.lock();
  const auto read = co_await primitives->read_locked.read();
  const auto write = co_await primitives->write_locked.write();
  auto make = [holds, counted]() -> Task<int> {
    holds->store(true);
    co_await sleep(24h);
    co_return 1;
  };
  co_await primitives->cell.get_or_init(make);
}

Task<int> nap(Counted) {
  co_await sleep(24h);
  co_return 1;
}

Task<void> nap_periodically(Counted) {
  Interval every = interval(24h);
  for (;;) co_await every.tick();
}

Task<void> collect(Counted counted) {
  FuturesUnordered<Task<int>> futures;
  JoinSet<int> set;
  for (int i = 0; i < 5; ++i) {
    futures.push(nap(counted));
    set.spawn(nap(counted));
  }
  auto handle = spawn(nap(counted));
  co_await select(join(nap(counted), nap(counted)), futures.next(), set.join_next(), handle,
                  timeout(24h, nap(counted)));
}

Task<void> yield_for_ever(bool computes, Counted) {
  for (;;) {
    if (computes) {
      co_await consume_budget();
    } else {
      co_await yield_now();
    }
  }
}

/// Spawns a task for each way to wait. Returns: the number of tasks.
template <class Spawn>
int spawn_all(const Shared& primitives, const Counted& counted, Spawn spawn_task) {
  int count = 0;
  const auto wait = [&](auto make) {
    spawn_task(wait_for(make, primitives, counted));
    ++count;
  };
  wait([](Primitives& at) { return at.semaphore.acquire(); });
  wait([](Primitives& at) { return at.semaphore.acquire_many(1); });
  wait([](Primitives& at) { return at.mutex.lock(); });
  wait([](Primitives& at) { return at.read_locked.write(); });
  wait([](Primitives& at) { return at.read_locked.read(); });  // behind a writer
  wait([](Primitives& at) { return at.write_locked.read(); });
  wait([](Primitives& at) { return at.write_locked.write(); });
  wait([](Primitives& at) { return at.notify.notified(); });
  wait([](Primitives& at) { return at.condition.wait(*at.guarded.try_lock()); });
  wait([](Primitives& at) { return at.barrier.wait(); });
  wait([](Primitives& at) { return at.once.wait(); });
  wait([](Primitives& at) { return at.token.cancelled(); });
  wait([](Primitives& at) { return at.full.tx.send(1); });
  wait([](Primitives& at) { return at.full.tx.reserve(); });
  wait([](Primitives& at) { return at.full.tx.closed(); });
  wait([](Primitives& at) { return at.empty.rx.recv(); });
  wait([](Primitives& at) { return at.unbounded.rx.recv(); });
  wait([](Primitives& at) { return at.unsent.rx.operator co_await(); });
  wait([](Primitives& at) { return at.open.tx.closed(); });
  wait([](Primitives& at) { return at.broadcast.rx.recv(); });
  wait([](Primitives& at) { return at.broadcast.tx.closed(); });
  wait([](Primitives& at) { return at.watch.rx.changed(); });
  wait([](Primitives& at) { return at.watch.tx.closed(); });
  wait([](Primitives& at) { return at.cell.get_or_init([]() -> Task<int> { co_return 2; }); });
  wait([](Primitives&) { return sleep(24h); });
  wait([](Primitives& at) { return at.limiter.acquire(); });  // for a timer
  wait([](Primitives& at) { return at.limiter.acquire(); });  // in the queue
  spawn_task(nap_periodically(counted));
  spawn_task(collect(counted));
  spawn_task(yield_for_ever(false, counted));
  spawn_task(yield_for_ever(true, counted));
  return count + 4;
}

class RuntimeDropOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeDropOn);

TEST_P(RuntimeDropOn, EndsTasksPendingInEveryAwaitable) {
  // The primitives either outlive the tasks or are kept alive by their frames alone.
  for (const bool outlives : {false, true}) {
    Census census;
    std::atomic<bool> holds{false};
    auto primitives = std::make_shared<Primitives>();
    {
      Runtime runtime = make();
      runtime.spawn(hold_everything(primitives, &holds, Counted(census))).detach();
      test::run_until(runtime, [&] { return holds.load(); });
      const int waiting = spawn_all(primitives, Counted(census),
                                    [&runtime](Task<void> task) { runtime.spawn(std::move(task)).detach(); });
      EXPECT_GE(waiting, 31);
      if (!outlives) primitives.reset();
      test::run_until(runtime, [&, settle = 0]() mutable { return ++settle > 20; });
    }
    EXPECT_EQ(census.alive, 0);
    if (!outlives) continue;
    EXPECT_EQ(primitives.use_count(), 1);
    EXPECT_EQ(primitives->semaphore.available_permits(), 1U);
    EXPECT_TRUE(primitives->mutex.try_lock());
    EXPECT_TRUE(primitives->guarded.try_lock());
    EXPECT_TRUE(primitives->read_locked.try_write());
    EXPECT_TRUE(primitives->write_locked.try_write());
  }
}

TEST(SimulationDrop, EndsTasksPendingInEveryAwaitable) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Census census;
    std::atomic<bool> holds{false};
    auto primitives = std::make_shared<Primitives>();
    {
      sim::Simulation simulation({.seed = seed});
      simulation.spawn(hold_everything(primitives, &holds, Counted(census))).detach();
      simulation.settle();
      EXPECT_TRUE(holds.load());
      spawn_all(primitives, Counted(census),
                [&](Task<void> task) { simulation.spawn(std::move(task)).detach(); });
      primitives.reset();
      for (std::uint64_t step = 0; step < 3 * seed; ++step) simulation.step();
    }
    ASSERT_EQ(census.alive, 0);
  }
}

}  // namespace
}  // namespace corokit
