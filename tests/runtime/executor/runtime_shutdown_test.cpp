#include <corokit/runtime.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;

using ShutdownOn = test::OnEachRuntime;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;
COROKIT_ON_EACH_RUNTIME(ShutdownOn);

TEST_P(ShutdownOn, DropsTasksAndReturnsTrueOnceAllHasEnded) {
  Runtime runtime = make();
  Gate never;
  Census census;
  JoinHandle<void> task = runtime.spawn(wait_at(&never, Counted(census)));
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_EQ(census.alive, 0);
  EXPECT_TRUE(task.is_finished());
}

TEST_P(ShutdownOn, GivesUpOnABlockingFunctionThatDoesNotEnd) {
  std::promise<void> started;
  std::promise<void> go;
  auto done = std::make_shared<std::promise<void>>();
  Runtime runtime = make();
  JoinHandle<void> job = runtime.spawn_blocking([&started, &go, done] {
    started.set_value();
    go.get_future().wait();
    done->set_value();
  });
  started.get_future().wait();
  EXPECT_FALSE(runtime.shutdown(1ms));
  EXPECT_FALSE(job.is_finished());
  go.set_value();  // the function ends in the background, and the runtime with it
  done->get_future().wait();
  auto wait = [](JoinHandle<void> handle) -> Task<bool> { co_return (co_await handle).has_value(); };
  EXPECT_TRUE(block_on(wait(std::move(job))));
}

TEST(Shutdown, GivesUpOnAWorkerThatIsStuckInUserCode) {
  std::promise<void> started;
  std::promise<void> go;
  auto stuck = [](std::promise<void>* at, std::future<void> until) -> Task<void> {
    at->set_value();
    until.wait();
    co_return;
  };
  auto runtime = Runtime::multi_thread(2);
  JoinHandle<void> task = runtime.spawn(stuck(&started, go.get_future()));
  started.get_future().wait();
  EXPECT_FALSE(runtime.shutdown(Duration::zero()));
  go.set_value();
  auto wait = [](JoinHandle<void> handle) -> Task<bool> { co_return (co_await handle).has_value(); };
  EXPECT_TRUE(block_on(wait(std::move(task))));
}

TEST_P(ShutdownOn, ASecondCallIsHarmlessAndLaterSpawnsAreRefused) {
  auto nothing = []() -> Task<void> { co_return; };
  Runtime runtime = make();
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_TRUE(runtime.shutdown(Duration::zero()));
  EXPECT_THROW(runtime.block_on(nothing()), std::logic_error);
  EXPECT_THROW(static_cast<void>(runtime.spawn(nothing())), std::logic_error);
  EXPECT_THROW(static_cast<void>(runtime.spawn_blocking([] {})), std::logic_error);
  runtime = make();
  runtime.block_on(nothing());
}

}  // namespace
}  // namespace corokit
