#include "executor/executor.hpp"

#include <gtest/gtest.h>
#include <cstddef>
#include <vector>

namespace corokit::detail {
namespace {

std::vector<std::size_t> drain(TaskQueue& queue, const std::vector<TaskHeader>& tasks) {
  std::vector<std::size_t> order;
  while (const TaskHeader* task = queue.pop()) order.push_back(static_cast<std::size_t>(task - tasks.data()));
  return order;
}

TEST(TaskQueue, IsFirstInFirstOut) {
  std::vector<TaskHeader> tasks(5);
  TaskQueue queue;
  EXPECT_EQ(queue.pop(), nullptr);
  for (std::size_t i = 0; i < 3; ++i) queue.push(tasks[i]);
  EXPECT_EQ(queue.pop(), &tasks[0]);
  for (std::size_t i = 3; i < 5; ++i) queue.push(tasks[i]);
  EXPECT_EQ(queue.size(), 4u);
  EXPECT_EQ(drain(queue, tasks), (std::vector<std::size_t>{1, 2, 3, 4}));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
}

TEST(TaskQueue, AppendMovesABatchBehindTheQueuedTasks) {
  for (const std::size_t before : {0u, 1u, 3u})
    for (const std::size_t batch : {0u, 1u, 3u}) {
      std::vector<TaskHeader> tasks(before + batch + 1);
      TaskQueue queue;
      TaskQueue other;
      std::vector<std::size_t> expected;
      for (std::size_t i = 0; i <= before + batch; ++i) expected.push_back(i);
      for (std::size_t i = 0; i < before; ++i) queue.push(tasks[i]);
      for (std::size_t i = before; i < before + batch; ++i) other.push(tasks[i]);
      queue.append(other);
      EXPECT_TRUE(other.empty());
      EXPECT_EQ(other.size(), 0u);
      EXPECT_EQ(other.pop(), nullptr);
      queue.push(tasks.back());
      EXPECT_EQ(queue.size(), before + batch + 1);
      EXPECT_EQ(drain(queue, tasks), expected);
    }
}

}  // namespace
}  // namespace corokit::detail
