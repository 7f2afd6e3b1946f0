// Explores the ready list of a task and its join slot: wake-ups, rests, aborts, and the end of a task.
#include <corokit/join.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <utility>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "gate.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Gate;
using model::OneTaskExecutor;
using model::Plain;
using model::Report;
using model::Thread;

TEST(ReadyListModel, AWakeUpIsNeverLostAndPublishesWhatTheWakerWrote) {
  const Report report = model::explore({.preemptions = 4}, [] {
    OneTaskExecutor executor;
    Gate gate;
    Plain<int> data(0);
    const auto body = [](Gate& wait_at, Plain<int>& given) -> Task<int> {
      co_await wait_at.wait();
      co_return given.get();
    };
    auto handle = spawn_on(executor, body(gate, data));
    Thread waker([&] { gate.open([&data] { data.set(7); }); });
    executor.run(handle);
    waker.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ReadyListModel, TwoBranchesOfATaskAreBothWoken) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Gate first;
    Gate second;
    const auto body = [](Gate& one, Gate& two) -> Task<int> {
      co_await join(one.wait(), two.wait());
      co_return 1;
    };
    auto handle = spawn_on(executor, body(first, second));
    Thread opens_first([&] { first.open(); });
    Thread opens_second([&] { second.open(); });
    executor.run(handle);
    opens_first.join();
    opens_second.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

// A turn sees what the previous turn wrote, on whichever thread it runs. This includes what that turn wrote after the
// woken branch had begun to wait.
TEST(ReadyListModel, ATurnSeesWhatThePreviousTurnWroteOnAnotherThread) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Gate gate;
    Plain<int> local(0);
    const auto write = [](Plain<int>& own) -> Task<int> {
      own.set(1);
      co_return 1;
    };
    const auto body = [&write](Gate& wait_at, Plain<int>& own) -> Task<int> {
      co_await join(wait_at.wait(), write(own));
      own.set(own.get() + 1);
      co_return 1;
    };
    auto handle = spawn_on(executor, body(gate, local));
    Thread runner([&] { executor.run(handle); });
    gate.open();
    executor.run(handle);
    runner.join();
    model::require(local.get() == 2, "the task continued once after the wake-up");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ReadyListModel, AnAbortEndsATaskThatIsBeingWoken) {
  const Report report = model::explore({.preemptions = 3}, [] {
    Gate gate;
    const auto body = [](Gate& wait_at) -> Task<void> { co_await wait_at.wait(); };
    model::run_while_aborted(body(gate), [&] { gate.open(); });
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ReadyListModel, AnAbortBeforeAWakeUpIsKept) {
  const Report report = model::explore({}, [] {
    OneTaskExecutor executor;
    Gate gate;
    Plain<int> went_on(0);
    const auto body = [](Gate& wait_at, Plain<int>& flag) -> Task<int> {
      co_await wait_at.wait();
      flag.set(1);
      co_return 1;
    };
    auto handle = spawn_on(executor, body(gate, went_on));
    executor.run_one();
    handle.abort();
    Thread waker([&] { gate.open(); });
    executor.run(handle);
    waker.join();
    model::require(went_on.get() == 0, "an aborted task does not continue");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

/// Waits for the end of a task. It may be destroyed as soon as the wait is over.
class Joiner : public JoinWaiter {
 public:
  Joiner() noexcept { notify = &tell; }
  bool is_told() const noexcept { return told_.load(std::memory_order_acquire); }
  Plain<int> alive{1};

 private:
  static void tell(JoinWaiter& waiter, WakeBatch&) noexcept {
    auto& self = static_cast<Joiner&>(waiter);
    model::require(self.alive.get() == 1, "a waiter is alive while it is told");
    self.told_.store(true, std::memory_order_release);
    model::require(self.alive.get() == 1, "a waiter is alive while it is told");
  }
  Atomic<bool> told_{false};
};

/// A task that consists of a header and a result beside it.
struct Ended {
  TaskHeader header;
  Plain<int> result{0};
  Ended() { header.refs.store(3, std::memory_order_relaxed); }
  void end() {
    result.set(7);
    header.outcome = Outcome::value;
    complete_join(header);
  }
};

TEST(JoinModel, AWaiterThatIsToldOfTheEndSeesTheResult) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Ended task;
    Joiner joiner;
    Thread ends([&] { task.end(); });
    if (register_join(task.header, joiner)) {
      while (!joiner.is_told()) cpu_relax();
    }
    model::require(task.header.is_over(), "the task is over");
    model::require(task.result.get() == 7, "the thread sees the result of the task");
    ends.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(JoinModel, AThreadThatFindsTheTaskFinishedSeesTheResult) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Ended task;
    Thread ends([&] { task.end(); });
    while (!task.header.is_complete()) cpu_relax();
    model::require(task.result.get() == 7, "the thread sees the result of the task");
    ends.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(JoinModel, AWaiterThatLeavesIsNotToldAfterwards) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Ended task;
    Joiner joiner;
    Thread ends([&] { task.end(); });
    if (register_join(task.header, joiner)) unregister_join(task.header, joiner);
    joiner.alive.set(0);  // it may be destroyed here
    ends.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

struct Dropped : ResultDropper {
  static void count(TaskHeader& header) noexcept {
    auto& task = reinterpret_cast<Ended&>(header);
    task.result.set(task.result.get() + 1);
  }
  Dropped() noexcept : ResultDropper{&count} {}
};

TEST(JoinModel, TheResultOfADetachedTaskIsDroppedOnce) {
  const Report report = model::explore({.preemptions = 4}, [] {
    const Dropped dropper;
    Ended task;
    Thread ends([&] { task.end(); });
    detach(task.header, dropper);
    ends.join();
    model::require(task.result.get() == 8, "the result is dropped once, after it was written");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
