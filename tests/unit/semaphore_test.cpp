#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Probe;

constexpr std::size_t kMax = Semaphore::max_permits();

// Construction and limits.

TEST(Semaphore, MayHaveAllPermitsThereCanBe) {
  Semaphore semaphore(kMax);
  EXPECT_EQ(semaphore.available_permits(), kMax);
  auto all = semaphore.try_acquire_many(kMax);
  ASSERT_TRUE(all);
  EXPECT_EQ(semaphore.available_permits(), 0u);
}

TEST(Semaphore, RefusesMorePermitsThanThereCanBe) {
  EXPECT_THROW(Semaphore(kMax + 1), std::invalid_argument);
  Semaphore semaphore(1);
  EXPECT_THROW(static_cast<void>(semaphore.acquire_many(kMax + 1)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(semaphore.try_acquire_many(kMax + 1)), std::invalid_argument);
  EXPECT_THROW(semaphore.add_permits(kMax), std::invalid_argument);
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(Semaphore, WithoutPermitsWaitsUntilOneIsAdded) {
  Semaphore semaphore(0);
  Probe waiter(semaphore.acquire());
  EXPECT_TRUE(waiter.is_pending());
  semaphore.add_permits(1);
  EXPECT_EQ(waiter.wake_count(), 1u);
  EXPECT_TRUE(waiter.poll());
}

// acquire() and try_acquire().

TEST(Semaphore, GivesWhatIsFreeAtTheFirstPoll) {
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

TEST(Semaphore, TryAcquireTakesWhatIsFreeAndNeverWaits) {
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

TEST(Semaphore, TheHeadOfTheLineCollectsAndNobodyOvertakesIt) {
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

TEST(Semaphore, ZeroPermitsAreThereAtOnceEvenBehindALine) {
  Semaphore semaphore(0);
  Probe waiter(semaphore.acquire());
  EXPECT_TRUE(waiter.is_pending());
  Probe nothing(semaphore.acquire_many(0));
  EXPECT_TRUE(nothing.poll());
  EXPECT_EQ(nothing.take()->num_permits(), 0u);
  EXPECT_TRUE(semaphore.try_acquire_many(0));
}

}  // namespace
}  // namespace corokit
