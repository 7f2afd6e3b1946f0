#include <corokit/sync/semaphore.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Probe;

constexpr std::size_t kMax = Semaphore::max_permits();

// Construction and limits.

TEST(Semaphore, AcceptsMaxPermits) {
  Semaphore semaphore(kMax);
  EXPECT_EQ(semaphore.available_permits(), kMax);
  auto all = semaphore.try_acquire_many(kMax);
  ASSERT_TRUE(all);
  EXPECT_EQ(semaphore.available_permits(), 0u);
}

TEST(Semaphore, RefusesMoreThanMaxPermits) {
  EXPECT_THROW(Semaphore(kMax + 1), std::invalid_argument);
  Semaphore semaphore(1);
  EXPECT_THROW(static_cast<void>(semaphore.acquire_many(kMax + 1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(semaphore.try_acquire_many(kMax + 1)), std::invalid_argument);
  EXPECT_THROW(semaphore.add_permits(kMax), std::invalid_argument);
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(Semaphore, CountsHeldPermitsAmongTheMostThatThereMayBe) {
  Semaphore semaphore(kMax - 1);
  {
    auto held = *semaphore.try_acquire_many(kMax - 1);
    EXPECT_THROW(semaphore.add_permits(2), std::invalid_argument);
    semaphore.add_permits(1);
    EXPECT_THROW(semaphore.add_permits(1), std::invalid_argument);
  }
  EXPECT_EQ(semaphore.available_permits(), kMax);
  EXPECT_THROW(semaphore.add_permits(1), std::invalid_argument);
}

TEST(Semaphore, MakesRoomForNewPermitsWhereOldOnesAreForgotten) {
  Semaphore semaphore(kMax);
  auto held = *semaphore.try_acquire_many(3);
  held.forget();
  EXPECT_EQ(semaphore.forget_permits(2), 2u);
  EXPECT_THROW(semaphore.add_permits(6), std::invalid_argument);
  semaphore.add_permits(5);
  EXPECT_EQ(semaphore.available_permits(), kMax);
}

TEST(Semaphore, WithZeroPermitsWaitsUntilOneIsAdded) {
  Semaphore semaphore(0);
  Probe waiter(semaphore.acquire());
  EXPECT_TRUE(waiter.is_pending());
  semaphore.add_permits(1);
  EXPECT_EQ(waiter.wake_count(), 1u);
  EXPECT_TRUE(waiter.poll());
}

// acquire() and try_acquire().

TEST(Semaphore, GivesFreePermitsAtTheFirstPoll) {
  Semaphore semaphore(100);
  Probe one(semaphore.acquire());
  EXPECT_TRUE(one.poll());
  EXPECT_EQ(semaphore.available_permits(), 99u);
  Probe many(semaphore.acquire_many(5));
  EXPECT_TRUE(many.poll());
  EXPECT_EQ(semaphore.available_permits(), 94u);
  EXPECT_EQ(many.take()->num_permits(), 5u);
  EXPECT_EQ(semaphore.available_permits(), 99u);
}

TEST(Semaphore, TryAcquireTakesFreePermitsAndNeverWaits) {
  Semaphore semaphore(42);
  {
    auto some = semaphore.try_acquire_many(32);
    auto rest = semaphore.try_acquire_many(10);
    ASSERT_TRUE(some && rest);
    EXPECT_EQ(semaphore.try_acquire().error(), TryAcquireError::no_permits);
  }
  EXPECT_TRUE(semaphore.try_acquire_many(42));
  EXPECT_EQ(semaphore.try_acquire_many(43).error(), TryAcquireError::no_permits);
}

TEST(Semaphore, AReleasedPermitGoesToTheWaiterAndIsNeverFree) {
  Semaphore semaphore(0);
  Probe waiter(semaphore.acquire());
  EXPECT_TRUE(waiter.is_pending());
  semaphore.add_permits(1);
  EXPECT_TRUE(waiter.is_woken());
  EXPECT_EQ(semaphore.available_permits(), 0u);
  EXPECT_FALSE(semaphore.try_acquire());
  semaphore.add_permits(1);
  EXPECT_EQ(semaphore.available_permits(), 1u);
  EXPECT_EQ(waiter.wake_count(), 1u);
}

TEST(Semaphore, TheHeadOfTheQueueCollectsPermitsAndNobodyOvertakesIt) {
  Semaphore semaphore(4);
  Probe five(semaphore.acquire_many(5));
  EXPECT_TRUE(five.is_pending());
  EXPECT_EQ(semaphore.available_permits(), 0u);
  Probe three(semaphore.acquire_many(3));
  EXPECT_TRUE(three.is_pending());
  semaphore.add_permits(1);
  EXPECT_TRUE(five.is_woken());
  EXPECT_FALSE(three.is_woken());
  semaphore.add_permits(1);
  EXPECT_FALSE(three.is_woken());
  semaphore.add_permits(2);
  EXPECT_TRUE(three.is_woken());
  EXPECT_TRUE(five.poll() && three.poll());
  EXPECT_EQ(semaphore.available_permits(), 0u);
}

TEST(Semaphore, ADroppedPermitReleasesTheOldestWaiter) {
  Semaphore semaphore(1);
  std::optional<SemaphorePermit> held(std::move(*semaphore.try_acquire()));
  Probe first(semaphore.acquire());
  Probe second(semaphore.acquire());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  held.reset();
  EXPECT_TRUE(first.is_woken());
  EXPECT_FALSE(second.is_woken());
}

TEST(Semaphore, ZeroPermitsAreGivenAtOnceEvenBehindAQueue) {
  Semaphore semaphore(0);
  Probe waiter(semaphore.acquire());
  EXPECT_TRUE(waiter.is_pending());
  Probe nothing(semaphore.acquire_many(0));
  EXPECT_TRUE(nothing.poll());
  EXPECT_EQ(nothing.take()->num_permits(), 0u);
  EXPECT_TRUE(semaphore.try_acquire_many(0));
}

// The algebra of permits.

TEST(Semaphore, AForgottenPermitNeverComesBack) {
  Semaphore semaphore(1);
  semaphore.try_acquire()->forget();
  EXPECT_EQ(semaphore.available_permits(), 0u);
  EXPECT_FALSE(semaphore.try_acquire());
}

TEST(Semaphore, ForgetPermitsTakesOnlyFreePermitsOpenOrClosed) {
  for (const bool closed : {false, true}) {
    for (std::size_t size = 0; size < 4; ++size) {
      for (std::size_t forgotten = 0; forgotten < 4; ++forgotten) {
        Semaphore semaphore(size);
        if (closed) semaphore.close();
        EXPECT_EQ(semaphore.forget_permits(forgotten), std::min(size, forgotten));
        EXPECT_EQ(semaphore.available_permits(), size - std::min(size, forgotten));
        EXPECT_EQ(semaphore.is_closed(), closed);
      }
    }
  }
}

TEST(Semaphore, AddPermitsWorksOpenOrClosed) {
  for (const bool closed : {false, true}) {
    for (std::size_t size = 0; size < 4; ++size) {
      for (std::size_t added = 0; added < 4; ++added) {
        Semaphore semaphore(size);
        if (closed) semaphore.close();
        semaphore.add_permits(added);
        EXPECT_EQ(semaphore.available_permits(), size + added);
        EXPECT_EQ(semaphore.is_closed(), closed);
      }
    }
  }
}

TEST(Semaphore, PermitsCanBeUpdatedManyTimes) {
  Semaphore semaphore(5);
  Probe seven(semaphore.acquire_many(7));
  EXPECT_TRUE(seven.is_pending());
  semaphore.add_permits(5);
  EXPECT_TRUE(seven.poll());
  EXPECT_EQ(semaphore.available_permits(), 3u);
  EXPECT_EQ(semaphore.forget_permits(3), 3u);
  EXPECT_EQ(semaphore.available_permits(), 0u);
}

TEST(Semaphore, AMergedPermitReleasesTheSum) {
  Semaphore semaphore(3);
  {
    auto two = *semaphore.try_acquire_many(2);
    {
      auto one = *semaphore.try_acquire();
      two.merge(std::move(one));
      EXPECT_EQ(one.num_permits(), 0u);  // NOLINT(bugprone-use-after-move): nothing is left in it
    }
    EXPECT_EQ(semaphore.available_permits(), 0u);
    EXPECT_EQ(two.num_permits(), 3u);
  }
  EXPECT_EQ(semaphore.available_permits(), 3u);
}

TEST(Semaphore, MergingPermitsOfDifferentSemaphoresIsRefusedAndLosesNothing) {
  Semaphore mine(1);
  auto other = std::make_shared<Semaphore>(1);
  Semaphore& others = *other;
  auto here = *mine.try_acquire();
  auto there = *others.try_acquire();
  EXPECT_THROW(here.merge(std::move(there)), std::logic_error);
  EXPECT_EQ(there.num_permits(), 1u);  // NOLINT(bugprone-use-after-move): nothing was taken from it
  auto owned = *Semaphore::try_acquire_owned(std::make_shared<Semaphore>(1));
  auto foreign = *Semaphore::try_acquire_owned(std::make_shared<Semaphore>(1));
  EXPECT_THROW(owned.merge(std::move(foreign)), std::logic_error);
}

TEST(Semaphore, ASplitPermitReleasesExactlyItsPart) {
  Semaphore semaphore(5);
  auto all = *semaphore.try_acquire_many(5);
  {
    auto part = all.split(2);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->num_permits(), 2u);
    EXPECT_EQ(all.num_permits(), 3u);
    EXPECT_FALSE(all.split(4));
    EXPECT_EQ(all.split(0)->num_permits(), 0u);
  }
  EXPECT_EQ(semaphore.available_permits(), 2u);
}

TEST(Semaphore, AnAssignedPermitReleasesWhatItReplaces) {
  Semaphore semaphore(3);
  auto permit = *semaphore.try_acquire_many(2);
  permit = *semaphore.try_acquire();
  EXPECT_EQ(semaphore.available_permits(), 2u);
  auto& same = permit;
  permit = std::move(same);
  EXPECT_EQ(permit.num_permits(), 1u);
}

// Owned permits.

TEST(Semaphore, AnOwnedPermitKeepsTheSemaphoreAlive) {
  auto semaphore = std::make_shared<Semaphore>(2);
  std::weak_ptr<Semaphore> watch = semaphore;
  {
    auto permit = *Semaphore::try_acquire_owned(semaphore);
    semaphore.reset();
    auto part = permit.split(0);
    EXPECT_EQ(watch.lock()->available_permits(), 1u);
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Semaphore, AWaitForOwnedPermitsKeepsTheSemaphoreAlive) {
  auto semaphore = std::make_shared<Semaphore>(0);
  Semaphore& raw = *semaphore;
  Probe waiter(Semaphore::acquire_many_owned(std::move(semaphore), 2));
  EXPECT_TRUE(waiter.is_pending());
  raw.add_permits(2);
  EXPECT_TRUE(waiter.poll());
  EXPECT_EQ(waiter.take()->num_permits(), 2u);
}

TEST(Semaphore, TryAcquireOwnedReportsWhyItFails) {
  auto semaphore = std::make_shared<Semaphore>(1);
  EXPECT_TRUE(Semaphore::try_acquire_many_owned(semaphore, 1));
  EXPECT_EQ(Semaphore::try_acquire_many_owned(semaphore, 2).error(), TryAcquireError::no_permits);
  semaphore->close();
  EXPECT_EQ(Semaphore::try_acquire_owned(semaphore).error(), TryAcquireError::closed);
  EXPECT_THROW(static_cast<void>(Semaphore::acquire_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(Semaphore::try_acquire_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(Semaphore::acquire_many_owned(semaphore, kMax + 1)), std::invalid_argument);
}

// close().

TEST(Semaphore, GivesNoPermitsOnceItIsClosed) {
  Semaphore semaphore(2);
  auto held = *semaphore.try_acquire();
  semaphore.close();
  semaphore.close();
  EXPECT_TRUE(semaphore.is_closed());
  EXPECT_EQ(semaphore.try_acquire().error(), TryAcquireError::closed);
  Probe late(semaphore.acquire());
  EXPECT_TRUE(late.poll());
  EXPECT_EQ(late.take().error(), SemaphoreClosed{});
  Probe nothing(semaphore.acquire_many(0));
  EXPECT_TRUE(nothing.poll());
  EXPECT_FALSE(nothing.take());
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(Semaphore, CloseEndsEveryWaitAndReturnsThePermitsOfTheHead) {
  Semaphore semaphore(2);
  Probe four(semaphore.acquire_many(4));
  Probe one(semaphore.acquire());
  EXPECT_TRUE(four.is_pending() && one.is_pending());
  semaphore.close();
  EXPECT_EQ(four.wake_count(), 1u);
  EXPECT_EQ(one.wake_count(), 1u);
  EXPECT_EQ(semaphore.available_permits(), 2u);
  EXPECT_TRUE(four.poll() && one.poll());
  EXPECT_FALSE(four.take());
  EXPECT_FALSE(one.take());
  EXPECT_EQ(semaphore.available_permits(), 2u);
}

TEST(Semaphore, PermitsGoBackAfterClose) {
  Semaphore semaphore(1);
  {
    auto held = *semaphore.try_acquire();
    Probe waiter(semaphore.acquire());
    EXPECT_TRUE(waiter.is_pending());
    semaphore.close();
    waiter.drop();
    EXPECT_EQ(semaphore.available_permits(), 0u);
  }
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(Semaphore, PermitsGrantedBeforeCloseAreReceivedAfterIt) {
  Semaphore semaphore(0);
  Probe granted(semaphore.acquire_many(2));
  EXPECT_TRUE(granted.is_pending());
  semaphore.add_permits(2);
  EXPECT_TRUE(granted.is_woken());
  semaphore.close();
  EXPECT_TRUE(granted.poll());
  EXPECT_EQ(granted.take()->num_permits(), 2u);
  EXPECT_EQ(semaphore.available_permits(), 2u);
}

TEST(Semaphore, TakesFortyBytes) {
  EXPECT_EQ(sizeof(Semaphore), 40u);
}

}  // namespace
}  // namespace corokit
