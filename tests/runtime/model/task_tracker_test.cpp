// Explores TaskTracker: which waits the end of the last task ends, and what they see.
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>
#include <corokit/task_tracker.hpp>

#include <gtest/gtest.h>
#include <optional>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit {
namespace {

using model::OneTaskExecutor;
using model::Plain;
using model::Report;
using model::Thread;
using Token = std::optional<TaskTracker::Token>;

Task<void> wait(const TaskTracker& tracker, bool& over) {
  co_await tracker.wait();
  over = true;
}

// The thread that drops the last token of one round may come late to wake those who wait. It must not wake a wait that
// was made after the tracker had a token again.
TEST(TaskTrackerModel, AWaitDoesNotEndWithAnEarlierOne) {
  const Report report = model::explore({.preemptions = 3}, [] {
    const TaskTracker tracker;
    tracker.close();
    Token last(tracker.token());
    Thread drops([&last] { last.reset(); });
    Token alive(tracker.token());
    bool over = false;
    OneTaskExecutor executor;
    const auto handle = detail::spawn_on(executor, wait(tracker, over));
    executor.run_one();
    drops.join();
    while (executor.run_one()) continue;
    model::require(!over, "a wait does not end while there is a token that was there before it");
    alive.reset();
    executor.run(handle);
    model::require(over, "the last token ends the wait");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(TaskTrackerModel, AWaitEndsAndSeesWhatTheTasksDid) {
  const Report report = model::explore({.preemptions = 2}, [] {
    const TaskTracker tracker;
    Plain<int> first;
    Plain<int> second;
    Token one(tracker.token());
    Token other(tracker.token());
    Thread ends([&] {
      first.set(1);
      one.reset();
    });
    Thread closes([&] {
      tracker.close();
      second.set(2);
      other.reset();
    });
    bool over = false;
    model::run(wait(tracker, over));
    model::require(over && first.get() + second.get() == 3, "the wait sees what the tasks did");
    ends.join();
    closes.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit
