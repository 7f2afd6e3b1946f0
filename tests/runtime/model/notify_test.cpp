// Explores Notify: its state, which is changed without the lock, its queue of waiters, and dropped waits.
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <utility>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::run;
using model::Thread;

Task<void> wait_and_read(Notify& notify, const Plain<int>& data, int& seen) {
  co_await notify.notified();
  seen = data.get();
}
Task<void> wait(Notify& notify, bool& notified) {
  co_await notify.notified();
  notified = true;
}

TEST(NotifyOneModel, ANotificationIsNeverLostAndPublishesWhatCameBeforeIt) {
  const Report report = model::explore({.preemptions = 3}, [] {
    Notify notify;
    Plain<int> data;
    int seen = 0;
    Thread notifies([&] {
      data.set(7);
      notify.notify_one();
    });
    run(wait_and_read(notify, data, seen));
    notifies.join();
    model::require(seen == 7, "the notified task sees what was written before the notification");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(NotifyOneModel, TheNotificationOfAnAbortedWaiterPassesToTheNext) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Notify notify;
    bool first = false;
    bool second = false;
    model::run_while_aborted(wait(notify, first), [&] { notify.notify_one(); });
    // The first waiter has taken the notification, or it is remembered for the second one.
    if (!first) run(wait(notify, second));
    model::require(first || second, "a notification ends a wait");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(NotifyWaitersModel, ACallEndsAWaitThatWasCreatedBefore) {
  // The wait is created, then a flag is checked, then the wait is awaited. A change after the check is not missed.
  const Report report = model::explore({.preemptions = 3}, [] {
    const auto check_and_wait = [](Notify& notify, Atomic<int>& flag) -> Task<void> {
      auto notified = notify.notified();
      if (flag.load(std::memory_order_relaxed) == 0) co_await std::move(notified);
    };
    Notify notify;
    Atomic<int> flag{0};
    Thread notifies([&] {
      flag.store(1, std::memory_order_relaxed);
      notify.notify_waiters();
    });
    run(check_and_wait(notify, flag));
    notifies.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
