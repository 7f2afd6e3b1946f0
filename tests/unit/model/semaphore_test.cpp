// Permits and their line on every schedule: the word that is changed without the lock, the waits, drops and closing.
#include <corokit/detail/scheduler.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <utility>

#include "explore.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::Thread;

/// An executor of one task, which runs on the thread that this belongs to; anybody may wake it.
class Stage final : public Scheduler {
 public:
  void schedule(TaskHeader& task) noexcept override {
    // [queue] release. Pairs with: [queue] acquire in run().
    model::require(queued_.exchange(&task, std::memory_order_release) == nullptr, "a task is queued once");
  }
  void submit(BlockingJob&) override { model::require(false, "nothing blocks here"); }

  /// Runs the task to its end. One that nobody wakes is a livelock.
  template <class T>
  void run(const JoinHandle<T>& handle) {
    while (!handle.is_finished()) {
      TaskHeader* task = queued_.exchange(nullptr, std::memory_order_acquire);
      if (!task) {
        cpu_relax();
        continue;
      }
      Context context;
      context.scheduler = this;
      EnterContext entered(context);
      if (run_turn(*task, context) == TurnEnd::again) schedule(*task);
    }
  }

 private:
  Atomic<TaskHeader*> queued_{nullptr};
};

template <class T>
void run(Task<T> task) {
  Stage stage;
  stage.run(spawn_on(stage, std::move(task)));
}

Task<void> add_one(Semaphore& semaphore, Plain<int>& data) {
  const auto permit = co_await semaphore.acquire();
  data.set(data.get() + 1);
}

TEST(PermitModel, OneHolderAtATimeSeesWhatTheLastOneWrote) {
  const Report report = model::explore({.preemptions = 3}, [] {
    Semaphore semaphore(1);
    Plain<int> data(0);
    Thread other([&] { run(add_one(semaphore, data)); });
    run(add_one(semaphore, data));
    other.join();
    model::require(data.get() == 2, "both were in");
    model::require(semaphore.available_permits() == 1, "the permit is back");
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

Task<void> take(Semaphore& semaphore, std::size_t permits, bool& taken) {
  const auto permit = co_await semaphore.acquire_many(permits);
  taken = permit.has_value();
}

// Of three threads only one may be preempted: each that waits in a loop multiplies the schedules.

TEST(PermitModel, AWaiterCollectsWhatTwoThreadsGive) {
  const Report report = model::explore({.preemptions = 1, .stale_loads = 1}, [] {
    Semaphore semaphore(0);
    Thread first([&] { semaphore.add_permits(1); });
    Thread second([&] { semaphore.add_permits(1); });
    bool taken = false;
    run(take(semaphore, 2, taken));
    first.join();
    second.join();
    model::require(taken && semaphore.available_permits() == 2, "two were taken, and given back");
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

TEST(PermitModel, AWaiterThatIsAbortedLosesNoPermit) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Semaphore semaphore(0);
    bool taken = false;
    {
      Stage stage;
      const auto waiter = spawn_on(stage, take(semaphore, 1, taken));
      Thread gives([&] { semaphore.add_permits(1); });
      Thread aborts([&] { waiter.abort(); });
      stage.run(waiter);
      gives.join();
      aborts.join();
    }
    model::require(semaphore.available_permits() == 1, "whoever had it gave it back");
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

TEST(PermitModel, CloseEndsAWaitAndKeepsWhatIsGiven) {
  const Report report = model::explore({.preemptions = 1, .stale_loads = 1}, [] {
    Semaphore semaphore(0);
    Thread closes([&] { semaphore.close(); });
    Thread gives([&] { semaphore.add_permits(1); });
    bool taken = false;
    run(take(semaphore, 1, taken));
    closes.join();
    gives.join();
    model::require(semaphore.available_permits() == 1, "the permit is back, taken or not");
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

}  // namespace
}  // namespace corokit::detail
