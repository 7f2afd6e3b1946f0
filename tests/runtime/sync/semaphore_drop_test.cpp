// Tests what becomes of permits when a wait for them is dropped.
#include <corokit/select.hpp>
#include <corokit/sync/semaphore.hpp>

#include <gtest/gtest.h>

#include "support/before_enqueue.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Probe;

TEST(SemaphoreDrop, ADroppedWaiterReturnsThePermitsItHadCollected) {
  Semaphore semaphore(6);
  Probe eight(semaphore.acquire_many(8));
  EXPECT_TRUE(eight.is_pending());
  EXPECT_EQ(semaphore.available_permits(), 0u);
  eight.drop();
  EXPECT_EQ(semaphore.available_permits(), 6u);
}

TEST(SemaphoreDrop, PermitsCollectedByADroppedHeadGoToTheNextWaiter) {
  Semaphore semaphore(6);
  Probe eight(semaphore.acquire_many(8));
  Probe four(semaphore.acquire_many(4));
  Probe three(semaphore.acquire_many(3));
  EXPECT_TRUE(eight.is_pending() && four.is_pending() && three.is_pending());
  eight.drop();
  EXPECT_TRUE(four.is_woken());
  EXPECT_FALSE(three.is_woken());
  semaphore.add_permits(1);
  EXPECT_TRUE(three.is_woken());
}

TEST(SemaphoreDrop, ADroppedWaiterPassesGrantedPermitsOn) {
  Semaphore semaphore(0);
  Probe first(semaphore.acquire());
  Probe second(semaphore.acquire());
  Probe third(semaphore.acquire());
  EXPECT_TRUE(first.is_pending() && second.is_pending() && third.is_pending());
  semaphore.add_permits(1);
  EXPECT_TRUE(first.is_woken());
  first.drop();
  EXPECT_TRUE(second.is_woken());
  EXPECT_FALSE(third.is_woken());
  second.drop();
  third.drop();
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(SemaphoreDrop, AWaiterDroppedInTheMiddleOfTheQueueChangesNothing) {
  Semaphore semaphore(1);
  Probe first(semaphore.acquire_many(2));
  Probe middle(semaphore.acquire());
  Probe last(semaphore.acquire());
  EXPECT_TRUE(first.is_pending() && middle.is_pending() && last.is_pending());
  middle.drop();
  EXPECT_EQ(semaphore.available_permits(), 0u);
  semaphore.add_permits(2);
  EXPECT_TRUE(first.is_woken() && last.is_woken());
}

TEST(SemaphoreDrop, ATaskThatYieldsForItsBudgetTakesNoPermitFirst) {
  Semaphore semaphore(1);
  auto twice = [](Semaphore& from) -> Task<void> {
    for (;;) co_await from.acquire();
  };
  Probe hog(twice(semaphore));  // it never has to wait, so only the budget stops it
  EXPECT_TRUE(hog.is_pending());
  EXPECT_EQ(semaphore.available_permits(), 1u);
  {
    const auto permit = semaphore.try_acquire();
    EXPECT_TRUE(permit);
    EXPECT_FALSE(hog.poll());  // now it is queued
    Probe next(semaphore.acquire());
    EXPECT_FALSE(next.poll());
    hog.drop();
  }
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(SemaphoreDrop, ALoserOfASelectLeavesTheQueue) {
  Semaphore empty(0);
  Semaphore full(1);
  Probe both(select(empty.acquire(), full.acquire()));
  EXPECT_TRUE(both.poll());
  EXPECT_EQ(both.take().index(), 1u);
  empty.add_permits(1);
  EXPECT_EQ(empty.available_permits(), 1u);
  EXPECT_EQ(full.available_permits(), 1u);
}

TEST(SemaphoreDrop, ALoserOfASelectGivesItsGrantedPermitBack) {
  Semaphore left(0);
  Semaphore right(0);
  Probe both(select(biased, left.acquire(), right.acquire()));
  EXPECT_TRUE(both.is_pending());
  left.add_permits(1);
  right.add_permits(1);
  EXPECT_TRUE(both.poll());
  EXPECT_EQ(both.take().index(), 0u);
  EXPECT_EQ(left.available_permits(), 1u);
  EXPECT_EQ(right.available_permits(), 1u);
}

// Events between the check and the enqueue.

TEST(SemaphoreRace, APermitAddedBetweenCheckAndEnqueueIsTaken) {
  Semaphore semaphore(0);
  Probe waiter(test::BeforeEnqueue(semaphore.acquire_many(2), [&] { semaphore.add_permits(3); }));
  EXPECT_TRUE(waiter.poll());
  EXPECT_EQ(waiter.wake_count(), 0u);
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(SemaphoreRace, TooFewPermitsAddedBetweenCheckAndEnqueueAreCollected) {
  Semaphore semaphore(0);
  Probe waiter(test::BeforeEnqueue(semaphore.acquire_many(2), [&] { semaphore.add_permits(1); }));
  EXPECT_TRUE(waiter.is_pending());
  EXPECT_EQ(semaphore.available_permits(), 0u);
  semaphore.add_permits(1);
  EXPECT_TRUE(waiter.poll());
}

TEST(SemaphoreRace, ACloseBetweenCheckAndEnqueueEndsTheWait) {
  Semaphore semaphore(0);
  Probe waiter(test::BeforeEnqueue(semaphore.acquire(), [&] { semaphore.close(); }));
  EXPECT_TRUE(waiter.poll());
  EXPECT_FALSE(waiter.take());
}

// A release inside the destruction of a waiter.

TEST(SemaphoreDrop, APermitMayBeReleasedByTheDestructionOfAWaitersFrame) {
  Semaphore semaphore(2);
  auto hold_and_wait = [](Semaphore& from) -> Task<void> {
    auto held = co_await from.acquire();
    auto all = co_await from.acquire_many(2);
  };
  Probe waiter(hold_and_wait(semaphore));
  EXPECT_TRUE(waiter.is_pending());
  Probe behind(semaphore.acquire_many(2));
  EXPECT_TRUE(behind.is_pending());
  waiter.drop();  // drops the wait, and then the permit of the same frame; both permits go to the next waiter
  EXPECT_TRUE(behind.is_woken());
  EXPECT_EQ(behind.wake_count(), 1u);
}

}  // namespace
}  // namespace corokit
