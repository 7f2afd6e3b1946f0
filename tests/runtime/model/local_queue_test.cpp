// Explores the local queue of a worker, with a capacity of two or four.
#include "executor/local_queue.hpp"

#include <gtest/gtest.h>
#include <array>
#include <deque>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "taken_tasks.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::TakenTasks;
using model::Thread;

template <std::uint32_t Capacity>
void drain(LocalQueue<Capacity>& queue, TakenTasks& tasks) {
  while (TaskHeader* task = queue.pop()) tasks.take(task);
}

/// The owner pushes `pushed` tasks and pops one in between. Each of `thieves` threads steals twice.
template <std::uint32_t Capacity>
Report push_and_steal(std::size_t pushed, std::size_t thieves, model::Bounds bounds = {}) {
  return model::explore(bounds, [pushed, thieves] {
    TakenTasks tasks(pushed);
    LocalQueue<Capacity> owner;
    std::deque<LocalQueue<Capacity>> own(thieves);
    std::deque<Thread> threads;
    for (std::size_t i = 0; i < thieves; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < 2; ++round) {
          tasks.take(owner.steal_into(own[i]));
          drain(own[i], tasks);
        }
      });
    }
    for (std::size_t i = 0; i < pushed; ++i) {
      TaskHeader& task = tasks.prepare(i);
      if (!owner.push(task)) {
        std::array<TaskHeader*, Capacity / 2> half{};
        const std::uint32_t count = owner.pop_half(half);
        for (std::uint32_t k = 0; k < count; ++k) tasks.take(half[k]);
        if (count == 0)
          tasks.take(&task);
        else
          model::require(owner.push(task), "there is room after half of the tasks were taken out");
      }
      if (i == 1) tasks.take(owner.pop());
    }
    drain(owner, tasks);
    for (auto& thread : threads) thread.join();
    drain(owner, tasks);
    tasks.require_each_taken_once();
  });
}

TEST(LocalQueueModel, OwnerAndThiefTakeEachTaskOnce) {
  const Report report = push_and_steal<4>(4, 1, {.preemptions = 3});
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(LocalQueueModel, AFullQueueOverflowsWhileAThiefIsAtWork) {
  const Report report = push_and_steal<2>(5, 1, {.preemptions = 3});
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(LocalQueueModel, TwoThievesAndTheOwnerTakeEachTaskOnce) {
  const Report report = push_and_steal<2>(3, 2, {.stale_loads = 1, .schedules = 100'000});
  EXPECT_EQ(report.failure, "");
}

TEST(LocalQueueModel, EachTaskIsTakenOnceWhenAThiefIsStolenFrom) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    TakenTasks tasks(4);
    LocalQueue<4> owner;
    LocalQueue<4> thief;
    LocalQueue<4> second;
    for (std::size_t i = 0; i < 4; ++i) owner.push(tasks.prepare(i));
    Thread first_thread([&] {
      tasks.take(owner.steal_into(thief));
      drain(thief, tasks);
    });
    Thread second_thread([&] {
      tasks.take(thief.steal_into(second));
      drain(second, tasks);
    });
    drain(owner, tasks);
    first_thread.join();
    second_thread.join();
    drain(owner, tasks);
    drain(thief, tasks);
    tasks.require_each_taken_once();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
