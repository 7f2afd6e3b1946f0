#include <corokit/handle.hpp>
#include <corokit/io/async_fd.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::Gate;
using test::give_later;
using test::nothing;

using HandleOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(HandleOn);

/// Returns: the handle of a runtime that has ended.
Handle ended_handle() {
  Runtime runtime = Runtime::current_thread();
  return runtime.handle();
}

TEST_P(HandleOn, StartsTasksFromOutside) {
  Runtime runtime = make();
  const Handle handle = runtime.handle();
  std::atomic<bool> ran = false;
  std::thread other([&] {
    handle
        .spawn([&]() -> Task<void> {
          ran = true;
          co_return;
        })
        .detach();
  });
  test::run_until(runtime, [&] { return ran.load(); });
  other.join();
}

TEST_P(HandleOn, KeepsTheNameOfATask) {
  auto name = []() -> Task<std::string> { co_return current_task_name(); };
  Runtime runtime = make();
  auto task = runtime.handle().spawn(name(), "Mouse");
  test::run_until(runtime, [&] { return task.is_finished(); });
  EXPECT_EQ(task.cell().take(), "Mouse");
}

TEST_P(HandleOn, BlocksOnATask) {
  Runtime runtime = make();
  const Handle handle = runtime.handle();
  EXPECT_EQ(handle.block_on(give_later(42)), 42);
}

TEST_P(HandleOn, TheCurrentOneIsThatOfTheRuntimeOfTheTask) {
  auto body = []() -> Task<int> {
    auto task = Handle::current().spawn(give_later(42));
    const auto result = co_await task;
    co_return result.value();
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), 42);
}

TEST_P(HandleOn, AFunctionThatBlocksMayBlockOnIt) {
  auto body = []() -> Task<int> {
    auto job = Handle::current().spawn_blocking([] { return Handle::current().block_on(give_later(42)); });
    const auto result = co_await job;
    co_return result.value();
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), 42);
}

TEST_P(HandleOn, BlockingOnItInsideARuntimeIsRefused) {
  auto body = []() -> Task<void> {
    EXPECT_THROW(Handle::current().block_on(nothing()), std::logic_error);
    co_return;
  };
  Runtime runtime = make();
  runtime.block_on(body());
}

TEST(Handle, ThereIsNoCurrentOneOutsideOfARuntime) {
  EXPECT_THROW(Handle::current(), std::logic_error);
  EXPECT_FALSE(Handle::try_current());
}

TEST(Handle, ThereIsNoCurrentOneInASimulation) {
  auto body = []() -> Task<void> {
    EXPECT_THROW(Handle::current(), std::logic_error);
    EXPECT_FALSE(Handle::try_current());
    co_return;
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST_P(HandleOn, OnceTheRuntimeHasEndedItsTasksAreCancelled) {
  test::Census census;
  Gate never;
  std::optional<Handle> handle;
  {
    Runtime runtime = make();
    handle = runtime.handle();
    EXPECT_FALSE(handle->has_ended());
  }
  EXPECT_TRUE(handle->has_ended());
  auto task = handle->spawn(wait_at(&never, test::Counted(census)));
  EXPECT_TRUE(task.is_finished());
  EXPECT_EQ(task.cell().outcome, detail::Outcome::cancelled);
  EXPECT_EQ(census.alive, 0) << "the frame is destroyed at once";
  const auto job = handle->spawn_blocking([] { ADD_FAILURE() << "it must not run"; });
  EXPECT_TRUE(job.is_finished());
  EXPECT_THROW(handle->block_on(nothing()), std::runtime_error);
}

TEST_P(HandleOn, TheEndOfTheRuntimeEndsWhatBlockOnWaitsFor) {
  Gate never;
  std::thread other;
  {
    Runtime runtime = make();
    other = std::thread([handle = runtime.handle(), &never] {
      auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
      EXPECT_THROW(handle.block_on(wait(&never)), std::runtime_error);
    });
    while (never.waiting() == 0) std::this_thread::yield();
  }
  other.join();
}

TEST_P(HandleOn, SpawnsThatMeetTheEndOfTheRuntimeAreRunOrCancelled) {
  for (std::uint64_t i = 0; i < test::scaled(100); ++i) {
    std::atomic<int> here = 0;
    std::atomic<bool> ends = false;
    std::vector<std::thread> others;
    test::Census census;
    Gate never;
    {
      Runtime runtime = make();
      for (int each = 0; each < 2; ++each)
        others.emplace_back([&, handle = runtime.handle()] {
          ++here;
          while (!handle.has_ended()) {
            handle.spawn(wait_at(&never, test::Counted(census))).detach();
            handle.spawn_blocking([] {}).detach();
            if (ends) std::this_thread::yield();
          }
          handle.spawn(wait_at(&never, test::Counted(census))).detach();
        });
      while (here != 2) std::this_thread::yield();
      ends = true;
    }
    for (std::thread& other : others) other.join();
    EXPECT_EQ(census.alive, 0);
  }
}

TEST_P(HandleOn, AThreadThatHasEnteredSpawnsWithoutATask) {
  Runtime runtime = make();
  std::atomic<int> ran = 0;
  {
    const EnterGuard entered = runtime.handle().enter();
    spawn([&]() -> Task<void> {
      ++ran;
      co_return;
    }).detach();
    spawn_blocking([&] { ++ran; }).detach();
    EXPECT_TRUE(Handle::try_current());
    EXPECT_FALSE(try_current_task_id());
  }
  EXPECT_THROW(spawn(nothing()).detach(), std::logic_error);
  test::run_until(runtime, [&] { return ran == 2; });
}

TEST_P(HandleOn, AThreadThatHasEnteredMayBlockOnATask) {
  Runtime runtime = make();
  const EnterGuard entered = runtime.handle().enter();
  EXPECT_EQ(runtime.block_on(give_later(42)), 42);
  EXPECT_EQ(block_on(give_later(43)), 43);
  EXPECT_TRUE(Handle::try_current());
}

TEST(Handle, TheRuntimeThatWasEnteredLastIsTheCurrentOne) {
  Runtime one = Runtime::multi_thread(1);
  Runtime other = Runtime::multi_thread(1);
  auto spawned = [](const Runtime& runtime) { return runtime.metrics().spawned_tasks; };
  const EnterGuard entered = one.handle().enter();
  {
    const EnterGuard inner = other.handle().enter();
    spawn(nothing()).detach();
  }
  EXPECT_EQ(spawned(other), 1U);
  EXPECT_EQ(spawned(one), 0U);
  spawn(nothing()).detach();
  EXPECT_EQ(spawned(one), 1U);
}

TEST(Handle, TheRuntimeDoesNotEndWhileAThreadHasEntered) {
  std::atomic<bool> entered = false;
  std::atomic<bool> left = false;
  std::thread other;
  {
    Runtime runtime = Runtime::multi_thread(2);
    other = std::thread([&, handle = runtime.handle()] {
      const EnterGuard guard = handle.enter();
      entered = true;
      while (!handle.has_ended()) std::this_thread::yield();
      const auto task = spawn(nothing());
      while (!task.is_finished()) std::this_thread::yield();
      left = true;
    });
    while (!entered) std::this_thread::yield();
  }
  EXPECT_TRUE(left);
  other.join();
}

TEST(Handle, EnteringARuntimeThatHasEndedCancelsWhatIsSpawned) {
  const Handle handle = ended_handle();
  const EnterGuard entered = handle.enter();
  EXPECT_TRUE(spawn(nothing()).is_finished());
}

TEST(HandleDeathTest, ARuntimeThatTheThreadHasEnteredBelowAnotherOneMustNotBeDestroyedThere) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto destroy = [] {
    std::optional<Runtime> outer(Runtime::multi_thread(1));
    Runtime inner = Runtime::multi_thread(1);
    const EnterGuard first = outer->handle().enter();
    const EnterGuard second = inner.handle().enter();
    outer.reset();
  };
  EXPECT_DEATH(destroy(), "a Runtime was destroyed .* or where its Handle was entered");
}

TEST(Handle, ADescriptorThatIsOpenedAfterTheTasksHaveEndedIsNotWaitedFor) {
  std::optional<Runtime> runtime(Runtime::multi_thread(1));
  const Handle handle = runtime->handle();
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()), 0);
  std::jthread end;
  {
    const EnterGuard entered = handle.enter();
    end = std::jthread([&runtime] { runtime.reset(); });
    auto is_cancelled = [](JoinHandle<void> job) -> Task<bool> {
      const auto result = co_await job;
      co_return !result && result.error().is_cancelled();
    };
    while (!block_on(is_cancelled(spawn_blocking([] {})))) continue;  // the last part of the end has begun
    const io::Descriptor other(pair[1]);
    auto opened = io::AsyncFd::make(io::Descriptor(pair[0]));
    ASSERT_TRUE(opened);
    auto read = [](io::AsyncFd* from) -> Task<bool> {
      char byte = 0;
      const auto result = co_await from->read_with([&] { return ::read(from->get(), &byte, 1); });
      co_return result.has_value();
    };
    EXPECT_FALSE(block_on(read(&*opened)));
  }
}

TEST_P(HandleOn, ATaskMayNotEnter) {
  auto body = [](Handle other) -> Task<void> {
    EXPECT_THROW(static_cast<void>(other.enter()), std::logic_error);
    co_return;
  };
  Runtime runtime = make();
  runtime.block_on(body(runtime.handle()));
}

TEST(Handle, ARuntimeThatWasShutDownGivesNone) {
  Runtime runtime = Runtime::current_thread();
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
  EXPECT_THROW(runtime.handle(), std::logic_error);
}

}  // namespace
}  // namespace corokit
