#include <corokit/block_in_place.hpp>
#include <corokit/handle.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
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

using namespace std::chrono_literals;
using test::give_later;
using test::nothing;

/// Each kind of runtime that has workers.
using BlockInPlaceOn = test::OnEachRuntime;
using Executor = test::RuntimeKind::Executor;
INSTANTIATE_TEST_SUITE_P(Each, BlockInPlaceOn,
                         ::testing::Values(test::RuntimeKind(Executor::work_stealing, 1),
                                           test::RuntimeKind(Executor::work_stealing, 2),
                                           test::RuntimeKind(Executor::work_stealing, 16),
                                           test::RuntimeKind(Executor::global_queue, 1),
                                           test::RuntimeKind(Executor::global_queue, 16)),
                         test::runtime_name);

Task<void> set_it(std::promise<void>* promise) {
  promise->set_value();
  co_return;
}

TEST_P(BlockInPlaceOn, GivesTheResult) {
  auto body = []() -> Task<int> {
    const auto moved = std::make_unique<int>(42);
    co_return block_in_place([&] { return *moved; });
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), 42);
}

TEST_P(BlockInPlaceOn, PassesOnAnException) {
  auto body = []() -> Task<int> {
    try {
      block_in_place([] { throw std::runtime_error("broken"); });
    } catch (const std::runtime_error&) {
    }
    const int given = co_await give_later(42);
    co_return given;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body()), 42);
}

TEST_P(BlockInPlaceOn, TasksThatTheWorkerWokeRunMeanwhile) {
  auto body = []() -> Task<void> {
    std::promise<void> one;
    std::promise<void> other;
    spawn(set_it(&one)).detach();
    spawn(set_it(&other)).detach();
    block_in_place([&] {
      one.get_future().wait();
      other.get_future().wait();
    });
    co_return;
  };
  Runtime runtime = make();
  for (int i = 0; i < 20; ++i) runtime.block_on(body());
}

TEST_P(BlockInPlaceOn, TasksThatStartMeanwhileRun) {
  auto body = [](const Handle* handle) -> Task<void> {
    std::promise<void> inside;
    std::promise<void> outside;
    block_in_place([&] {
      spawn(set_it(&inside)).detach();
      inside.get_future().wait();
      std::thread other([&] { handle->spawn(set_it(&outside)).detach(); });
      outside.get_future().wait();
      other.join();
    });
    co_return;
  };
  Runtime runtime = make();
  const Handle handle = runtime.handle();
  for (int i = 0; i < 20; ++i) runtime.block_on(body(&handle));
}

TEST_P(BlockInPlaceOn, AllWorkersMayBlockAtOnce) {
  auto block = [](std::atomic<int>* here, std::shared_future<void> until) -> Task<void> {
    block_in_place([&] {
      ++*here;
      until.wait();
    });
    co_return;
  };
  Runtime runtime = make();
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> here = 0;
  const int tasks = 2 * static_cast<int>(GetParam().workers);
  std::vector<JoinHandle<void>> blocked;
  for (int i = 0; i < tasks; ++i) blocked.push_back(runtime.spawn(block(&here, gone)));
  test::run_until(runtime, [&] { return here == tasks; });
  EXPECT_EQ(runtime.block_on(give_later(42)), 42);
  go.set_value();
  for (auto& each : blocked) test::run_until(runtime, [&] { return each.is_finished(); });
}

TEST_P(BlockInPlaceOn, TimersFireMeanwhile) {
  auto sleep_and_set = [](std::promise<void>* promise) -> Task<void> {
    co_await sleep(1ms);
    promise->set_value();
  };
  auto body = [](auto make_sleeper) -> Task<void> {
    std::promise<void> woken;
    spawn(make_sleeper(&woken)).detach();
    block_in_place([&] { woken.get_future().wait(); });
    co_return;
  };
  Runtime runtime = make();
  runtime.block_on(body(sleep_and_set));
}

TEST_P(BlockInPlaceOn, CallsThatBlockAreAllowed) {
  auto send = [](mpsc::Sender<int> sender) -> Task<void> { static_cast<void>(co_await sender.send(42)); };
  auto body = [](auto make_sender) -> Task<int> {
    auto [sender, receiver] = mpsc::channel<int>(1);
    spawn(make_sender(std::move(sender))).detach();
    int sum = block_in_place([&] { return receiver.blocking_recv().value(); });
    sum += block_in_place([] { return Handle::current().block_on(give_later(1)); });
    sum += block_in_place([] { return block_on(give_later(1)); });
    co_return sum;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body(send)), 44);
}

TEST_P(BlockInPlaceOn, TheTaskAndTheThreadStayTheSame) {
  auto body = []() -> Task<void> {
    const TaskId id = current_task_id();
    const std::string name = current_task_name();
    const auto thread = std::this_thread::get_id();
    block_in_place([&] {
      EXPECT_EQ(current_task_id(), id);
      EXPECT_EQ(current_task_name(), name);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      block_in_place([&] { EXPECT_EQ(std::this_thread::get_id(), thread); });  // it blocks already
    });
    EXPECT_EQ(current_task_id(), id);
    EXPECT_EQ(std::this_thread::get_id(), thread);
    EXPECT_THROW(block_on(nothing()), std::logic_error) << "the thread is that of a worker again";
    co_return;
  };
  Runtime runtime = make();
  auto task = runtime.spawn(body(), "Mouse");
  test::run_until(runtime, [&] { return task.is_finished(); });
}

TEST_P(BlockInPlaceOn, TheEndOfTheRuntimeWaitsForTheFunction) {
  auto body = [](std::atomic<bool>* here, const Handle* handle, std::atomic<bool>* ended) -> Task<void> {
    block_in_place([&] {
      *here = true;
      while (!handle->has_ended()) std::this_thread::yield();
      *ended = true;
    });
    co_await yield_now();
    ADD_FAILURE() << "the task is dropped where it yields";
  };
  std::atomic<bool> here = false;
  std::atomic<bool> ended = false;
  {
    Runtime runtime = make();
    const Handle handle = runtime.handle();
    auto task = runtime.spawn(body(&here, &handle, &ended));
    task.detach();
    while (!here) std::this_thread::yield();
    EXPECT_TRUE(runtime.shutdown(Duration::max()));
  }
  EXPECT_TRUE(ended);
}

TEST_P(BlockInPlaceOn, WithoutAThreadItRunsAllTheSame) {
  RuntimeBuilder builder = Runtime::builder();
  if (GetParam().executor == Executor::global_queue) builder.global_queue();
  Runtime runtime = builder.workers(GetParam().workers).blocking_limit(1).build();
  std::promise<void> go;
  runtime.spawn_blocking([&] { go.get_future().wait(); }).detach();  // takes the only thread
  auto body = []() -> Task<int> { co_return block_in_place([] { return 42; }); };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(runtime.block_on(body()), 42);
  go.set_value();
  test::run_until(runtime, [&] { return runtime.metrics().blocking_queue_depth == 0; });
}

TEST_P(BlockInPlaceOn, ManyTasksBlockAndGoOn) {
  constexpr std::uint64_t kTasks = 64;
  auto body = [](std::uint64_t rounds, std::atomic<std::uint64_t>* done) -> Task<void> {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      block_in_place([] { std::this_thread::yield(); });
      co_await yield_now();
      if (i % 4 == 0) co_await sleep(1us);
      auto child = spawn(nothing());
      static_cast<void>(co_await child);
    }
    ++*done;
  };
  Runtime runtime = make();
  std::atomic<std::uint64_t> done = 0;
  for (std::uint64_t i = 0; i < kTasks; ++i) runtime.spawn(body(test::scaled(50), &done)).detach();
  test::run_until(runtime, [&] { return done == kTasks; });
}

TEST(BlockInPlace, ACurrentThreadRuntimeRefusesItWithASentence) {
  auto body = []() -> Task<std::string> {
    try {
      block_in_place([] { ADD_FAILURE() << "it must not run"; });
    } catch (const std::logic_error& error) {
      co_return error.what();
    }
    co_return "nothing was thrown";
  };
  EXPECT_EQ(Runtime::current_thread().block_on(body()),
            "corokit: block_in_place was called on a current-thread runtime, where no other thread could go "
            "on with "
            "the tasks: use spawn_blocking()");
}

TEST(BlockInPlace, WhereTheThreadMayBlockTheFunctionIsCalled) {
  EXPECT_EQ(block_in_place([] { return 42; }), 42);
  Runtime runtime = Runtime::current_thread();
  std::atomic<int> given = 0;
  runtime.spawn_blocking([&] { given = block_in_place([] { return 43; }); }).detach();
  test::run_until(runtime, [&] { return given == 43; });
}

TEST(BlockInPlace, InASimulationTheFunctionIsAPartOfTheTurn) {
  auto body = []() -> Task<int> { co_return block_in_place([] { return 42; }); };
  EXPECT_EQ(sim::run({}, body()).value(), 42);
}

}  // namespace
}  // namespace corokit
