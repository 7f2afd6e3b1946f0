// Samples schedules of the whole work-stealing executor, with short queues: no wake-up is lost on the way to a worker.
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"

namespace corokit {
namespace {

using model::Plain;
using model::Report;
using model::Thread;

constexpr model::Bounds kSample{
    .preemptions = 100, .stale_loads = 100, .schedules = 20'000, .operations = 5'000};

Task<int> seven() {
  co_return 7;
}

TEST(RuntimeModel, OneWorkerRunsTasksFromOutside) {
  const Report report = model::explore({}, [] {
    Runtime runtime = Runtime::multi_thread(1);
    model::require(runtime.block_on(seven()) == 7, "block_on() gives the result of the task");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(RuntimeModel, TwoWorkersRunTasksFromOutside) {
  const Report report = model::sample(kSample, 1, [] {
    Runtime runtime = Runtime::multi_thread(2);
    model::require(runtime.block_on(seven()) == 7, "block_on() gives the result of the task");
  });
  EXPECT_EQ(report.failure, "");
}

/// Blocks its thread until two tasks have come here, as code does that knows nothing of coroutines.
Task<void> meet(detail::Atomic<int>& here) {
  here.fetch_add(1, std::memory_order_relaxed);
  while (here.load(std::memory_order_relaxed) < 2) detail::cpu_relax();
  co_return;
}

// These tests would never end if one of the two tasks waited behind the other while a worker sleeps.
TEST(RuntimeModel, TasksThatBlockTheirThreadsRunInParallel) {
  const Report report = model::sample(kSample, 2, [] {
    Runtime runtime = Runtime::multi_thread(2);
    detail::Atomic<int> here{0};
    const auto both = [&here]() -> Task<int> {
      auto first = spawn(meet(here));
      auto second = spawn(meet(here));
      co_await first;
      co_await second;
      co_return 2;
    };
    model::require(runtime.block_on(both()) == 2, "both tasks ended");
  });
  EXPECT_EQ(report.failure, "");
}

TEST(RuntimeModel, TasksFromOutsideThatBlockTheirThreadsRunInParallel) {
  const Report report = model::sample(kSample, 6, [] {
    Runtime runtime = Runtime::multi_thread(2);
    detail::Atomic<int> here{0};
    runtime.spawn(meet(here)).detach();
    runtime.spawn(meet(here)).detach();
    while (here.load(std::memory_order_relaxed) < 2) detail::cpu_relax();
  });
  EXPECT_EQ(report.failure, "");
}

Task<void> meet_after(Semaphore& gate, detail::Atomic<int>* here) {
  const auto closed = co_await gate.acquire();
  model::require(!closed, "a closed semaphore gives no permits");
  if (here) co_await meet(*here);
}

// The three tasks are more than the local queue of a worker holds, so they go to the shared queue together.
TEST(RuntimeModel, TasksThatAreWokenTogetherAndBlockTheirThreadsRunInParallel) {
  const Report report = model::sample(kSample, 7, [] {
    Runtime runtime = Runtime::multi_thread(2);
    detail::Atomic<int> here{0};
    const auto all = [](detail::Atomic<int>* meeting) -> Task<int> {
      Semaphore gate(0);
      std::vector<JoinHandle<void>> handles;
      handles.push_back(spawn(meet_after(gate, nullptr)));
      for (int i = 0; i < 2; ++i) handles.push_back(spawn(meet_after(gate, meeting)));
      for (int i = 0; i < 3; ++i) co_await yield_now();
      gate.close();
      for (auto& handle : handles) co_await handle;
      co_return 3;
    };
    model::require(runtime.block_on(all(&here)) == 3, "all tasks ended");
  });
  EXPECT_EQ(report.failure, "");
}

TEST(RuntimeModel, AWakeUpFromAnotherThreadIsNotLost) {
  const Report report = model::sample(kSample, 3, [] {
    Runtime runtime = Runtime::multi_thread(1);
    auto channel = oneshot::channel<int>();
    Plain<int> data(0);
    Thread sender([&data, tx = std::make_shared<oneshot::Sender<int>>(std::move(channel.tx))] {
      data.set(7);
      static_cast<void>(tx->send(1));
    });
    const auto receive = [](oneshot::Receiver<int> rx, Plain<int>& given) -> Task<int> {
      const auto got = co_await rx;
      co_return got ? given.get() : 0;
    };
    model::require(runtime.block_on(receive(std::move(channel.rx), data)) == 7,
                   "the woken task sees what the sender wrote");
    sender.join();
  });
  EXPECT_EQ(report.failure, "");
}

TEST(RuntimeModel, ManyTasksOverflowAShortQueueAndAllRun) {
  const Report report = model::sample(kSample, 4, [] {
    Runtime runtime = Runtime::multi_thread(2);
    const auto all = []() -> Task<int> {
      std::vector<JoinHandle<int>> handles;
      for (int i = 0; i < 6; ++i) handles.push_back(spawn(seven()));
      int sum = 0;
      for (auto& handle : handles) {
        const auto result = co_await handle;
        sum += *result;
      }
      co_return sum;
    };
    model::require(runtime.block_on(all()) == 42, "all tasks ran");
  });
  EXPECT_EQ(report.failure, "");
}

TEST(RuntimeModel, AShutdownEndsTasksThatArePendingOrBeingWoken) {
  const Report report = model::sample(kSample, 5, [] {
    auto channel = oneshot::channel<int>();
    Plain<int> dropped(0);
    struct Guard {
      Plain<int>& dropped;
      ~Guard() { dropped.set(1); }
    };
    const auto wait = [](oneshot::Receiver<int> rx, Plain<int>& flag) -> Task<int> {
      const Guard guard{flag};
      const auto got = co_await rx;
      co_return got ? *got : 0;
    };
    Thread sender([tx = std::make_shared<oneshot::Sender<int>>(std::move(channel.tx))] {
      static_cast<void>(tx->send(1));
    });
    {
      Runtime runtime = Runtime::multi_thread(1);
      runtime.spawn(wait(std::move(channel.rx), dropped)).detach();
    }
    model::require(dropped.get() <= 1, "the frame of the task is destroyed at most once");
    sender.join();
  });
  EXPECT_EQ(report.failure, "");
}

}  // namespace
}  // namespace corokit
