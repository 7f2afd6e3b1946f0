// A runtime is dropped with a task pending in everything that a task can wait for.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
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
#include "support/runtimes.hpp"
#include "support/settle.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;

/// One of each primitive, in the state in which the others wait.
struct World {
  Semaphore semaphore{1};
  Mutex<int> mutex{0};
  RwLock<int> read_locked{0};
  RwLock<int> write_locked{0};
  Notify notify;
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

  World() { static_cast<void>(full.tx.try_send(0)); }
};
using Shared = std::shared_ptr<World>;

/// Awaits what `make(world)` gives, for ever.
template <class Make>
Task<void> wait_for(Make make, Shared world, Counted) {
  static_cast<void>(co_await make(*world));
}

/// Takes what others wait for, and keeps it.
Task<void> hold_everything(Shared world, std::atomic<bool>* holds, Counted counted) {
  const auto permit = co_await world->semaphore.acquire();
  const auto guard = co_await world->mutex.lock();
  const auto read = co_await world->read_locked.read();
  const auto write = co_await world->write_locked.write();
  auto make = [holds, counted]() -> Task<int> {
    holds->store(true);
    co_await sleep(24h);
    co_return 1;
  };
  co_await world->cell.get_or_init(make);
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

Task<void> give_way(bool computes, Counted) {
  for (;;) {
    if (computes) {
      co_await consume_budget();
    } else {
      co_await yield_now();
    }
  }
}

/// Spawns a task for each way to wait. Returns: how many.
template <class Spawn>
int spawn_all(const Shared& world, const Counted& counted, Spawn spawn_task) {
  int count = 0;
  const auto wait = [&](auto make) {
    spawn_task(wait_for(make, world, counted));
    ++count;
  };
  wait([](World& at) { return at.semaphore.acquire(); });
  wait([](World& at) { return at.semaphore.acquire_many(1); });
  wait([](World& at) { return at.mutex.lock(); });
  wait([](World& at) { return at.read_locked.write(); });
  wait([](World& at) { return at.read_locked.read(); });  // behind a writer
  wait([](World& at) { return at.write_locked.read(); });
  wait([](World& at) { return at.write_locked.write(); });
  wait([](World& at) { return at.notify.notified(); });
  wait([](World& at) { return at.barrier.wait(); });
  wait([](World& at) { return at.once.wait(); });
  wait([](World& at) { return at.token.cancelled(); });
  wait([](World& at) { return at.full.tx.send(1); });
  wait([](World& at) { return at.full.tx.reserve(); });
  wait([](World& at) { return at.full.tx.closed(); });
  wait([](World& at) { return at.empty.rx.recv(); });
  wait([](World& at) { return at.unbounded.rx.recv(); });
  wait([](World& at) { return at.unsent.rx.operator co_await(); });
  wait([](World& at) { return at.open.tx.closed(); });
  wait([](World& at) { return at.broadcast.rx.recv(); });
  wait([](World& at) { return at.broadcast.tx.closed(); });
  wait([](World& at) { return at.watch.rx.changed(); });
  wait([](World& at) { return at.watch.tx.closed(); });
  wait([](World& at) { return at.cell.get_or_init([]() -> Task<int> { co_return 2; }); });
  wait([](World&) { return sleep(24h); });
  spawn_task(nap_periodically(counted));
  spawn_task(collect(counted));
  spawn_task(give_way(false, counted));
  spawn_task(give_way(true, counted));
  return count + 4;
}

class RuntimeDropOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeDropOn);

TEST_P(RuntimeDropOn, EndsTasksPendingInEveryAwaitable) {
  // The primitives live in the frames of the tasks alone, or outlive them.
  for (const bool outlives : {false, true}) {
    Census census;
    std::atomic<bool> holds{false};
    auto world = std::make_shared<World>();
    {
      Runtime runtime = make();
      runtime.spawn(hold_everything(world, &holds, Counted(census))).detach();
      test::run_until(runtime, [&] { return holds.load(); });
      const int waiting = spawn_all(world, Counted(census),
                                    [&runtime](Task<void> task) { runtime.spawn(std::move(task)).detach(); });
      EXPECT_GE(waiting, 28);
      if (!outlives) world.reset();
      test::run_until(runtime, [&, settle = 0]() mutable { return ++settle > 20; });
    }
    EXPECT_EQ(census.alive, 0);
    if (!outlives) continue;
    EXPECT_EQ(world.use_count(), 1);
    EXPECT_EQ(world->semaphore.available_permits(), 1U);
    EXPECT_TRUE(world->mutex.try_lock());
    EXPECT_TRUE(world->read_locked.try_write());
    EXPECT_TRUE(world->write_locked.try_write());
  }
}

TEST(SimulationDrop, EndsTasksPendingInEveryAwaitable) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Census census;
    std::atomic<bool> holds{false};
    auto world = std::make_shared<World>();
    {
      sim::Simulation simulation({.seed = seed});
      simulation.spawn(hold_everything(world, &holds, Counted(census))).detach();
      simulation.settle();
      EXPECT_TRUE(holds.load());
      spawn_all(world, Counted(census), [&](Task<void> task) { simulation.spawn(std::move(task)).detach(); });
      world.reset();
      for (std::uint64_t step = 0; step < 3 * seed; ++step) simulation.step();
    }
    ASSERT_EQ(census.alive, 0);
  }
}

}  // namespace
}  // namespace corokit
