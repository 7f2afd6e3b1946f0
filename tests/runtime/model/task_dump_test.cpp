// Explores a look at a task while it is woken, aborted, and looked at by another thread.
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>
#include <corokit/task_dump.hpp>

#include <gtest/gtest.h>
#include <string>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "gate.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Gate;
using model::OneTaskExecutor;
using model::Report;
using model::Thread;

void look(OneTaskExecutor& executor) {
  const TaskDump dump = dump_tasks(executor, Instant());
  model::require(dump.tasks.size() <= 1, "there is one task");
  for (const DumpedTask& task : dump.tasks)
    if (task.wait) model::require(task.wait->where == std::string("Gate"), "it is seen where it waits");
}

TEST(TaskDumpModel, AWakeUpDuringALookIsNotLost) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Gate gate;
    const auto body = [](Gate& wait_at) -> Task<void> { co_await wait_at.wait(); };
    auto handle = spawn_on(executor, body(gate));
    Thread waker([&] { gate.open(); });
    Thread looks([&] { look(executor); });
    executor.run(handle);
    waker.join();
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(TaskDumpModel, AnAbortDuringALookIsNotLost) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Gate gate;
    const auto body = [](Gate& wait_at) -> Task<void> { co_await wait_at.wait(); };
    auto handle = spawn_on(executor, body(gate));
    Thread aborts([&] { handle.abort(); });
    Thread looks([&] { look(executor); });
    executor.run(handle);
    aborts.join();
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

// A look reads what the turn before it wrote, and is over when the next turn writes.
TEST(TaskDumpModel, ALookStandsBetweenTwoTurns) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Gate gate;
    const auto body = [](Gate& wait_at) -> Task<void> {
      co_await wait_at.wait();
      co_await wait_at.wait();
    };
    auto handle = spawn_on(executor, body(gate));
    Thread looks([&] { look(executor); });
    executor.run_one();
    gate.open();
    while (!executor.run_one()) cpu_relax();
    gate.open();
    executor.run(handle);
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
