// Tests waits that join the queue before they are awaited, and waits that keep their Notify alive.
#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/probe.hpp"

namespace corokit {
namespace {

using explorer::Search;
using test::Probe;

/// Awaits a wait that the caller keeps.
Task<void> await(detail::NotifiedAwaiter& wait) {
  co_await wait;
}

TEST(NotifyEnable, JoinsTheQueueBeforeTheWaitIsAwaited) {
  Notify notify;
  auto first = notify.notified();
  auto second = notify.notified();
  EXPECT_FALSE(second.enable());
  EXPECT_FALSE(first.enable());
  notify.notify_one();
  EXPECT_TRUE(second.enable());  // may be called again
  EXPECT_FALSE(first.enable());
  Probe ready(await(second));
  Probe pending(await(first));
  EXPECT_TRUE(ready.poll());
  EXPECT_TRUE(pending.is_pending());
  notify.notify_one();
  EXPECT_EQ(pending.wake_count(), 1u);
  EXPECT_TRUE(pending.poll());
}

TEST(NotifyEnable, TakesARememberedNotification) {
  Notify notify;
  notify.notify_one();
  auto wait = notify.notified();
  EXPECT_TRUE(wait.enable());
  Probe other(notify.notified());
  EXPECT_TRUE(other.is_pending());
  Probe ready(await(wait));
  EXPECT_TRUE(ready.poll());
}

TEST(NotifyEnable, NotifyWaitersAndNotifyLastReachAnEnabledWait) {
  Notify notify;
  auto wait = notify.notified();
  EXPECT_FALSE(wait.enable());
  notify.notify_waiters();
  EXPECT_TRUE(wait.enable());
  auto first = notify.notified();
  auto last = notify.notified();
  EXPECT_FALSE(first.enable());
  EXPECT_FALSE(last.enable());
  notify.notify_last();
  EXPECT_TRUE(last.enable());
  EXPECT_FALSE(first.enable());
  Probe all(await(wait));
  Probe newest(await(last));
  EXPECT_TRUE(all.poll() && newest.poll());
}

TEST(NotifyEnable, AnEnabledWaitThatIsNeverAwaitedPassesItsNotificationOn) {
  Notify notify;
  std::optional<detail::NotifiedAwaiter> wait(notify.notified());
  EXPECT_FALSE(wait->enable());
  Probe next(notify.notified());
  EXPECT_TRUE(next.is_pending());
  notify.notify_one();
  EXPECT_FALSE(next.is_woken());
  wait.reset();
  EXPECT_EQ(next.wake_count(), 1u);
  EXPECT_TRUE(next.poll());
}

TEST(NotifyEnable, AnEnabledWaitThatIsDroppedLeavesTheQueue) {
  Notify notify;
  std::optional<detail::NotifiedAwaiter> wait(notify.notified());
  EXPECT_FALSE(wait->enable());
  wait.reset();
  notify.notify_one();
  Probe next(notify.notified());
  EXPECT_TRUE(next.poll());
}

TEST(NotifyEnable, AnEnabledWaitThatIsDroppedWhileItIsAwaitedPassesItsNotificationOn) {
  Notify notify;
  auto wait = std::make_unique<detail::NotifiedAwaiter>(notify.notified());
  EXPECT_FALSE(wait->enable());
  Probe waiting(await(*wait));
  EXPECT_TRUE(waiting.is_pending());
  Probe next(notify.notified());
  EXPECT_TRUE(next.is_pending());
  notify.notify_one();
  EXPECT_TRUE(waiting.is_woken());
  waiting.drop();
  wait.reset();
  EXPECT_TRUE(next.is_woken());
}

TEST(NotifyOwned, AWaitKeepsItsNotifyAlive) {
  auto notify = std::make_shared<Notify>();
  const std::weak_ptr<Notify> watched = notify;
  {
    Probe waiting(Notify::notified_owned(notify));
    EXPECT_TRUE(waiting.is_pending());
    Notify& same = *notify;
    notify.reset();
    EXPECT_FALSE(watched.expired());
    same.notify_one();
    EXPECT_EQ(waiting.wake_count(), 1u);
    EXPECT_TRUE(waiting.poll());
  }
  EXPECT_TRUE(watched.expired());
  EXPECT_THROW(static_cast<void>(Notify::notified_owned(nullptr)), std::invalid_argument);
}

TEST(NotifyOwned, ADroppedWaitPassesItsNotificationOn) {
  auto notify = std::make_shared<Notify>();
  Probe first(Notify::notified_owned(notify));
  Probe second(Notify::notified_owned(notify));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  notify->notify_one();
  first.drop();
  EXPECT_TRUE(second.poll());
}

// Several tasks wait for items, and none of them sleeps while there is one.

struct Store {
  Notify changed;
  std::atomic<int> items{0};
  std::atomic<int> taken{0};
  std::atomic<int> waits{0};

  bool try_take() {
    int count = items.load();
    while (count > 0)
      if (items.compare_exchange_weak(count, count - 1)) return true;
    return false;
  }
};

Task<void> take_some(Store& store, int times) {
  for (int i = 0; i < times; ++i) {
    for (;;) {
      auto wait = store.changed.notified();
      wait.enable();
      if (store.try_take()) break;
      ++store.waits;
      co_await wait;
    }
    ++store.taken;
  }
}

Task<void> put_some(Store& store, int times) {
  for (int i = 0; i < times; ++i) {
    ++store.items;
    store.changed.notify_one();
    if (i % 3 == 0) co_await yield_now();
  }
}

Task<void> trade(Store& store, int pairs, int times) {
  JoinSet<void> all;
  for (int i = 0; i < pairs; ++i) {
    all.spawn(take_some(store, times));
    all.spawn(put_some(store, times));
  }
  while (co_await all.join_next()) {
  }
}

Task<void> explore_trade(int pairs, int times) {
  Store store;
  co_await trade(store, pairs, times);  // a deadlock, if one sleeps while there is an item
  EXPECT_EQ(store.taken, pairs * times);
  EXPECT_EQ(store.items, 0);
  explorer::reached("everybody had to wait", store.waits >= pairs);
}

COROKIT_EXPLORE(NotifyEnableSchedules, NeitherOfTwoSleepsWhileThereIsAnItem, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  co_await explore_trade(2, 1);
}

COROKIT_EXPLORE(NotifyEnableSchedules, NobodySleepsWhileThereAreTwoItems, .search = Search::depth_first) {
  co_await explore_trade(1, 2);
}

COROKIT_EXPLORE(NotifyEnableSchedules, NoneOfThreeSleepsWhileThereIsAnItem, .search = Search::pct,
                .schedules = 1'000) {
  co_await explore_trade(3, 10);
}

TEST(NotifyEnableThreads, NobodySleepsWhileThereIsAnItem) {
  Store store;
  Runtime::multi_thread(4).block_on(trade(store, 8, 2000));
  EXPECT_EQ(store.taken, 16'000);
}

}  // namespace
}  // namespace corokit
