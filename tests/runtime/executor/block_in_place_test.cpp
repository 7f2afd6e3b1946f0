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

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
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
    int sum = block_in_place([&from = receiver] { return from.blocking_recv().value(); });
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

/// Returns: a runtime of the kind whose pool has one thread.
Runtime make_with_one_blocking_thread() {
  const test::RuntimeKind& kind = BlockInPlaceOn::GetParam();
  RuntimeBuilder builder = Runtime::builder();
  if (kind.executor == Executor::global_queue) builder.global_queue();
  return builder.workers(kind.workers).blocking_limit(1).build();
}

TEST_P(BlockInPlaceOn, WithoutAThreadItRunsAllTheSame) {
  Runtime runtime = make_with_one_blocking_thread();
  std::promise<void> go;
  runtime.spawn_blocking([&] { go.get_future().wait(); }).detach();  // takes the only thread
  auto body = []() -> Task<int> { co_return block_in_place([] { return 42; }); };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(runtime.block_on(body()), 42);
  EXPECT_LE(runtime.metrics().blocking_queue_depth, 1u) << "what ended without a thread needs none";
  go.set_value();
  test::run_until(runtime, [&] { return runtime.metrics().blocking_queue_depth == 0; });
}

// The thread of the first task must not wait for the second function, which the thread that stands in for it runs.
TEST_P(BlockInPlaceOn, TheTaskGoesOnWhileTheThreadThatStandsInBlocksAsWell) {
  auto first = [](std::shared_future<void> until, std::promise<void>* then) -> Task<void> {
    block_in_place([&] { until.wait(); });
    then->set_value();
    co_return;
  };
  auto second = [](std::promise<void>* here, std::shared_future<void> until) -> Task<void> {
    block_in_place([&] {
      here->set_value();
      until.wait();
    });
    co_return;
  };
  Runtime runtime = make();
  for (std::uint64_t i = 0; i < test::scaled(20); ++i) {
    std::promise<void> here;
    std::promise<void> done;
    auto one = runtime.spawn(first(here.get_future().share(), &done));
    auto other = runtime.spawn(second(&here, done.get_future().share()));
    test::run_until(runtime, [&] { return one.is_finished() && other.is_finished(); });
  }
}

TEST_P(BlockInPlaceOn, OtherTasksRunWhileTheTaskComputesAfterwards) {
  auto body = []() -> Task<void> {
    std::promise<void> before;
    std::atomic<bool> after = false;
    spawn(set_it(&before)).detach();
    block_in_place([&] { before.get_future().wait(); });  // another thread has run a task by now
    auto set = [](std::atomic<bool>* flag) -> Task<void> {
      for (int i = 0; i < 10; ++i) co_await yield_now();
      *flag = true;
    };
    auto other = spawn(set(&after));
    while (!after) std::this_thread::yield();  // a task that computes, and so keeps its thread
    static_cast<void>(co_await other);
  };
  Runtime runtime = make();
  for (int i = 0; i < 20; ++i) runtime.block_on(body());
}

TEST_P(BlockInPlaceOn, TheRestOfATurnOnAThreadThatLostItsPlaceIsAsAnyOther) {
  auto body = []() -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 3; ++i) {
      std::promise<void> woken;
      spawn(set_it(&woken)).detach();
      block_in_place([&] { woken.get_future().wait(); });
      EXPECT_THROW(block_on(nothing()), std::logic_error);
    }
    auto child = spawn(give_later(1));
    auto blocking = spawn_blocking([] { return 2; });
    co_await sleep(1ms);
    const auto one = co_await child;
    const auto two = co_await blocking;
    sum = *one + *two;
    std::promise<void> woken;
    spawn(set_it(&woken)).detach();
    block_in_place([&] { woken.get_future().wait(); });
    co_await yield_now();  // the thread that lost its place schedules the task
    co_return sum;
  };
  Runtime runtime = make();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(runtime.block_on(body()), 3);
}

TEST_P(BlockInPlaceOn, CallsThatEndAtOnceNeedOneThread) {
  auto body = [](int calls) -> Task<void> {
    for (int i = 0; i < calls; ++i) block_in_place([] {});
    co_return;
  };
  Runtime runtime = make();
  runtime.block_on(body(2000));
  const RuntimeMetrics metrics = runtime.metrics();
  EXPECT_LE(metrics.blocking_threads, 1u);
  EXPECT_EQ(metrics.blocking_queue_depth, 0u);
}

TEST_P(BlockInPlaceOn, CountsEachTurn) {
  auto body = []() -> Task<void> {
    for (int i = 0; i < 50; ++i) {
      block_in_place([] { std::this_thread::yield(); });
      co_await yield_now();
    }
  };
  Runtime runtime = make();
  runtime.block_on(body());
  const auto turns = [&] {
    std::uint64_t sum = 0;
    for (const WorkerMetrics& worker : runtime.metrics().workers) sum += worker.turns;
    return sum;
  };
  while (turns() != 51) std::this_thread::yield();  // the last one is counted after it has woken block_on()
}

TEST_P(BlockInPlaceOn, TheEndOfTheRuntimeDropsATaskThatAFunctionWaitsFor) {
  auto for_ever = []() -> Task<void> { co_await sleep(Duration::max()); };
  auto body = [](std::atomic<bool>* here, Handle handle, auto make_endless,
                 std::string* thrown) -> Task<void> {
    block_in_place([&] {
      *here = true;
      try {
        handle.block_on(make_endless());
      } catch (const std::runtime_error& error) {
        *thrown = error.what();
      }
    });
    co_await yield_now();
    ADD_FAILURE() << "the task is dropped where it yields";
  };
  for (const bool has_thread : {true, false}) {
    std::atomic<bool> here = false;
    std::string thrown;
    {
      Runtime runtime = make_with_one_blocking_thread();
      const Handle handle = runtime.handle();
      if (!has_thread)
        runtime
            .spawn_blocking([&handle] {
              while (!handle.has_ended()) std::this_thread::yield();
            })
            .detach();
      runtime.spawn(body(&here, handle, for_ever, &thrown)).detach();
      while (!here) std::this_thread::yield();
    }
    EXPECT_EQ(thrown, "corokit: the runtime ended before the task that block_on waits for");
  }
}

TEST_P(BlockInPlaceOn, TheEndOfTheRuntimeRacesWithTasksThatBlock) {
  auto body = [](std::atomic<int>* count, Counted) -> Task<void> {
    for (;;) {
      block_in_place([&] { ++*count; });
      co_await yield_now();
    }
  };
  Census census;
  for (std::uint64_t i = 0; i < test::scaled(50); ++i) {
    std::atomic<int> count = 0;
    Runtime runtime = make();
    for (int n = 0; n < 4; ++n) runtime.spawn(body(&count, Counted(census))).detach();
    while (count < 20) std::this_thread::yield();
  }
  EXPECT_EQ(census.alive, 0);
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
            "corokit: block_in_place was called on a current-thread runtime, where no other thread could run "
            "the tasks meanwhile: use spawn_blocking()");
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
