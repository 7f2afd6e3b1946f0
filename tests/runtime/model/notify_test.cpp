// Notify on every schedule: the word that is changed without the lock, its line, and drops.
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
    model::require(seen == 7, "what came before it");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(NotifyOneModel, TheNotificationOfAnAbortedWaiterPassesToTheNext) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Notify notify;
    bool first = false;
    bool second = false;
    model::run_while_aborted(wait(notify, first), [&] { notify.notify_one(); });
    // Taken by the first, or remembered for the second.
    if (!first) run(wait(notify, second));
    model::require(first || second, "a notification ends a wait");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(NotifyWaitersModel, ACallEndsAWaitThatWasCreatedBefore) {
  // It is made, then something is looked at, then it is awaited: what changes after the look is not missed.
  const Report report = model::explore({.preemptions = 3}, [] {
    const auto look_and_wait = [](Notify& notify, Atomic<int>& flag) -> Task<void> {
      auto notified = notify.notified();
      if (flag.load(std::memory_order_relaxed) == 0) co_await std::move(notified);
    };
    Notify notify;
    Atomic<int> flag{0};
    Thread notifies([&] {
      flag.store(1, std::memory_order_relaxed);
      notify.notify_waiters();
    });
    run(look_and_wait(notify, flag));
    notifies.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
