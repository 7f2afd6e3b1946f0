// Explores Lock and Parker.
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/parker.hpp>

#include <gtest/gtest.h>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::Thread;

TEST(LockModel, OneThreadAtATimeHoldsTheLock) {
  const Report report = model::explore({}, [] {
    Lock lock;
    Plain<int> count(0);
    const auto raise = [&] {
      Locked locked(lock);
      count.set(count.get() + 1);
    };
    Thread first(raise);
    Thread second(raise);
    raise();
    first.join();
    second.join();
    model::require(count.get() == 3, "each thread raised the count once");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(LockModel, TryLockSucceedsOnlyWhenTheLockIsFree) {
  const Report report = model::explore({}, [] {
    Lock lock;
    Plain<int> count(0);
    Thread other([&] {
      Locked locked(lock);
      count.set(1);
    });
    if (lock.try_lock()) {
      count.set(count.get() + 1);
      lock.unlock();
    }
    other.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ParkerModel, AnUnparkIsNeverLostAndPublishesWhatWasWritten) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Parker parker;
    Plain<int> data(0);
    Thread other([&] {
      data.set(7);
      parker.unpark();
    });
    while (!parker.park(-1)) {
    }
    model::require(data.get() == 7, "the woken thread sees what was written before the unpark");
    other.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ParkerModel, AnUnparkReachesAnOwnerThatWaitsElsewhere) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Parker parker;
    Plain<int> data(0);
    Atomic<int> bell{0};
    Thread other([&] {
      data.set(7);
      if (parker.unpark()) bell.store(1, std::memory_order_relaxed);
    });
    if (parker.begin_elsewhere()) {
      while (bell.load(std::memory_order_relaxed) == 0) cpu_relax();
      parker.end_elsewhere();
    }
    model::require(data.get() == 7, "the woken thread sees what was written before the unpark");
    other.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ParkerModel, TwoUnparksAreAtLeastOneWakeUp) {
  const Report report = model::explore({}, [] {
    Parker parker;
    Plain<int> first_data(0);
    Plain<int> second_data(0);
    Atomic<int> written{0};
    Thread first([&] {
      first_data.set(1);
      written.fetch_add(1, std::memory_order_release);
      parker.unpark();
    });
    Thread second([&] {
      second_data.set(2);
      written.fetch_add(1, std::memory_order_release);
      parker.unpark();
    });
    while (written.load(std::memory_order_acquire) != 2) parker.park(-1);
    model::require(first_data.get() + second_data.get() == 3,
                   "the woken thread sees what both threads wrote");
    first.join();
    second.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
