// Many tasks wait at one primitive. What it costs to begin, to be woken and to be dropped does not depend on how many
// others wait.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/join_set.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <utility>
#include <vector>

#include "complexity/steps.hpp"
#include "support/gate.hpp"

namespace corokit {
namespace {

using test::expect_linear;
using test::Gate;
using test::steps;

// Each of these is one primitive at which `n` tasks wait(), until release() lets all of them go on.
struct ASemaphore {
  explicit ASemaphore(std::size_t) {}
  Task<void> wait() { const auto mine = co_await semaphore.acquire(); }
  void release(sim::Simulation&, std::size_t) { semaphore.add_permits(1); }
  Semaphore semaphore{0};
};
struct AMutex {
  explicit AMutex(std::size_t) : guard(mutex.try_lock()) {}
  Task<void> wait() { const auto mine = co_await mutex.lock(); }
  void release(sim::Simulation&, std::size_t) { guard.reset(); }
  Mutex<int> mutex{0};
  std::optional<MutexGuard<int>> guard;
};
struct AWriteLock {
  explicit AWriteLock(std::size_t) : guard(lock.try_write()) {}
  Task<void> wait() { const auto mine = co_await lock.write(); }
  void release(sim::Simulation&, std::size_t) { guard.reset(); }
  RwLock<int> lock{0};
  std::optional<RwLockWriteGuard<int>> guard;
};
struct AReadLock : AWriteLock {
  using AWriteLock::AWriteLock;
  Task<void> wait() { const auto mine = co_await lock.read(); }
};
struct ANotifyOfOne {
  explicit ANotifyOfOne(std::size_t) {}
  Task<void> wait() { co_await notify.notified(); }
  void release(sim::Simulation&, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) notify.notify_one();
  }
  Notify notify;
};
struct ANotifyOfAll : ANotifyOfOne {
  using ANotifyOfOne::ANotifyOfOne;
  void release(sim::Simulation&, std::size_t) { notify.notify_waiters(); }
};
struct ACondition {
  explicit ACondition(std::size_t) {}
  Task<void> wait() {
    auto guard = co_await mutex.lock();
    guard = co_await condition.wait(std::move(guard));
  }
  void release(sim::Simulation&, std::size_t) { condition.notify_all(); }
  Mutex<int> mutex{0};
  Condition condition;
};
struct ABarrier {
  explicit ABarrier(std::size_t n) : barrier(n + 1) {}
  Task<void> wait() { co_await barrier.wait(); }
  void release(sim::Simulation& simulation, std::size_t) { simulation.spawn(wait()).detach(); }
  Barrier barrier;
};
struct AOnceCell {
  explicit AOnceCell(std::size_t) {}
  Task<void> wait() {
    co_await cell.get_or_init([this] { return make(); });
  }
  Task<int> make() {
    co_await gate.wait();
    co_return 1;
  }
  void release(sim::Simulation&, std::size_t) { gate.open(); }
  Gate gate;
  OnceCell<int> cell;
};
struct ASetOnce {
  explicit ASetOnce(std::size_t) {}
  Task<void> wait() { co_await value.wait(); }
  void release(sim::Simulation&, std::size_t) { static_cast<void>(value.set(1)); }
  SetOnce<int> value;
};
struct AToken {
  explicit AToken(std::size_t) {}
  Task<void> wait() { co_await token.cancelled(); }
  void release(sim::Simulation&, std::size_t) { token.cancel(); }
  CancellationToken token;
};
struct AChildToken : AToken {
  using AToken::AToken;
  Task<void> wait() {
    const CancellationToken child = token.child_token();
    co_await child.cancelled();
  }
};
struct AFullChannel {
  explicit AFullChannel(std::size_t) : channel(mpsc::channel<int>(1)) {
    static_cast<void>(channel.tx.try_send(0));
  }
  Task<void> wait() { co_await channel.tx.send(1); }
  void release(sim::Simulation& simulation, std::size_t n) { simulation.spawn(receive(n + 1)).detach(); }
  Task<void> receive(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) co_await channel.rx.recv();
  }
  mpsc::Channel<int> channel;
};
struct ABroadcast {
  explicit ABroadcast(std::size_t) : channel(broadcast::channel<int>(4)) {}
  Task<void> wait() {
    auto mine = channel.tx.subscribe();
    co_await mine.recv();
  }
  void release(sim::Simulation&, std::size_t) { static_cast<void>(channel.tx.send(1)); }
  broadcast::Channel<int> channel;
};
struct AWatch {
  explicit AWatch(std::size_t) : channel(watch::channel<int>(0)) {}
  Task<void> wait() {
    auto mine = channel.tx.subscribe();
    co_await mine.changed();
  }
  void release(sim::Simulation&, std::size_t) { static_cast<void>(channel.tx.send(1)); }
  watch::Channel<int> channel;
};

template <class Primitive>
class WaitComplexity : public ::testing::Test {};
using Primitives =
    ::testing::Types<ASemaphore, AMutex, AWriteLock, AReadLock, ANotifyOfOne, ANotifyOfAll, ACondition,
                     ABarrier, AOnceCell, ASetOnce, AToken, AChildToken, AFullChannel, ABroadcast, AWatch>;
TYPED_TEST_SUITE(WaitComplexity, Primitives);

TYPED_TEST(WaitComplexity, BeginningToWaitAndBeingWokenAreLinearInTheNumberOfTasks) {
  expect_linear(
      [](std::size_t n) {
        TypeParam primitive(n);
        sim::Simulation simulation({.max_steps = 100 * n});
        const std::uint64_t before = steps();
        for (std::size_t i = 0; i < n; ++i) simulation.spawn(primitive.wait()).detach();
        simulation.settle();
        EXPECT_EQ(simulation.alive_tasks(), n);
        primitive.release(simulation, n);
        simulation.settle();
        EXPECT_EQ(simulation.alive_tasks(), 0u);
        return steps() - before;
      },
      2048);
}

TYPED_TEST(WaitComplexity, BeingDroppedIsLinearInTheNumberOfTasksInWhateverOrder) {
  expect_linear(
      [](std::size_t n) {
        TypeParam primitive(n);
        sim::Simulation simulation({.max_steps = 100 * n});
        std::vector<AbortHandle> handles;
        for (std::size_t i = 0; i < n; ++i)
          handles.push_back(simulation.spawn(primitive.wait()).abort_handle());
        simulation.settle();
        detail::Rng rng(7);
        for (std::size_t i = n; i > 1; --i)
          std::swap(handles[i - 1], handles[rng.below(static_cast<std::uint32_t>(i))]);
        const std::uint64_t before = steps();
        for (const AbortHandle& each : handles) {
          each.abort();
          simulation.settle();
        }
        EXPECT_EQ(simulation.alive_tasks(), 0u);
        return steps() - before;
      },
      2048);
}

TEST(JoinSetComplexity, EachResultCostsTheSameHoweverManyMembersThereAre) {
  expect_linear(
      [](std::size_t n) {
        auto body = [](std::size_t count) -> Task<std::uint64_t> {
          const std::uint64_t before = steps();
          JoinSet<void> tasks;
          auto member = []() -> Task<void> { co_await yield_now(); };
          for (std::size_t i = 0; i < count; ++i) tasks.spawn(member());
          while (co_await tasks.join_next()) {
          }
          co_return steps() - before;
        };
        sim::Simulation simulation({.max_steps = 100 * n});
        return *simulation.run(body(n));
      },
      2048);
}

}  // namespace
}  // namespace corokit
