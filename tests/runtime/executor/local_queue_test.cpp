#include "executor/local_queue.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include "support/scaled.hpp"

namespace corokit::detail {
namespace {

template <std::uint32_t Capacity>
std::vector<std::size_t> drain(LocalQueue<Capacity>& queue, const std::vector<TaskHeader>& tasks) {
  std::vector<std::size_t> order;
  while (TaskHeader* task = queue.pop()) order.push_back(static_cast<std::size_t>(task - tasks.data()));
  return order;
}

TEST(LocalQueue, IsFirstInFirstOut) {
  std::vector<TaskHeader> tasks(4);
  LocalQueue<4> queue;
  EXPECT_EQ(queue.pop(), nullptr);
  for (auto& task : tasks) EXPECT_TRUE(queue.push(task));
  EXPECT_EQ(queue.approx_size(), 4u);
  EXPECT_EQ(drain(queue, tasks), (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_TRUE(queue.approx_empty());
}

TEST(LocalQueue, HoldsExactlyItsCapacity) {
  std::vector<TaskHeader> tasks(257);
  LocalQueue<256> queue;
  for (std::size_t i = 0; i < 256; ++i) EXPECT_TRUE(queue.push(tasks[i]));
  EXPECT_FALSE(queue.push(tasks[256]));
  EXPECT_EQ(queue.pop(), &tasks[0]);
  EXPECT_TRUE(queue.push(tasks[256]));
}

TEST(LocalQueue, WrapsAround) {
  std::vector<TaskHeader> tasks(3);
  LocalQueue<4> queue;
  for (int round = 0; round < 1000; ++round) {
    for (auto& task : tasks) ASSERT_TRUE(queue.push(task));
    ASSERT_EQ(drain(queue, tasks), (std::vector<std::size_t>{0, 1, 2}));
  }
}

TEST(LocalQueue, PopHalfTakesTheOlderHalf) {
  std::vector<TaskHeader> tasks(4);
  LocalQueue<4> queue;
  std::array<TaskHeader*, 2> half{};
  for (auto& task : tasks) queue.push(task);
  EXPECT_EQ(queue.pop_half(half), 2u);
  EXPECT_EQ(half, (std::array<TaskHeader*, 2>{&tasks[0], &tasks[1]}));
  EXPECT_EQ(drain(queue, tasks), (std::vector<std::size_t>{2, 3}));
}

TEST(LocalQueue, AThiefTakesHalfRoundedUp) {
  for (std::size_t size = 0; size <= 4; ++size) {
    std::vector<TaskHeader> tasks(size);
    LocalQueue<4> queue;
    LocalQueue<4> thief;
    for (auto& task : tasks) queue.push(task);
    const std::size_t half = (size + 1) / 2;
    std::uint32_t count = 0;
    // The last of the stolen tasks runs at once.
    EXPECT_EQ(queue.steal_into(thief, count), size == 0 ? nullptr : &tasks[half - 1]);
    EXPECT_EQ(count, half);
    std::vector<std::size_t> order = drain(thief, tasks);
    if (size != 0) order.push_back(half - 1);
    EXPECT_EQ(order.size(), half);
    for (const std::size_t left : drain(queue, tasks)) order.push_back(left);
    std::vector<std::size_t> all(size);
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(order, all);
  }
}

TEST(LocalQueue, AThiefWithoutRoomTakesNothing) {
  std::vector<TaskHeader> tasks(6);
  LocalQueue<4> queue;
  LocalQueue<4> thief;
  for (std::size_t i = 0; i < 3; ++i) thief.push(tasks[i]);
  for (std::size_t i = 3; i < 6; ++i) queue.push(tasks[i]);
  EXPECT_EQ(queue.steal_into(thief), nullptr);
  EXPECT_EQ(queue.approx_size(), 3u);
}

// Several workers have a queue of four tasks each. Every task that one of them pushes is taken exactly once.
class Crowd {
 public:
  Crowd(std::size_t workers, std::size_t each)
      : queues_(workers), tasks_(workers * each), taken_(workers * each), each_(each) {}

  void run(std::size_t thieves_only) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < queues_.size(); ++i)
      threads.emplace_back([this, i, thieves_only] { work(i, i < thieves_only); });
    for (auto& thread : threads) thread.join();
  }
  /// How often each task was taken. This is once for each task that was pushed.
  bool every_task_was_taken_once(std::size_t thieves_only) const {
    for (std::size_t i = 0; i < taken_.size(); ++i)
      if (taken_[i].load() != (i / each_ < thieves_only ? 0 : 1)) return false;
    return true;
  }

 private:
  void take(TaskHeader* task) {
    if (task) taken_[static_cast<std::size_t>(task - tasks_.data())].fetch_add(1);
  }

  void work(std::size_t self, bool only_steals) {
    LocalQueue<4>& mine = queues_[self];
    std::size_t pushed = only_steals ? each_ : 0;
    while (pushed < each_) {
      TaskHeader& task = tasks_[self * each_ + pushed++];
      if (!mine.push(task)) {
        std::array<TaskHeader*, 2> half{};
        const std::uint32_t count = mine.pop_half(half);
        for (std::uint32_t i = 0; i < count; ++i) take(half[i]);
        take(&task);
      }
      if (pushed % 3 == 0) take(mine.pop());
      if (pushed % 5 == 0) take(queues_[(self + 1) % queues_.size()].steal_into(mine));
    }
    pushed_.fetch_add(1);
    do {  // until all workers have pushed and no task is left
      while (TaskHeader* task = mine.pop()) take(task);
      for (std::size_t i = 1; i < queues_.size(); ++i)
        take(queues_[(self + i) % queues_.size()].steal_into(mine));
      std::this_thread::yield();
    } while (pushed_.load() != queues_.size());
    while (TaskHeader* task = mine.pop()) take(task);
  }

  std::vector<LocalQueue<4>> queues_;
  std::vector<TaskHeader> tasks_;
  std::vector<std::atomic<int>> taken_;
  const std::size_t each_;
  std::atomic<std::size_t> pushed_{0};
};

TEST(LocalQueue, EveryTaskIsTakenOnceByItsOwnerOrOneThief) {
  Crowd crowd(2, test::scaled(200'000));
  crowd.run(1);
  EXPECT_TRUE(crowd.every_task_was_taken_once(1));
}

TEST(LocalQueue, EveryTaskIsTakenOnceWithTwoThieves) {
  Crowd crowd(3, test::scaled(200'000));
  crowd.run(2);
  EXPECT_TRUE(crowd.every_task_was_taken_once(2));
}

TEST(LocalQueue, EveryTaskIsTakenOnceWhenThievesAreStolenFrom) {
  Crowd crowd(4, test::scaled(100'000));
  crowd.run(0);
  EXPECT_TRUE(crowd.every_task_was_taken_once(0));
}

}  // namespace
}  // namespace corokit::detail
