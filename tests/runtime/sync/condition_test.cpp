#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Probe;
using Waiter = Probe<detail::ConditionAwaiter<int, Mutex<int>*>>;

/// A mutex, its condition, and what the tests do with the two.
struct Guarded {
  Mutex<int> mutex{0};
  Condition condition;

  auto wait() { return condition.wait(*mutex.try_lock()); }
  bool is_free() { return mutex.try_lock().has_value(); }
};

TEST(Condition, AWaitGivesTheLockAwayAndReturnsItWithTheValueOfTheOthers) {
  Guarded shared;
  Waiter waiter(shared.wait());
  EXPECT_FALSE(shared.is_free());  // until the wait is awaited
  EXPECT_TRUE(waiter.is_pending());
  **shared.mutex.try_lock() = 5;
  EXPECT_FALSE(waiter.is_woken());
  shared.condition.notify_one();
  EXPECT_EQ(waiter.wake_count(), 1u);
  EXPECT_FALSE(shared.is_free());
  ASSERT_TRUE(waiter.poll());
  {
    const MutexGuard<int> guard = waiter.take();
    EXPECT_EQ(*guard, 5);
    EXPECT_FALSE(shared.is_free());
  }
  EXPECT_TRUE(shared.is_free());
}

TEST(Condition, RemembersNoNotification) {
  Guarded shared;
  shared.condition.notify_one();
  shared.condition.notify_all();
  Waiter waiter(shared.wait());
  EXPECT_TRUE(waiter.is_pending());
  EXPECT_TRUE(shared.is_free());
}

TEST(Condition, NotifyOneServesTheWaitThatBeganFirst) {
  Guarded shared;
  auto made_first = shared.wait();
  // The order is that of the waits, not of the calls: the first call holds the lock until it is awaited.
  Waiter first(std::move(made_first));
  EXPECT_TRUE(first.is_pending());
  Waiter second(shared.wait());
  Waiter third((second.is_pending(), shared.wait()));
  EXPECT_TRUE(third.is_pending());
  shared.condition.notify_one();
  EXPECT_TRUE(first.is_woken());
  EXPECT_FALSE(second.is_woken() || third.is_woken());
  shared.condition.notify_one();
  EXPECT_FALSE(second.is_woken());  // it queues for the lock, which the first one has
  ASSERT_TRUE(first.poll());
  static_cast<void>(first.take());
  EXPECT_TRUE(second.is_woken());
  EXPECT_FALSE(third.is_woken());
}

TEST(Condition, NotifyAllWakesEachOnceAndInOrderAsItGetsTheLock) {
  Guarded shared;
  std::vector<std::unique_ptr<Waiter>> waiters;
  for (int i = 0; i < 100; ++i) {
    waiters.push_back(std::make_unique<Waiter>(shared.wait()));
    ASSERT_TRUE(waiters.back()->is_pending());
  }
  shared.condition.notify_all();
  for (std::size_t i = 0; i < waiters.size(); ++i) {
    ASSERT_EQ(waiters[i]->wake_count(), 1u);
    if (i + 1 < waiters.size()) {
      ASSERT_FALSE(waiters[i + 1]->is_woken());
    }
    ASSERT_TRUE(waiters[i]->poll());
    static_cast<void>(waiters[i]->take());
  }
  EXPECT_TRUE(shared.is_free());
}

TEST(Condition, ANotificationUnderTheLockWakesNobodyBeforeTheUnlock) {
  Guarded shared;
  Waiter waiter(shared.wait());
  EXPECT_TRUE(waiter.is_pending());
  auto held = shared.mutex.try_lock();
  shared.condition.notify_all();
  EXPECT_FALSE(waiter.is_woken());
  held.reset();
  EXPECT_EQ(waiter.wake_count(), 1u);
  EXPECT_TRUE(waiter.poll());
}

TEST(Condition, ANotifiedWaitQueuesBehindThoseThatWaitForTheLock) {
  Guarded shared;
  Waiter waiter(shared.wait());
  EXPECT_TRUE(waiter.is_pending());
  auto held = shared.mutex.try_lock();
  Probe before(shared.mutex.lock());
  EXPECT_TRUE(before.is_pending());
  shared.condition.notify_one();
  Probe behind(shared.mutex.lock());
  EXPECT_TRUE(behind.is_pending());
  held.reset();
  EXPECT_TRUE(before.is_woken());
  EXPECT_FALSE(waiter.is_woken() || behind.is_woken());
  before.drop();
  EXPECT_TRUE(waiter.is_woken());
  EXPECT_FALSE(behind.is_woken());
  waiter.drop();
  EXPECT_TRUE(behind.poll());
}

TEST(Condition, NobodyHasTheLockBeforeTheWaitIsInTheQueue) {
  Guarded shared;
  bool was_free = true;
  Probe waiter(test::BeforeEnqueue(shared.wait(), [&] {
    was_free = shared.is_free();
    shared.condition.notify_one();  // by nobody who could have changed the value
  }));
  EXPECT_TRUE(waiter.is_pending());
  EXPECT_FALSE(was_free);
  EXPECT_TRUE(shared.is_free());
  shared.condition.notify_one();
  EXPECT_TRUE(waiter.poll());
}

TEST(Condition, WaitsOfSeveralMutexesLockTheirOwn) {
  Mutex<int> numbers(1);
  Mutex<std::string> names("neo");
  Mutex<> nothing;
  Condition condition;
  Probe number(condition.wait(*numbers.try_lock()));
  Probe name(condition.wait(*names.try_lock()));
  Probe none(condition.wait(*nothing.try_lock()));
  EXPECT_TRUE(number.is_pending() && name.is_pending() && none.is_pending());
  condition.notify_all();
  ASSERT_TRUE(number.poll() && name.poll() && none.poll());
  EXPECT_EQ(*number.take(), 1);
  EXPECT_EQ(*name.take(), "neo");
  EXPECT_FALSE(nothing.try_lock());
}

TEST(Condition, TakesTwentyFourBytes) {
  EXPECT_EQ(sizeof(Condition), 24u);
}

TEST(Condition, AGuardThatHoldsNothingIsRefused) {
  Guarded shared;
  MutexGuard<int> guard = *shared.mutex.try_lock();
  const MutexGuard<int> other = std::move(guard);
  // NOLINTBEGIN(bugprone-use-after-move): that is what is tested.
  EXPECT_THROW(static_cast<void>(shared.condition.wait(std::move(guard))), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(shared.condition.wait(std::move(guard), [](int) { return true; })),
               std::invalid_argument);
  // NOLINTEND(bugprone-use-after-move)
}

// With a predicate.

Task<MutexGuard<int>> wait_for(Guarded& shared, int least) {
  auto guard = co_await shared.mutex.lock();
  guard = co_await shared.condition.wait(std::move(guard), [least](int value) { return value >= least; });
  co_return std::move(guard);
}

TEST(Condition, APredicateThatHoldsNeedsNoWait) {
  Guarded shared;
  Probe waiter(wait_for(shared, 0));
  ASSERT_TRUE(waiter.poll());
  EXPECT_FALSE(shared.is_free());
}

TEST(Condition, APredicateIsLookedAtUnderTheLockAfterEachNotification) {
  Guarded shared;
  Probe waiter(wait_for(shared, 2));
  for (int value = 0; value < 2; ++value) {
    EXPECT_TRUE(waiter.is_pending());
    EXPECT_TRUE(shared.is_free());
    ++**shared.mutex.try_lock();
    shared.condition.notify_one();
    waiter.poll();
  }
  ASSERT_TRUE(waiter.is_ready());
  EXPECT_EQ(*waiter.take(), 2);
}

TEST(Condition, APredicateOfAMutexWithoutAValueHasNoParameter) {
  Mutex<> mutex;
  Condition condition;
  bool is_open = false;
  Probe waiter(condition.wait(*mutex.try_lock(), [&] { return is_open; }));
  EXPECT_TRUE(waiter.is_pending());
  is_open = true;
  condition.notify_all();
  EXPECT_TRUE(waiter.poll());
}

TEST(Condition, APredicateThatThrowsEndsTheWaitWithoutTheLock) {
  Guarded shared;
  auto body = [](Guarded& with) -> Task<void> {
    auto refuse = [](int value) -> bool { throw std::runtime_error(std::to_string(value)); };
    auto guard = co_await with.mutex.lock();
    guard = co_await with.condition.wait(std::move(guard), refuse);
  };
  EXPECT_THROW(block_on(body(shared)), std::runtime_error);
  EXPECT_TRUE(shared.is_free());
}

// Dropped waits.

TEST(Condition, AWaitThatNeverBeginsUnlocksTheMutex) {
  Guarded shared;
  {
    auto wait = shared.wait();
    EXPECT_FALSE(shared.is_free());
  }
  EXPECT_TRUE(shared.is_free());
  {
    auto wait = shared.condition.wait(*shared.mutex.try_lock(), [](int) { return true; });
  }
  EXPECT_TRUE(shared.is_free());
}

TEST(Condition, ADroppedWaitIsNotNotified) {
  Guarded shared;
  Waiter first(shared.wait());
  EXPECT_TRUE(first.is_pending());
  Waiter second(shared.wait());
  EXPECT_TRUE(second.is_pending());
  first.drop();
  EXPECT_TRUE(shared.is_free());
  shared.condition.notify_one();
  EXPECT_TRUE(second.is_woken());
}

/// What a wait was doing when it is dropped.
enum class Moment { queues_for_the_lock, has_the_lock };

class ConditionDrop : public ::testing::TestWithParam<Moment> {};

TEST_P(ConditionDrop, PassesItsNotificationAndTheLockOn) {
  Guarded shared;
  Waiter first(shared.wait());
  EXPECT_TRUE(first.is_pending());
  Waiter second(shared.wait());
  EXPECT_TRUE(second.is_pending());
  Waiter third(shared.wait());
  EXPECT_TRUE(third.is_pending());
  auto held = shared.mutex.try_lock();
  shared.condition.notify_one();
  if (GetParam() == Moment::has_the_lock) held.reset();
  EXPECT_EQ(first.is_woken(), !held);
  first.drop();
  held.reset();
  EXPECT_TRUE(second.is_woken());
  EXPECT_FALSE(third.is_woken());
  second.drop();
  EXPECT_TRUE(third.is_woken());
  third.drop();  // nobody is left who could take the notification
  EXPECT_TRUE(shared.is_free());
  Waiter late(shared.wait());
  EXPECT_TRUE(late.is_pending());
}

TEST_P(ConditionDrop, PassesNothingOnAfterNotifyAll) {
  Guarded shared;
  Waiter first(shared.wait());
  EXPECT_TRUE(first.is_pending());
  auto held = shared.mutex.try_lock();
  shared.condition.notify_all();
  if (GetParam() == Moment::has_the_lock) held.reset();
  Probe late([](Guarded& with) -> Task<MutexGuard<int>> {
    auto guard = co_await with.mutex.lock();
    guard = co_await with.condition.wait(std::move(guard));
    co_return std::move(guard);
  }(shared));
  EXPECT_TRUE(late.is_pending());
  if (held) {  // the late one begins its wait before the first one is dropped
    held.reset();
    EXPECT_TRUE(first.is_woken());
  }
  first.drop();
  late.poll();
  EXPECT_TRUE(late.is_pending());
  EXPECT_TRUE(shared.is_free());
}

INSTANTIATE_TEST_SUITE_P(Each, ConditionDrop,
                         ::testing::Values(Moment::queues_for_the_lock, Moment::has_the_lock),
                         [](const auto& moment) {
                           return moment.param == Moment::has_the_lock ? "WithTheLock"
                                                                       : "InTheQueueForTheLock";
                         });

TEST(Condition, TheDestructorOfAWaitingFrameMayNotifyAndLock) {
  struct AtTheEnd {
    explicit AtTheEnd(Guarded& with) : shared(with) {}
    AtTheEnd(const AtTheEnd&) = delete;
    ~AtTheEnd() {
      EXPECT_TRUE(shared.is_free());
      shared.condition.notify_all();
    }
    Guarded& shared;
  };
  Guarded shared;
  auto body = [](Guarded& with) -> Task<void> {
    const AtTheEnd at_the_end(with);
    const auto guard = co_await with.wait();
  };
  Probe first(body(shared));
  EXPECT_TRUE(first.is_pending());
  Waiter second(shared.wait());
  EXPECT_TRUE(second.is_pending());
  first.drop();
  EXPECT_TRUE(second.poll());
}

TEST(Condition, ATimeoutEndsAWaitAndLeavesTheMutexFree) {
  Guarded shared;
  auto body = [](Guarded& with) -> Task<void> {
    auto guard = co_await with.mutex.lock();
    const auto waited = co_await timeout(1ms, with.condition.wait(std::move(guard)));
    EXPECT_FALSE(waited);
    EXPECT_TRUE(with.is_free());
    guard = co_await with.mutex.lock();
    const auto again =
        co_await timeout(1ms, with.condition.wait(std::move(guard), [](int value) { return value > 0; }));
    EXPECT_FALSE(again);
    EXPECT_TRUE(with.is_free());
  };
  EXPECT_TRUE(sim::run({}, body(shared)));
}

TEST(Condition, AWaitThatNobodyNotifiesIsReportedByItsName) {
  Guarded shared;
  auto body = [](Guarded& with) -> Task<void> { const auto guard = co_await with.wait(); };
  const auto result = sim::run({}, body(shared));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, sim::Failure::Kind::deadlock);
  EXPECT_NE(result.error().message.find("Condition::wait"), std::string::npos);
}

TEST(Condition, OwnedGuardsKeepTheMutexAliveDuringTheWait) {
  Condition condition;
  auto mutex = std::make_shared<Mutex<int>>(3);
  const std::weak_ptr<Mutex<int>> watched = mutex;
  {
    Probe waiter(condition.wait(*Mutex<int>::try_lock_owned(mutex)));
    Probe dropped(
        (static_cast<void>(waiter.is_pending()), condition.wait(*Mutex<int>::try_lock_owned(mutex))));
    EXPECT_TRUE(dropped.is_pending());
    mutex.reset();
    condition.notify_all();
    ASSERT_TRUE(waiter.poll());
    const OwnedMutexGuard<int> guard = waiter.take();
    EXPECT_EQ(*guard, 3);
  }
  EXPECT_TRUE(watched.expired());
  // The last reference may be that of a wait that is dropped with the lock.
  Probe last(condition.wait(*Mutex<int>::try_lock_owned(std::make_shared<Mutex<int>>(4))));
  EXPECT_TRUE(last.is_pending());
  condition.notify_one();
  EXPECT_TRUE(last.is_woken());
  last.drop();
}

}  // namespace
}  // namespace corokit
