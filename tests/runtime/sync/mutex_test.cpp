#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <deque>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::Rng;
using explorer::Search;
using test::Chosen;
using test::Probe;

TEST(Mutex, GivesItsValueAtOnceWhenNobodyHoldsIt) {
  Mutex<int> mutex(1);
  for (int i = 1; i <= 10; ++i) {
    Probe locker(mutex.lock());
    ASSERT_TRUE(locker.poll());
    EXPECT_EQ(locker.wake_count(), 0u);
    MutexGuard<int> guard = locker.take();
    EXPECT_EQ(*guard, i);
    ++*guard;
  }
  EXPECT_EQ(mutex.get_mut(), 11);
}

TEST(Mutex, UnlockingWakesTheSecondLocker) {
  Mutex<std::string> mutex("one");
  std::optional<MutexGuard<std::string>> held(mutex.try_lock());
  Probe second(mutex.lock());
  EXPECT_TRUE(second.is_pending());
  (*held)->append(" two");
  held.reset();
  EXPECT_EQ(second.wake_count(), 1u);
  EXPECT_TRUE(second.poll());
  EXPECT_EQ(*second.take(), "one two");
}

TEST(Mutex, TryLockSucceedsExactlyWhenItIsFree) {
  Mutex<> mutex;
  {
    auto held = mutex.try_lock();
    EXPECT_TRUE(held);
    EXPECT_FALSE(mutex.try_lock());
  }
  EXPECT_TRUE(mutex.try_lock());
}

TEST(Mutex, NobodyOvertakesTheQueue) {
  Mutex<> mutex;
  auto held = mutex.try_lock();
  Probe first(mutex.lock());
  Probe second(mutex.lock());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  held.reset();
  EXPECT_TRUE(first.is_woken());
  EXPECT_FALSE(second.is_woken());
  EXPECT_FALSE(mutex.try_lock());  // the lock already belongs to the first locker
  Probe late(mutex.lock());
  EXPECT_TRUE(late.is_pending());
}

TEST(Mutex, KeepsValuesThatCannotBeMoved) {
  struct Fixed {
    explicit Fixed(int number) : value(number) {}
    Fixed(const Fixed&) = delete;
    int value;
  };
  Mutex<Fixed> mutex(std::in_place, 5);
  EXPECT_EQ((*mutex.try_lock())->value, 5);
}

TEST(Mutex, GivesItsValueAway) {
  Mutex<std::unique_ptr<int>> mutex(std::make_unique<int>(3));
  EXPECT_EQ(*std::move(mutex).into_inner(), 3);
}

TEST(Mutex, AnAssignedGuardUnlocksWhatItReplaces) {
  Mutex<int> left(1);
  Mutex<int> right(2);
  MutexGuard<int> guard = *left.try_lock();
  guard = *right.try_lock();
  EXPECT_TRUE(left.try_lock());
  EXPECT_FALSE(right.try_lock());
  EXPECT_EQ(*guard, 2);
}

TEST(Mutex, AnExceptionThatPassesTheGuardUnlocks) {
  Mutex<> mutex;
  auto body = [](Mutex<>& to_lock) -> Task<void> {
    auto guard = co_await to_lock.lock();
    throw std::runtime_error("broken");
  };
  EXPECT_THROW(block_on(body(mutex)), std::runtime_error);
  EXPECT_TRUE(mutex.try_lock());
}

TEST(Mutex, TakesThirtyTwoBytesBesideItsValue) {
  EXPECT_EQ(sizeof(Mutex<>), 32u);
  EXPECT_EQ(sizeof(Mutex<std::uint64_t>), 40u);
}

TEST(Mutex, AnUnlockBetweenCheckAndEnqueueIsSeen) {
  Mutex<> mutex;
  auto held = mutex.try_lock();
  Probe locker(test::BeforeEnqueue(mutex.lock(), [&] { held.reset(); }));
  EXPECT_TRUE(locker.poll());
  EXPECT_FALSE(mutex.try_lock());
}

// Dropped waits and holders.

Task<void> hold_for_ever(Mutex<int>& mutex) {
  auto guard = co_await mutex.lock();
  *guard = 1;
  co_await sleep(1h);
}

TEST(Mutex, ATaskThatTimesOutWhileHoldingItUnlocks) {
  Mutex<int> mutex(0);
  auto body = [](Mutex<int>& shared) -> Task<int> {
    auto result = co_await timeout(1ms, hold_for_ever(shared));
    EXPECT_FALSE(result);
    auto guard = co_await shared.lock();
    co_return *guard;
  };
  EXPECT_EQ(*sim::run({}, body(mutex)), 1);
}

TEST(Mutex, ATaskThatTimesOutInTheQueueDoesNotSwallowTheHandOff) {
  Mutex<int> mutex(0);
  auto body = [](Mutex<int>& shared) -> Task<void> {
    std::optional<MutexGuard<int>> held(co_await shared.lock());
    EXPECT_FALSE(co_await timeout(1ms, shared.lock()));
    held.reset();
    auto guard = co_await shared.lock();
  };
  EXPECT_TRUE(sim::run({}, body(mutex)));
}

TEST(Mutex, ALockHandedToADroppedLockerGoesToTheNext) {
  Mutex<> mutex;
  auto held = mutex.try_lock();
  Probe first(mutex.lock());
  Probe second(mutex.lock());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  held.reset();
  EXPECT_TRUE(first.is_woken());
  first.drop();
  EXPECT_TRUE(second.is_woken());
  second.drop();
  EXPECT_TRUE(mutex.try_lock());
}

TEST(Mutex, TheDestructorOfAWaitingFrameMayUnlockTheMutexItWaitsFor) {
  Mutex<> outer;
  auto body = []([[maybe_unused]] MutexGuard<> guard, Mutex<>& same) -> Task<void> {
    auto twice = co_await same.lock();  // a deadlock until this task is dropped
  };
  Probe stuck(body(*outer.try_lock(), outer));
  EXPECT_TRUE(stuck.is_pending());
  Probe behind(outer.lock());
  EXPECT_TRUE(behind.is_pending());
  stuck.drop();
  EXPECT_TRUE(behind.poll());
}

TEST(Mutex, ADeadlockIsReportedByItsName) {
  Mutex<> mutex;
  auto body = [](Mutex<>& shared) -> Task<void> {
    auto once = co_await shared.lock();
    auto twice = co_await shared.lock();
  };
  auto result = sim::run({}, body(mutex));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, sim::Failure::Kind::deadlock);
  EXPECT_NE(result.error().message.find("Mutex::lock"), std::string::npos);
}

// The model knows whether the mutex is held, and which tasks are queued.

struct Waiting {
  int id;
  std::unique_ptr<Probe<detail::LockAwaiter<void>>> probe;
};

void play_on_a_mutex(int steps) {
  Mutex<> mutex;
  std::optional<MutexGuard<>> held;
  std::vector<Waiting> waiting;
  std::deque<int> queue;  // unless `held`, the lock belongs to the task at the front
  for (int id = 0; id < steps; ++id) {
    const bool is_free = !held && queue.empty();
    const std::uint32_t what = Chosen::below(4);
    if (what == 0) {
      auto probe = std::make_unique<Probe<detail::LockAwaiter<void>>>(mutex.lock());
      ASSERT_EQ(probe->poll(), is_free);
      if (is_free) {
        held.emplace(probe->take());
      } else {
        queue.push_back(id);
        waiting.push_back({id, std::move(probe)});
      }
    } else if (what == 1) {
      auto guard = mutex.try_lock();
      ASSERT_EQ(guard.has_value(), is_free);
    } else if (what == 2 && held) {
      held.reset();
    } else if (!waiting.empty()) {
      std::swap(waiting[Chosen::below(static_cast<std::uint32_t>(waiting.size()))], waiting.back());
      Waiting one = std::move(waiting.back());
      waiting.pop_back();
      const bool is_next = !held && queue.front() == one.id;
      ASSERT_EQ(one.probe->poll(), is_next);
      if (is_next && Chosen::below(2) == 0) held.emplace(one.probe->take());
      std::erase(queue, one.id);
    }
    for (const Waiting& one : waiting) ASSERT_EQ(one.probe->is_woken(), !held && queue.front() == one.id);
  }
}

COROKIT_EXPLORE(MutexModel, RandomLocksUnlocksAndDropsMatchTheModel, .search = Search::random,
                .schedules = 300) {
  play_on_a_mutex(100);
  co_return;
}

// Many tasks.

struct Shared {
  Mutex<int> mutex{0};
  std::atomic<int> holders{0};
  std::atomic<int> collisions{0};
  std::atomic<int> completed{0};
  std::atomic<int> gave_up{0};
};

template <class Random>
Task<void> count_up(Shared& shared, Random random, int times) {
  for (int i = 0; i < times; ++i) {
    auto first = co_await select(biased, shared.mutex.lock(), yield_now());
    std::optional<MutexGuard<int>> guard;
    if (first.index() == 0) {
      guard.emplace(std::get<0>(std::move(first)));
    } else {
      ++shared.gave_up;
      guard.emplace(co_await shared.mutex.lock());
    }
    if (++shared.holders > 1) ++shared.collisions;
    const int seen = **guard;
    if (random.below(2) == 0) co_await yield_now();
    **guard = seen + 1;
    --shared.holders;
    guard.reset();
    ++shared.completed;
  }
}

Task<void> count_together(Shared& shared, int tasks, int times) {
  JoinSet<void> all;
  for (int i = 0; i < tasks; ++i) all.spawn(count_up(shared, Chosen{}, times));
  while (co_await all.join_next()) {
  }
  explorer::require(shared.collisions == 0, "one task at a time holds the lock");
  explorer::require(shared.mutex.get_mut() == tasks * times, "no addition is lost");
  explorer::reached("somebody gave up a place in the queue", shared.gave_up > 0);
}

COROKIT_EXPLORE(MutexSchedules, TwoTasksHoldTheLockOneAtATime, .search = Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  Shared shared;
  co_await count_together(shared, 2, 2);
  explorer::reached("nobody had to wait", shared.gave_up == 0);
}

COROKIT_EXPLORE(MutexSchedules, ThreeTasksHoldTheLockOneAtATime, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  Shared shared;
  co_await count_together(shared, 3, 1);
  explorer::reached("two gave up at once", shared.gave_up == 2);
}

COROKIT_EXPLORE(MutexSchedules, SixTasksHoldTheLockOneAtATime, .search = Search::random, .schedules = 1'000) {
  Shared shared;
  co_await count_together(shared, 6, 5);
}

TEST(MutexThreads, AThousandTasksMaySuspendInsideTheCriticalSection) {
  Shared shared;
  auto runtime = Runtime::multi_thread(4);
  auto root = [](Shared& counted) -> Task<void> {
    JoinSet<void> all;
    for (std::uint64_t i = 0; i < 1000; ++i) all.spawn(count_up(counted, Rng(i), 10));
    while (co_await all.join_next()) {
    }
  };
  runtime.block_on(root(shared));
  EXPECT_EQ(shared.collisions, 0);
  EXPECT_EQ(shared.mutex.get_mut(), 10'000);
}

TEST(MutexThreads, AbortedHoldersAndWaitersLeaveTheMutexUnlocked) {
  auto runtime = Runtime::multi_thread(4);
  auto root = []() -> Task<void> {
    for (int round = 0; round < 100; ++round) {
      Shared shared;
      JoinSet<void> tasks;
      for (int i = 0; i < 10; ++i) tasks.spawn(count_up(shared, Rng(static_cast<std::uint64_t>(i)), 100));
      while (shared.completed < 5) co_await yield_now();
      tasks.abort_all();
      while (co_await tasks.join_next()) {
      }
      EXPECT_TRUE(shared.mutex.try_lock());
      EXPECT_GE(shared.mutex.get_mut(), shared.completed);
    }
  };
  runtime.block_on(root());
}

}  // namespace
}  // namespace corokit
