#include <corokit/sync/notify.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using detail::NotifiedAwaiter;
using test::Probe;

TEST(Notify, RemembersOneNotification) {
  Notify notify;
  notify.notify_one();
  notify.notify_one();
  Probe first(notify.notified());
  EXPECT_TRUE(first.poll());
  Probe second(notify.notified());
  EXPECT_TRUE(second.is_pending());
}

TEST(Notify, NotifyLastIsRememberedAsWell) {
  Notify notify;
  notify.notify_last();
  Probe first(notify.notified());
  EXPECT_TRUE(first.poll());
}

TEST(Notify, WakesAWaiterAndRemembersNothing) {
  Notify notify;
  Probe waiter(notify.notified());
  EXPECT_TRUE(waiter.is_pending());
  notify.notify_one();
  EXPECT_EQ(waiter.wake_count(), 1u);
  EXPECT_TRUE(waiter.poll());
  Probe next(notify.notified());
  EXPECT_TRUE(next.is_pending());
}

TEST(Notify, NotifyOneWakesTheOldestAndNotifyLastTheNewest) {
  Notify notify;
  Probe first(notify.notified());
  Probe second(notify.notified());
  Probe third(notify.notified());
  EXPECT_TRUE(first.is_pending() && second.is_pending() && third.is_pending());
  notify.notify_one();
  EXPECT_TRUE(first.is_woken());
  EXPECT_FALSE(second.is_woken() || third.is_woken());
  notify.notify_last();
  EXPECT_TRUE(third.is_woken());
  EXPECT_FALSE(second.is_woken());
  notify.notify_one();
  EXPECT_TRUE(second.is_woken());
}

TEST(Notify, NotifyWaitersWakesTheWaitersAndRemembersNothing) {
  Notify notify;
  Probe first(notify.notified());
  Probe second(notify.notified());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  notify.notify_waiters();
  EXPECT_TRUE(first.poll() && second.poll());
  EXPECT_EQ(first.wake_count(), 0u);
  Probe late(notify.notified());
  EXPECT_TRUE(late.is_pending());
}

TEST(Notify, NotifyWaitersCompletesACreatedWaitAndKeepsTheRememberedNotification) {
  Notify notify;
  Probe before(notify.notified());  // created now and polled later
  notify.notify_waiters();
  notify.notify_one();
  EXPECT_TRUE(before.poll());
  Probe next(notify.notified());
  EXPECT_TRUE(next.poll());
}

TEST(Notify, NotifyWaitersLeavesARememberedNotificationForALaterWait) {
  Notify notify;
  notify.notify_one();
  Probe before(notify.notified());
  notify.notify_waiters();
  EXPECT_TRUE(before.poll());
  Probe later(notify.notified());
  EXPECT_TRUE(later.poll());
  Probe last(notify.notified());
  EXPECT_TRUE(last.is_pending());
}

TEST(Notify, OneNotifyWaitersDoesNotEndTwoWaitsInARow) {
  Notify notify;
  auto twice = [](Notify& from) -> Task<void> {
    co_await from.notified();
    co_await from.notified();
  };
  Probe waiter(twice(notify));
  EXPECT_TRUE(waiter.is_pending());
  notify.notify_waiters();
  EXPECT_FALSE(waiter.poll());
  notify.notify_waiters();
  EXPECT_TRUE(waiter.poll());
}

TEST(Notify, NotifyWaitersReachesAThousandWaiters) {
  Notify notify;
  std::vector<std::unique_ptr<Probe<NotifiedAwaiter>>> waiters;
  for (int i = 0; i < 1000; ++i) {
    waiters.push_back(std::make_unique<Probe<NotifiedAwaiter>>(notify.notified()));
    ASSERT_TRUE(waiters.back()->is_pending());
  }
  notify.notify_waiters();
  for (auto& waiter : waiters) ASSERT_EQ(waiter->wake_count(), 1u);
}

TEST(Notify, TakesThirtyTwoBytes) {
  EXPECT_EQ(sizeof(Notify), 32u);
}

// Events between the check and the enqueue.

TEST(Notify, ANotificationBetweenCheckAndEnqueueIsTaken) {
  Notify notify;
  Probe waiter(test::BeforeEnqueue(notify.notified(), [&] { notify.notify_one(); }));
  EXPECT_TRUE(waiter.poll());
  Probe next(notify.notified());
  EXPECT_TRUE(next.is_pending());
}

TEST(Notify, ANotifyWaitersBetweenCheckAndEnqueueEndsTheWait) {
  Notify notify;
  Probe first(notify.notified());
  EXPECT_TRUE(first.is_pending());
  Probe waiter(test::BeforeEnqueue(notify.notified(), [&] { notify.notify_waiters(); }));
  EXPECT_TRUE(waiter.poll());
  EXPECT_TRUE(first.poll());
}

TEST(Notify, NotifyWaitersWithAQueueCompletesACreatedWait) {
  Notify notify;
  Probe queued(notify.notified());
  EXPECT_TRUE(queued.is_pending());
  Probe not_begun(notify.notified());
  notify.notify_waiters();
  EXPECT_TRUE(not_begun.poll());
}

// Dropped waits.

TEST(Notify, ADroppedWaiterIsSkipped) {
  Notify notify;
  Probe first(notify.notified());
  Probe second(notify.notified());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  first.drop();
  notify.notify_one();
  EXPECT_TRUE(second.is_woken());
}

TEST(Notify, ADroppedWaiterPassesItsNotificationOnInTheOrderOfTheCall) {
  for (const bool newest : {false, true}) {
    Notify notify;
    Probe first(notify.notified());
    Probe second(notify.notified());
    Probe third(notify.notified());
    Probe fourth(notify.notified());
    EXPECT_TRUE(first.is_pending() && second.is_pending() && third.is_pending() && fourth.is_pending());
    newest ? notify.notify_last() : notify.notify_one();
    (newest ? fourth : first).drop();
    EXPECT_EQ(second.is_woken(), !newest);
    EXPECT_EQ(third.is_woken(), newest);
  }
}

TEST(Notify, ANotificationOfTheLastWaiterIsRememberedWhenItIsDropped) {
  Notify notify;
  Probe only(notify.notified());
  EXPECT_TRUE(only.is_pending());
  notify.notify_one();
  only.drop();
  Probe next(notify.notified());
  EXPECT_TRUE(next.poll());
}

TEST(Notify, AWaiterDroppedAfterNotifyWaitersPassesNothingOn) {
  Notify notify;
  Probe first(notify.notified());
  EXPECT_TRUE(first.is_pending());
  notify.notify_waiters();
  first.drop();
  Probe next(notify.notified());
  EXPECT_TRUE(next.is_pending());
}

TEST(Notify, ANotifyOneAfterAllWereDroppedIsRemembered) {
  Notify notify;
  Probe first(notify.notified());
  Probe second(notify.notified());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  notify.notify_waiters();
  first.drop();
  notify.notify_one();
  second.drop();
  Probe next(notify.notified());
  EXPECT_TRUE(next.poll());
}

TEST(Notify, ATaskThatYieldsForItsBudgetLeavesTheNotificationToOthers) {
  Notify notify;
  auto spin = [](Notify& from) -> Task<void> {
    for (;;) {
      from.notify_one();
      co_await from.notified();
    }
  };
  Probe hog(spin(notify));  // it never has to wait, so only the budget stops it
  EXPECT_TRUE(hog.is_pending());
  Probe next(notify.notified());
  EXPECT_TRUE(next.poll());
  hog.drop();
}

TEST(Notify, TheDestructorOfAWaitingFrameMayNotify) {
  struct Notifier {
    explicit Notifier(Notify& to) : notify(to) {}
    Notifier(const Notifier&) = delete;
    ~Notifier() { notify.notify_waiters(); }
    Notify& notify;
  };
  Notify notify;
  auto body = [](Notify& from) -> Task<void> {
    Notifier at_the_end(from);
    co_await from.notified();
  };
  Probe first(body(notify));
  Probe second(notify.notified());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  notify.notify_one();
  first.drop();  // passes the notification on, and then notifies all waiters
  EXPECT_EQ(second.wake_count(), 1u);
}

}  // namespace
}  // namespace corokit
