#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>

#include "support/on_each_runtime.hpp"

namespace corokit {
namespace {

using TaskNameOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(TaskNameOn);

Task<std::string> tell_name() {
  const std::string before = current_task_name();
  co_await yield_now();
  co_return before == current_task_name() ? before : "it changed";
}

Task<std::string> call_child() {
  co_return co_await tell_name();
}

TEST_P(TaskNameOn, ATaskKnowsTheNameThatItWasSpawnedWith) {
  auto body = []() -> Task<std::string> { co_return *co_await spawn(call_child(), "Seraph"); };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), "Seraph");
  auto wait = [](JoinHandle<std::string> handle) -> Task<std::string> { co_return *co_await handle; };
  EXPECT_EQ(runtime.block_on(wait(runtime.spawn(tell_name(), "Smith"))), "Smith");
}

TEST_P(TaskNameOn, IsEmptyWithoutOne) {
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(tell_name()), "");
}

TEST_P(TaskNameOn, TheIdOfTheCurrentTaskIsTheOneOfItsHandle) {
  auto id = []() -> Task<TaskId> {
    co_await yield_now();
    co_return current_task_id();
  };
  auto body = [id]() -> Task<bool> {
    std::set<TaskId> seen;
    for (int i = 0; i < 100; ++i) {
      JoinHandle<TaskId> handle = spawn(id());
      const TaskId expected = handle.id();
      if (*co_await handle != expected || !seen.insert(expected).second) co_return false;
    }
    co_return true;
  };
  Runtime runtime = make();
  EXPECT_TRUE(runtime.block_on(body()));
}

TEST(TaskName, IsEmptyOutsideOfATask) {
  EXPECT_THROW(static_cast<void>(current_task_id()), std::logic_error);
  EXPECT_THROW(static_cast<void>(current_task_name()), std::logic_error);
}

TEST(TaskName, ADeadlockNamesTheTask) {
  auto wait = [](Semaphore* semaphore) -> Task<void> { static_cast<void>(co_await semaphore->acquire()); };
  auto body = [wait](Semaphore* semaphore) -> Task<void> {
    static_cast<void>(co_await spawn(wait(semaphore), "the Oracle"));
  };
  Semaphore semaphore(0);
  const auto failed = sim::run({}, body(&semaphore));
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("task 2 (the Oracle) waits in Semaphore::acquire"), std::string::npos)
      << failed.error().message;
}

}  // namespace
}  // namespace corokit
