#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/simulation.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "support/trace.hpp"

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> most{0};
constexpr std::size_t kHeader = alignof(std::max_align_t);  // the size of each block is stored before it

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t bytes) {
  auto* const block = static_cast<std::size_t*>(std::malloc(kHeader + bytes));
  if (!block) throw std::bad_alloc();
  *block = bytes;
  most = std::max(most.load(), live += bytes);  // a simulation has one thread at a time
  return reinterpret_cast<char*>(block) + kHeader;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (!memory) return;
  auto* const block = reinterpret_cast<std::size_t*>(static_cast<char*>(memory) - kHeader);
  live -= *block;
  std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace corokit {
namespace {

using namespace test;

/// Returns: the most bytes that a run of `count` tasks holds at a time, without the tasks that it is given, divided by
///   their number.
double bytes_a_task(std::size_t count, std::size_t workers, bool is_stealing) {
  std::size_t bytes = 0;
  const auto body = [&]() -> Task<void> {
    TaskList tasks = alike(count, 5, 5ms);
    for (PrioritizedTask& task : tasks) {
      task.priority = 1 + task.id * 7 % 10;
      if (task.id % 2 == 0) task.deadline = now() + 1h;
    }
    const PriorityExecutor nothing(
        [](const PrioritizedTask&, const PriorityContext&) -> Task<PriorityExecutor::Answer> {
          co_return std::string();
        });
    const PriorityOrchestrator orchestrator(workers);
    orchestrator.enable_work_stealing(is_stealing);
    const std::size_t before = live;
    most = before;
    EXPECT_TRUE(co_await orchestrator.run_with_priority(std::move(tasks), nothing));
    bytes = most - before;
  };
  const auto ended = sim::run(sim::Options{.max_steps = 10'000'000}, body());
  EXPECT_TRUE(ended) << ended.error().message;
  return static_cast<double>(bytes) / static_cast<double>(count);
}

TEST(PriorityOrchestratorMemory, GrowsByTheSameForEachTaskUpToTenThousand) {
  std::printf("bytes a task    1,000   2,500   5,000  10,000 tasks\n");
  for (const std::size_t workers : {1u, 4u, 100u})
    for (const bool is_stealing : {true, false}) {
      std::printf("%3zu workers, %s", workers, is_stealing ? "on " : "off");
      double least = 1e9, greatest = 0;
      for (const std::size_t count : {1'000u, 2'500u, 5'000u, 10'000u}) {
        const double bytes = bytes_a_task(count, workers, is_stealing);
        least = std::min(least, bytes);
        greatest = std::max(greatest, bytes);
        std::printf("  %6.0f", bytes);
      }
      std::printf("\n");
      EXPECT_GT(least, sizeof(PrioritizedTask));  // the count is not empty
      EXPECT_LT(greatest, 2 * least);             // vectors double their capacity, and nothing grows faster
      EXPECT_LT(greatest, 2'000);
    }
}

}  // namespace
}  // namespace corokit
