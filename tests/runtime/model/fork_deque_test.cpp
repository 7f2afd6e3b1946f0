// Explores the deque of forked children, with a capacity of two.
#include <corokit/detail/executor/fork_deque.hpp>

#include <gtest/gtest.h>
#include <deque>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "taken_tasks.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::TakenTasks;
using model::Thread;

/// The owner pushes two children at a time, and takes back what is left of them, as fork_join() does. Each of `thieves`
/// threads steals twice.
Report fork_and_steal(std::size_t rounds, std::size_t thieves, model::Bounds bounds) {
  return model::explore(bounds, [rounds, thieves] {
    TakenTasks children(2 * rounds);
    ForkDeque deque;
    std::deque<Thread> threads;
    for (std::size_t i = 0; i < thieves; ++i)
      threads.emplace_back([&] {
        for (int k = 0; k < 2; ++k) children.take(deque.steal());
      });
    for (std::size_t round = 0; round < rounds; ++round) {
      TaskHeader& older = children.prepare(2 * round);
      TaskHeader& newer = children.prepare(2 * round + 1);
      model::require(deque.push(older), "there is room for the first");
      model::require(deque.push(newer), "there is room for the second");
      if (deque.pop(newer)) children.take(&newer);
      if (deque.pop(older)) children.take(&older);
      model::require(deque.approx_empty(), "what was not taken back was stolen");
    }
    for (auto& thread : threads) thread.join();
    children.require_each_taken_once();
  });
}

TEST(ForkDequeModel, OwnerAndThiefTakeEachChildOnce) {
  EXPECT_TRUE(model::right_on_every_schedule(fork_and_steal(1, 1, {.preemptions = 3})));
}

TEST(ForkDequeModel, ASlotIsUsedAgainWhileAThiefIsAtWork) {
  EXPECT_TRUE(model::right_on_every_schedule(fork_and_steal(2, 1, {.preemptions = 2})));
}

TEST(ForkDequeModel, TwoThievesAndTheOwnerTakeEachChildOnce) {
  EXPECT_TRUE(model::right_on_every_schedule(fork_and_steal(1, 2, {.preemptions = 2, .stale_loads = 1})));
}

TEST(ForkDequeModel, AThiefIsAtWorkWhileTheDequeGrows) {
  const Report report = model::explore({.preemptions = 2}, [] {
    TakenTasks children(3);
    ForkDeque deque;
    for (std::size_t i = 0; i < 2; ++i) deque.push(children.prepare(i));
    Thread thief([&] {
      for (int k = 0; k < 2; ++k) children.take(deque.steal());
    });
    TaskHeader& third = children.prepare(2);
    if (!deque.push(third)) {
      model::require(deque.grow(), "there is memory");
      model::require(deque.push(third), "there is room in the new ring");
    }
    while (TaskHeader* child = deque.pop()) children.take(child);
    thief.join();
    while (TaskHeader* child = deque.pop()) children.take(child);
    children.require_each_taken_once();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
