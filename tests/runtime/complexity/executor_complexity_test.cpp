// Each runtime here has one thread that runs tasks, so that its steps are counted in one place.
#include <corokit/block_in_place.hpp>
#include <corokit/detail/executor/task_slab.hpp>
#include <corokit/prometheus.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <future>
#include <string>
#include <vector>

#include "complexity/steps.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"

namespace corokit {
namespace {

using test::allocations;
using test::expect_constant;
using test::expect_linear;
using test::Gate;
using test::RuntimeKind;
using test::steps;

class ExecutorComplexity : public test::OnEachRuntime {};
INSTANTIATE_TEST_SUITE_P(Each, ExecutorComplexity,
                         ::testing::Values(RuntimeKind(RuntimeKind::Executor::current_thread, 0),
                                           RuntimeKind(RuntimeKind::Executor::work_stealing, 1),
                                           RuntimeKind(RuntimeKind::Executor::global_queue, 1)),
                         test::runtime_name);

Task<void> yield_three_times() {
  for (int i = 0; i < 3; ++i) co_await yield_now();
}

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

Task<std::uint64_t> spawn_and_join(std::size_t n) {
  const std::uint64_t before = steps();
  std::vector<JoinHandle<void>> handles;
  handles.reserve(n);
  for (std::size_t i = 0; i < n; ++i) handles.push_back(spawn(yield_three_times()));
  for (auto& handle : handles) co_await handle;
  co_return steps() - before;
}

TEST_P(ExecutorComplexity, SpawningAndRunningAreLinearInTheNumberOfTasks) {
  Runtime runtime = make();
  expect_linear([&](std::size_t n) { return runtime.block_on(spawn_and_join(n)); });
}

TEST_P(ExecutorComplexity, ADumpIsLinearInTheNumberOfTasksButForTheirOrder) {
  const auto dump = [](std::size_t n) {
    Gate gate;
    Runtime runtime = make();
    for (std::size_t i = 0; i < n; ++i) runtime.spawn(wait_at(&gate)).detach();
    runtime.block_on([](Gate* of, std::size_t number) -> Task<void> {
      while (of->waiting() != number) co_await yield_now();
    }(&gate, n));
    const std::uint64_t before = steps();
    EXPECT_EQ(runtime.dump().to_string().find("Gate::wait") == std::string::npos, false);
    return steps() - before;
  };
  // The order costs a logarithm: 14 at 4n, where it is 12 at n.
  constexpr std::size_t kFew = 4096;
  const std::uint64_t few = dump(kFew);
  EXPECT_LE(static_cast<double>(dump(4 * kFew)), 4.4 * 14 / 12 * static_cast<double>(few));
}

TEST_P(ExecutorComplexity, ATaskCostsTheSameHoweverManyOthersWait) {
  expect_constant([&](std::size_t n) {
    Gate never;
    Runtime runtime = make();
    for (std::size_t i = 0; i < n; ++i) runtime.spawn(wait_at(&never)).detach();
    runtime.block_on(spawn_and_join(1));  // the others have begun to wait when it ends
    const std::uint64_t taken = runtime.block_on(spawn_and_join(200));
    return taken;
  });
}

TEST_P(ExecutorComplexity, WakingAllAtOnceIsLinearInTheirNumber) {
  Runtime runtime = make();
  auto body = [](std::size_t n) -> Task<std::uint64_t> {
    Gate gate;
    std::vector<JoinHandle<void>> handles;
    handles.reserve(n);
    for (std::size_t i = 0; i < n; ++i) handles.push_back(spawn(wait_at(&gate)));
    while (gate.waiting() != n) co_await yield_now();
    const std::uint64_t before = steps();
    gate.open();
    for (auto& handle : handles) co_await handle;
    co_return steps() - before;
  };
  expect_linear([&](std::size_t n) { return runtime.block_on(body(n)); }, 1024);
}

TEST_P(ExecutorComplexity, TheEndIsLinearInTheNumberOfTasksThatWait) {
  expect_linear([&](std::size_t n) {
    Gate never;
    std::uint64_t before = 0;
    {
      Runtime runtime = make();
      for (std::size_t i = 0; i < n; ++i) runtime.spawn(wait_at(&never)).detach();
      runtime.block_on(yield_three_times());
      before = steps();
    }
    return steps() - before;
  });
}

TEST_P(ExecutorComplexity, MetricsCostTheSameHoweverManyTasksThereAre) {
  expect_constant([&](std::size_t n) {
    Gate never;
    Runtime runtime = make();
    for (std::size_t i = 0; i < n; ++i) runtime.spawn(wait_at(&never)).detach();
    const std::uint64_t before = steps();
    EXPECT_EQ(runtime.metrics().alive_tasks, n);
    return steps() - before;
  });
}

// The offer of the worker is taken back off a queue of `n` jobs.
TEST(BlockInPlaceComplexity, CostsTheSameHoweverManyFunctionsWaitForAThreadAndAllocatesNothing) {
  auto body = []() -> Task<std::uint64_t> {
    const std::uint64_t before = steps();
    const std::uint64_t allocated = allocations();
    for (int i = 0; i < 100; ++i) block_in_place([] {});
    EXPECT_EQ(allocations(), allocated);
    co_return steps() - before;
  };
  expect_constant([&](std::size_t n) {
    std::promise<void> started;
    std::promise<void> go;
    Runtime runtime = Runtime::builder().workers(1).blocking_limit(1).build();
    runtime
        .spawn_blocking([&] {
          started.set_value();
          go.get_future().wait();
        })
        .detach();
    started.get_future().wait();
    for (std::size_t i = 0; i < n; ++i) runtime.spawn_blocking([] {}).detach();
    const std::uint64_t taken = runtime.block_on(body());
    go.set_value();
    return taken;
  });
}

TEST(PrometheusComplexity, IsLinearInTheNumberOfWorkers) {
  expect_linear([](std::size_t n) {
    RuntimeMetrics metrics;
    metrics.workers.resize(n);
    const std::uint64_t before = steps();
    EXPECT_FALSE(to_prometheus(metrics).empty());
    return steps() - before;
  });
}

}  // namespace
}  // namespace corokit
