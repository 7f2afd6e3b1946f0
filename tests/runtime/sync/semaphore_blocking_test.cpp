// Tests threads that block for permits and locks, and guards that keep their lock alive.
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/semaphore.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Probe;

TEST(SemaphoreBlocking, AcquireTakesOnePermit) {
  Semaphore semaphore(2);
  const auto permit = semaphore.blocking_acquire();
  ASSERT_TRUE(permit);
  EXPECT_EQ(permit->num_permits(), 1u);
  EXPECT_EQ(semaphore.available_permits(), 1u);
}

TEST(SemaphoreBlocking, AcquireManyTakesTheNumberAskedFor) {
  Semaphore semaphore(5);
  const auto permit = semaphore.blocking_acquire_many(3);
  ASSERT_TRUE(permit);
  EXPECT_EQ(permit->num_permits(), 3u);
  EXPECT_EQ(semaphore.available_permits(), 2u);
  EXPECT_THROW(static_cast<void>(semaphore.blocking_acquire_many(Semaphore::max_permits() + 1)),
               std::invalid_argument);
}

TEST(SemaphoreBlocking, AcquireOwnedKeepsTheSemaphoreAlive) {
  auto semaphore = std::make_shared<Semaphore>(5);
  const std::weak_ptr<Semaphore> watched = semaphore;
  {
    const auto one = Semaphore::blocking_acquire_owned(semaphore);
    const auto many = Semaphore::blocking_acquire_many_owned(semaphore, 3);
    ASSERT_TRUE(one && many);
    EXPECT_EQ(one->num_permits() + many->num_permits(), 4u);
    EXPECT_EQ(semaphore->available_permits(), 1u);
    semaphore.reset();
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_TRUE(watched.expired());
  EXPECT_THROW(static_cast<void>(Semaphore::blocking_acquire_owned(nullptr)), std::invalid_argument);
}

TEST(SemaphoreBlocking, WaitsUntilAnotherThreadAddsPermits) {
  for (int round = 0; round < 100; ++round) {
    Semaphore semaphore(0);
    std::thread thread([&] { EXPECT_EQ(semaphore.blocking_acquire_many(2)->num_permits(), 2u); });
    semaphore.add_permits(1);
    semaphore.add_permits(1);
    thread.join();
    EXPECT_EQ(semaphore.available_permits(), 2u);
  }
}

TEST(SemaphoreBlocking, AClosedSemaphoreIsAnErrorForEachOfTheFour) {
  auto semaphore = std::make_shared<Semaphore>(1);
  std::thread waiting([&] { EXPECT_FALSE(semaphore->blocking_acquire_many(2)); });
  semaphore->close();
  waiting.join();
  EXPECT_FALSE(semaphore->blocking_acquire());
  EXPECT_FALSE(semaphore->blocking_acquire_many(1));
  EXPECT_FALSE(Semaphore::blocking_acquire_owned(semaphore));
  EXPECT_FALSE(Semaphore::blocking_acquire_many_owned(semaphore, 1));
}

TEST(SemaphoreBlocking, CallsInsideARuntimeAreRefused) {
  auto body = []() -> Task<void> {
    auto semaphore = std::make_shared<Semaphore>(5);
    EXPECT_THROW(static_cast<void>(semaphore->blocking_acquire()), std::logic_error);
    EXPECT_THROW(static_cast<void>(semaphore->blocking_acquire_many(2)), std::logic_error);
    EXPECT_THROW(static_cast<void>(Semaphore::blocking_acquire_owned(semaphore)), std::logic_error);
    EXPECT_THROW(static_cast<void>(Semaphore::blocking_acquire_many_owned(semaphore, 2)), std::logic_error);
    EXPECT_EQ(semaphore->available_permits(), 5u);
    co_return;
  };
  block_on(body());
  Runtime::multi_thread(1).block_on(body());
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(SemaphoreBlocking, ABlockingJobMayWaitForATask) {
  auto body = []() -> Task<void> {
    Semaphore semaphore(0);
    auto job = spawn_blocking([&semaphore] { return semaphore.blocking_acquire().has_value(); });
    semaphore.add_permits(1);
    const auto acquired = co_await job;
    EXPECT_TRUE(*acquired);
  };
  block_on(body());
}

TEST(SemaphoreThreads, ReleaseAcquireAndForgetAtOnceAddUp) {
  for (int round = 0; round < 200; ++round) {
    Semaphore semaphore(5);
    std::thread releases([&] { semaphore.add_permits(3); });
    std::thread acquires([&] { EXPECT_TRUE(semaphore.try_acquire()); });
    EXPECT_EQ(semaphore.forget_permits(2), 2u);
    releases.join();
    acquires.join();
    EXPECT_EQ(semaphore.available_permits(), 6u);
  }
}

// The same for a Mutex.

TEST(MutexBlocking, LocksFromThreadsAndTasksAtOnce) {
  Mutex<int> mutex(0);
  constexpr int kTimes = 1000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&mutex] {
      for (int j = 0; j < kTimes; ++j) ++*mutex.blocking_lock();
    });
  auto count = [](Mutex<int>& shared) -> Task<void> {
    for (int i = 0; i < kTimes; ++i) {
      auto guard = co_await shared.lock();
      ++*guard;
    }
  };
  block_on(count(mutex));
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(mutex.get_mut(), 4 * kTimes);
}

TEST(MutexBlocking, CallsInsideARuntimeAreRefused) {
  auto body = []() -> Task<void> {
    Mutex<> mutex;
    EXPECT_THROW(static_cast<void>(mutex.blocking_lock()), std::logic_error);
    EXPECT_TRUE(mutex.try_lock());
    co_return;
  };
  block_on(body());
}

TEST(MutexOwned, GivesItsValueAtOnceWhenNobodyHoldsIt) {
  auto mutex = std::make_shared<Mutex<int>>(1);
  for (int i = 1; i <= 10; ++i) {
    Probe locker(Mutex<int>::lock_owned(mutex));
    ASSERT_TRUE(locker.poll());
    OwnedMutexGuard<int> guard = locker.take();
    EXPECT_EQ((*guard)++, i);
  }
}

TEST(MutexOwned, UnlockingWakesTheSecondLocker) {
  auto mutex = std::make_shared<Mutex<std::string>>("one");
  auto held = Mutex<std::string>::try_lock_owned(mutex);
  Probe second(Mutex<std::string>::lock_owned(mutex));
  EXPECT_TRUE(second.is_pending());
  (*held)->append(" two");
  held.reset();
  EXPECT_EQ(second.wake_count(), 1u);
  ASSERT_TRUE(second.poll());
  EXPECT_EQ(*second.take(), "one two");
}

TEST(MutexOwned, TryLockSucceedsExactlyWhenItIsFree) {
  auto mutex = std::make_shared<Mutex<>>();
  {
    auto held = Mutex<>::try_lock_owned(mutex);
    EXPECT_TRUE(held);
    EXPECT_FALSE(Mutex<>::try_lock_owned(mutex));
    EXPECT_FALSE(mutex->try_lock());
  }
  EXPECT_TRUE(Mutex<>::try_lock_owned(mutex));
  EXPECT_THROW(static_cast<void>(Mutex<>::try_lock_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(Mutex<>::lock_owned(nullptr)), std::invalid_argument);
}

TEST(MutexOwned, ADroppedHolderOrLockerPassesTheLockOn) {
  auto mutex = std::make_shared<Mutex<>>();
  auto hold = [](std::shared_ptr<Mutex<>> shared) -> Task<void> {
    auto guard = co_await Mutex<>::lock_owned(std::move(shared));
    Semaphore never(0);
    co_await never.acquire();
  };
  Probe holder(hold(mutex));
  Probe locker(Mutex<>::lock_owned(mutex));
  Probe third(Mutex<>::lock_owned(mutex));
  EXPECT_TRUE(holder.is_pending() && locker.is_pending() && third.is_pending());
  holder.drop();
  EXPECT_TRUE(locker.is_woken());
  locker.drop();
  EXPECT_TRUE(third.poll());
}

TEST(MutexOwned, GuardsAndWaitsKeepTheMutexAlive) {
  auto mutex = std::make_shared<Mutex<int>>(7);
  const std::weak_ptr<Mutex<int>> watched = mutex;
  {
    auto held = Mutex<int>::try_lock_owned(mutex);
    Probe waiting(Mutex<int>::lock_owned(mutex));
    EXPECT_TRUE(waiting.is_pending());
    mutex.reset();
    EXPECT_EQ(**held, 7);
    held.reset();
    ASSERT_TRUE(waiting.poll());
    EXPECT_EQ(*waiting.take(), 7);
  }
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace corokit
