// Tests what becomes of tasks, handles, timers and blocking jobs when their runtime is dropped.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "support/at_exit.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::AtExit;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;

Task<void> sleep_long(Counted, std::atomic<int>* started) {
  started->fetch_add(1);
  co_await sleep(1h);
}

Task<void> yield_for_ever(Counted, std::atomic<int>* started) {
  started->fetch_add(1);
  for (;;) co_await yield_now();
}

template <class T>
bool is_cancelled(JoinHandle<T>& handle) {
  auto join = [](JoinHandle<T>* waited) -> Task<bool> {
    const auto result = co_await *waited;
    co_return !result && result.error().is_cancelled();
  };
  return handle.is_finished() && block_on(join(&handle));
}

class RuntimeDropOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeDropOn);

TEST_P(RuntimeDropOn, DestroysTasksThatWait) {
  Census census;
  Gate gate;
  std::vector<JoinHandle<void>> handles;
  {
    Runtime runtime = make();
    for (int i = 0; i < 100; ++i) handles.push_back(runtime.spawn(wait_at(&gate, Counted(census))));
    test::run_until(runtime, [&] { return gate.waiting() == 100; });
    EXPECT_EQ(census.alive, 100);
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(gate.waiting(), 0u);
  for (auto& handle : handles) EXPECT_TRUE(is_cancelled(handle));
}

TEST_P(RuntimeDropOn, DestroysTasksThatSleep) {
  Census census;
  std::atomic<int> started{0};
  {
    Runtime runtime = make();
    for (int i = 0; i < 100; ++i) runtime.spawn(sleep_long(Counted(census), &started)).detach();
    test::run_until(runtime, [&] { return started.load() == 100; });
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, DestroysTasksThatYieldForEver) {
  Census census;
  std::atomic<int> started{0};
  {
    Runtime runtime = make();
    for (int i = 0; i < 100; ++i) runtime.spawn(yield_for_ever(Counted(census), &started)).detach();
    test::run_until(runtime, [&] { return started.load() == 100; });
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, DestroysTasksThatMayNeverHaveRun) {
  Census census;
  Gate gate;
  {
    Runtime runtime = make();
    for (int i = 0; i < 1000; ++i) runtime.spawn(wait_at(&gate, Counted(census))).detach();
  }
  EXPECT_EQ(census.alive, 0);
}

Task<void> join_it(JoinHandle<void> handle, Counted) {
  co_await handle;
}

TEST_P(RuntimeDropOn, DestroysTasksThatWaitForEachOther) {
  Census census;
  Gate gate;
  {
    Runtime runtime = make();
    auto last = runtime.spawn(wait_at(&gate, Counted(census)));
    for (int i = 0; i < 1000; ++i) last = runtime.spawn(join_it(std::move(last), Counted(census)));
    test::run_until(runtime, [&] { return gate.waiting() == 1; });
  }
  EXPECT_EQ(census.alive, 0);
}

Task<void> collect_for_ever(Gate* gate, Census* census) {
  FuturesUnordered<Task<void>> futures;
  JoinSet<void> set;
  for (int i = 0; i < 10; ++i) futures.push(wait_at(gate, Counted(*census)));
  for (int i = 0; i < 10; ++i) set.spawn(wait_at(gate, Counted(*census)));
  co_await select(futures.next(), set.join_next(), sleep(1h));
}

TEST_P(RuntimeDropOn, DestroysTheOperationsThatTasksCollect) {
  Census census;
  Gate gate;
  {
    Runtime runtime = make();
    for (int i = 0; i < 10; ++i) runtime.spawn(collect_for_ever(&gate, &census)).detach();
    test::run_until(runtime, [&] { return gate.waiting() == 200; });
  }
  EXPECT_EQ(census.alive, 0);
}

template <class F>
Task<void> wait_and_do_at_exit(Gate* gate, F function, Counted) {
  AtExit<F> at_exit(std::move(function));
  co_await gate->wait();
}

TEST_P(RuntimeDropOn, WaitsForABlockingJobThatRuns) {
  std::promise<void> started;
  std::atomic<bool> ended{false};
  {
    Runtime runtime = make();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          for (int i = 0; i < 1000; ++i) std::this_thread::yield();
          ended = true;
        })
        .detach();
    started.get_future().wait();
  }
  EXPECT_TRUE(ended);
}

TEST_P(RuntimeDropOn, ABlockingJobMayWakeTasksUntilTheEnd) {
  Census census;
  Gate gate;
  Gate never;
  std::promise<void> started;
  std::promise<void> task_is_gone;
  {
    Runtime runtime = make();
    auto tell = [&task_is_gone] { task_is_gone.set_value(); };
    runtime.spawn(wait_and_do_at_exit(&never, tell, Counted(census))).detach();
    for (int i = 0; i < 20; ++i) runtime.spawn(wait_at(&gate, Counted(census))).detach();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          task_is_gone.get_future().wait();  // the runtime has begun to end, and some tasks may be left
          gate.open();
        })
        .detach();
    test::run_until(runtime, [&] { return never.waiting() == 1 && gate.waiting() == 20; });
    started.get_future().wait();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, DropsTasksBeforeItWaitsForABlockingJob) {
  // The job waits for something that happens only at the end of a task, such as the close of a channel.
  Census census;
  Gate gate;
  std::promise<void> task_is_gone;
  std::promise<void> started;
  {
    Runtime runtime = make();
    auto tell = [&task_is_gone] { task_is_gone.set_value(); };
    runtime.spawn(wait_and_do_at_exit(&gate, tell, Counted(census))).detach();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          task_is_gone.get_future().wait();
        })
        .detach();
    test::run_until(runtime, [&] { return gate.waiting() == 1; });
    started.get_future().wait();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, ABlockingJobMaySpawnUntilTheEnd) {
  Census census;
  Gate gate;
  std::promise<void> started;
  bool refused = false;
  {
    Runtime runtime = make();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          // A task that is spawned once the runtime ends is over at once.
          while (!refused) refused = spawn(wait_at(&gate, Counted(census))).is_finished();
        })
        .detach();
    started.get_future().wait();
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, HandlesOfBlockingJobsResolve) {
  // Some jobs have run, some run, and some were never started. Each of their handles has a result.
  std::vector<JoinHandle<int>> handles;
  {
    Runtime runtime = make();
    for (int i = 0; i < 30; ++i) handles.push_back(runtime.spawn_blocking([i] { return i; }));
  }
  for (int i = 0; i < 30; ++i) {
    auto join = [](JoinHandle<int>* handle) -> Task<int> {
      const auto result = co_await *handle;
      co_return result ? *result : result.error().is_cancelled() ? -1 : -2;
    };
    const int got = block_on(join(&handles[static_cast<std::size_t>(i)]));
    EXPECT_TRUE(got == i || got == -1) << got;
  }
}

}  // namespace
}  // namespace corokit
