// Drops operations after each of their steps, as drop_everywhere_test.cpp does, for locks, for channels other than
// mpsc, and for values that are made once.
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

struct AcquireScenario : ScenarioBase {
  Semaphore semaphore{1};
  std::size_t permits = 1;
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire_many(3);
    co_await yield_now();
  }
  Task<void> help() {
    for (int i = 0; i < 2; ++i) {
      semaphore.add_permits(1);
      ++permits;
      co_await yield_now();
    }
  }
  Task<bool> again() {
    const bool all_back = semaphore.available_permits() == permits;
    semaphore.add_permits(3 - std::min<std::size_t>(permits, 3));
    const auto permit = co_await semaphore.acquire_many(3);
    co_return (all_back && permit.has_value());
  }
};

struct LockScenario : ScenarioBase {
  Mutex<int> mutex{0};
  Task<void> operate() { co_await help(); }
  Task<void> help() {
    const auto guard = co_await mutex.lock();
    co_await yield_now();
  }
  Task<bool> again() {
    { const auto guard = co_await mutex.lock(); }
    co_return mutex.try_lock().has_value();
  }
};

struct ReadScenario : ScenarioBase {
  RwLock<int> lock{0, 2};
  Task<void> operate() {
    const auto guard = co_await lock.read();
    co_await yield_now();
  }
  Task<void> help() {
    for (int i = 0; i < 2; ++i) {
      auto guard = co_await lock.write();
      co_await yield_now();
      const auto reading = std::move(guard).downgrade();
      co_await yield_now();
    }
  }
  Task<bool> again() {
    { const auto guard = co_await lock.read(); }
    co_return lock.try_write().has_value();
  }
};

struct WriteScenario : ScenarioBase {
  RwLock<int> lock{0, 2};
  Task<void> operate() {
    auto guard = co_await lock.write();
    co_await yield_now();
    const auto reading = std::move(guard).downgrade();
    co_await yield_now();
  }
  Task<void> help() {
    const auto guard = co_await lock.read();
    co_await yield_now();
  }
  Task<bool> again() {
    { const auto guard = co_await lock.write(); }
    co_return lock.try_write().has_value();
  }
};

struct NotifiedScenario : ScenarioBase {
  Notify notify;
  int sent = 0;
  int taken = 0;
  Task<void> operate() {
    co_await notify.notified();
    ++taken;
  }
  Task<void> help() {
    co_await yield_now();
    notify.notify_one();
    ++sent;
  }
  Task<bool> again() {
    if (sent == taken) notify.notify_one();
    co_await notify.notified();  // if the notification was lost, this is a deadlock
    co_return true;
  }
};

struct EnabledScenario : NotifiedScenario {
  Task<void> operate() {
    auto wait = notify.notified();
    wait.enable();
    co_await yield_now();
    co_await wait;
    ++taken;
  }
};

struct ConditionScenario : ScenarioBase {
  Mutex<int> mutex{0};
  Condition condition;
  int added = 0;
  int taken = 0;
  std::optional<JoinHandle<void>>
      next;  // it waits behind the operation, and gets what that one was given in vain
  Task<void> operate() {
    auto guard = co_await mutex.lock();
    guard = co_await condition.wait(std::move(guard), [](int value) { return value > 0; });
    --*guard;
    ++taken;
    co_await yield_now();
  }
  Task<void> add() {
    auto guard = co_await mutex.lock();
    ++*guard;
    ++added;
    condition.notify_one();
    co_await yield_now();
  }
  Task<void> help() {
    next.emplace(spawn(operate(), "next"));
    co_await yield_now();
    co_await add();
  }
  Task<bool> again() {
    if (!next) next.emplace(spawn(operate(), "next"));
    if (added == taken && !next->is_finished()) co_await add();
    co_await *next;  // if the notification or the lock was lost, this is a deadlock
    co_return mutex.try_lock().has_value();
  }
};

struct BarrierScenario : ScenarioBase {
  Barrier barrier{2};
  Task<void> operate() { co_await help(); }
  Task<void> help() {
    co_await yield_now();
    co_await barrier.wait();
  }
  Task<bool> again() {
    // If an arrival of the dropped wait still counted, this wait would end although it is alone.
    const auto alone = co_await timeout(1ms, barrier.wait());
    co_return !alone;
  }
};

struct OnceCellScenario : ScenarioBase {
  OnceCell<int> cell;
  static Task<int> make(int value) {
    co_await yield_now();
    co_return value;
  }
  Task<void> operate() {
    static_cast<void>(co_await cell.get_or_init([] { return make(1); }));
  }
  Task<void> help() {
    static_cast<void>(co_await cell.get_or_init([] { return make(2); }));
  }
  Task<bool> again() {
    const int* value = co_await cell.get_or_init([] { return make(3); });
    co_return value == cell.get();
  }
};

struct SetOnceScenario : ScenarioBase {
  SetOnce<int> once;
  Task<void> operate() { static_cast<void>(co_await once.wait()); }
  Task<void> help() {
    co_await yield_now();
    static_cast<void>(once.set(1));
  }
  Task<bool> again() {
    static_cast<void>(once.set(1));
    const int* value = co_await once.wait();
    co_return *value == 1;
  }
};

struct OneshotScenario : ScenarioBase {
  oneshot::Channel<int> channel = oneshot::channel<int>();
  bool sent = false;
  bool got = false;
  Task<void> operate() { got = *co_await channel.rx == 7; }
  Task<void> help() {
    co_await yield_now();
    sent = channel.tx.send(7).has_value();
  }
  Task<bool> again() {
    if (got) co_return sent;
    if (!sent) static_cast<void>(channel.tx.send(7));
    co_return *co_await channel.rx == 7;
  }
};

struct BroadcastScenario : ScenarioBase {
  broadcast::Channel<int> channel = broadcast::channel<int>(4);
  int sent = 0;
  std::vector<int> got;
  Task<void> operate() {
    for (int i = 0; i < 3; ++i) got.push_back(*co_await channel.rx.recv());
  }
  Task<void> help() {
    for (; sent < 3; co_await yield_now()) static_cast<void>(channel.tx.send(sent++));
  }
  Task<bool> again() {
    static_cast<void>(channel.tx.send(sent++));
    while (static_cast<int>(got.size()) < sent) got.push_back(*co_await channel.rx.recv());
    for (int i = 0; i < sent; ++i)
      if (got[static_cast<std::size_t>(i)] != i) co_return false;
    co_return true;
  }
};

struct WatchScenario : ScenarioBase {
  watch::Channel<int> channel = watch::channel<int>(0);
  int sent = 0;
  int seen = 0;
  Task<void> operate() {
    const auto changed = co_await channel.rx.changed();
    if (changed) seen = *channel.rx.borrow_and_update();
  }
  Task<void> help() {
    co_await yield_now();
    static_cast<void>(channel.tx.send(++sent));
  }
  Task<bool> again() {
    if (seen == sent) static_cast<void>(channel.tx.send(++sent));
    // If the dropped wait had marked the change as seen, this would be a deadlock.
    const auto changed = co_await channel.rx.changed();
    if (!changed) co_return false;
    co_return *channel.rx.borrow_and_update() == sent;
  }
};

struct CancelledScenario : ScenarioBase {
  CancellationToken token;
  Task<void> operate() { co_await token.cancelled(); }
  Task<void> help() {
    co_await yield_now();
    token.cancel();
  }
  Task<bool> again() {
    token.cancel();
    co_await token.cancelled();
    co_return true;
  }
};

struct RunUntilCancelledScenario : ScenarioBase {
  CancellationToken token;
  Notify notify;
  Task<void> operate() { static_cast<void>(co_await token.run_until_cancelled(notify.notified())); }
  Task<void> help() {
    co_await yield_now();
    token.cancel();
  }
  Task<bool> again() {
    notify.notify_one();
    const auto result = co_await token.run_until_cancelled(notify.notified());
    co_return result.has_value() != token.is_cancelled();
  }
};

using Scenarios = ::testing::Types<AcquireScenario, LockScenario, ReadScenario, WriteScenario,
                                   NotifiedScenario, EnabledScenario, ConditionScenario, BarrierScenario,
                                   OnceCellScenario, SetOnceScenario, OneshotScenario, BroadcastScenario,
                                   WatchScenario, CancelledScenario, RunUntilCancelledScenario>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sync, DropEverywhereOf, Scenarios);

}  // namespace
}  // namespace corokit::test
