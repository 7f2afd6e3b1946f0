// Explores the permits of a semaphore: its state, which is changed without the lock, waits, dropped waits, and close().
#include <corokit/sync/semaphore.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstddef>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::run;
using model::Thread;

Task<void> add_one(Semaphore& semaphore, Plain<int>& data) {
  const auto permit = co_await semaphore.acquire();
  data.set(data.get() + 1);
}

TEST(PermitModel, EachHolderIsAloneAndSeesWhatThePreviousOneWrote) {
  const Report report = model::explore({.preemptions = 3}, [] {
    Semaphore semaphore(1);
    Plain<int> data(0);
    Thread other([&] { run(add_one(semaphore, data)); });
    run(add_one(semaphore, data));
    other.join();
    model::require(data.get() == 2, "both tasks held the permit");
    model::require(semaphore.available_permits() == 1, "the permit is free again");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

Task<void> take(Semaphore& semaphore, std::size_t permits, bool& taken) {
  const auto permit = co_await semaphore.acquire_many(permits);
  taken = permit.has_value();
}

// The tests below have three threads and allow one preemption, because each thread that waits in a loop multiplies the
// number of schedules.

TEST(PermitModel, AWaiterCollectsPermitsFromTwoThreads) {
  const Report report = model::explore({.preemptions = 1, .stale_loads = 1}, [] {
    Semaphore semaphore(0);
    Thread first([&] { semaphore.add_permits(1); });
    Thread second([&] { semaphore.add_permits(1); });
    bool taken = false;
    run(take(semaphore, 2, taken));
    first.join();
    second.join();
    model::require(taken && semaphore.available_permits() == 2, "both permits were taken and released");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(PermitModel, AWaiterThatIsAbortedLosesNoPermit) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Semaphore semaphore(0);
    bool taken = false;
    model::run_while_aborted(take(semaphore, 1, taken), [&] { semaphore.add_permits(1); });
    model::require(semaphore.available_permits() == 1,
                   "the permit is free, whether or not the aborted task took it");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(PermitModel, CloseEndsAWaitAndKeepsReleasedPermits) {
  const Report report = model::explore({.preemptions = 1, .stale_loads = 1}, [] {
    Semaphore semaphore(0);
    Thread closes([&] { semaphore.close(); });
    Thread gives([&] { semaphore.add_permits(1); });
    bool taken = false;
    run(take(semaphore, 1, taken));
    closes.join();
    gives.join();
    model::require(semaphore.available_permits() == 1,
                   "the permit is free again, whether or not it was taken");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
