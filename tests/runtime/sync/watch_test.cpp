#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/destroy.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::destroy;
using test::Gate;
using test::Probe;
using watch::Closed;

TEST(Watch, AReceiverIsNotNotifiedOfTheFirstValue) {
  auto [tx, rx] = watch::channel<std::string>("one");
  Probe probe(rx.changed());
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send("two"));
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(*rx.borrow(), "two");
}

TEST(Watch, TheEndOfTheLastSenderWakesReceiversWithAnErrorAndTheValueStays) {
  auto [tx, rx] = watch::channel<std::string>("last");
  auto extra = tx;
  Probe probe(rx.changed());
  EXPECT_TRUE(probe.is_pending());
  destroy(tx);
  EXPECT_FALSE(probe.is_woken());
  destroy(extra);
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(*rx.borrow(), "last");
}

Task<bool> next_change(watch::Receiver<int>& rx) {
  const auto changed = co_await rx.changed();
  co_return changed.has_value();
}

TEST(Watch, EachReceiverRemembersWhatItHasSeenAndMissesValuesInBetween) {
  auto [tx, rx1] = watch::channel(1);
  auto rx2 = rx1;
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(block_on(next_change(rx1)));
  EXPECT_EQ(*rx1.borrow(), 2);
  EXPECT_TRUE(tx.send(3));
  EXPECT_TRUE(tx.send(4));
  EXPECT_TRUE(block_on(next_change(rx2)));
  EXPECT_EQ(*rx2.borrow(), 4);
  EXPECT_FALSE(*rx2.has_changed());
  EXPECT_TRUE(*rx1.has_changed());
}

TEST(Watch, AReceiverSeesTheFinalValueThenTheEnd) {
  auto [tx, rx] = watch::channel(1);
  EXPECT_TRUE(tx.send(2));
  destroy(tx);
  EXPECT_TRUE(block_on(next_change(rx)));
  EXPECT_EQ(*rx.borrow(), 2);
  EXPECT_FALSE(block_on(next_change(rx)));
}

TEST(Watch, HasChangedIsAnErrorOnceTheChannelIsClosed) {
  auto [tx, rx] = watch::channel(1);
  EXPECT_FALSE(*rx.has_changed());
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(*rx.has_changed());
  destroy(tx);
  EXPECT_EQ(rx.has_changed().error(), Closed());
  rx.mark_unchanged();
  EXPECT_EQ(rx.has_changed().error(), Closed());
}

TEST(Watch, BorrowLeavesAValueUnseenAndBorrowAndUpdateDoesNot) {
  auto [tx, rx] = watch::channel(1);
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(rx.borrow().has_changed());
  EXPECT_TRUE(*rx.has_changed());
  EXPECT_TRUE(rx.borrow_and_update().has_changed());
  EXPECT_FALSE(*rx.has_changed());
  Probe probe(rx.changed());
  EXPECT_TRUE(probe.is_pending());
}

TEST(Watch, MarkingAffectsThisReceiverAlone) {
  auto [tx, rx1] = watch::channel(1);
  auto rx2 = rx1;
  rx1.mark_changed();
  EXPECT_TRUE(*rx1.has_changed());
  EXPECT_FALSE(*rx2.has_changed());
  EXPECT_TRUE(block_on(next_change(rx1)));
  EXPECT_FALSE(*rx1.has_changed());
  EXPECT_TRUE(tx.send(2));
  rx2.mark_unchanged();
  EXPECT_TRUE(*rx1.has_changed());
  EXPECT_FALSE(*rx2.has_changed());
}

TEST(Watch, ADroppedChangedMarksNothingSeen) {
  auto [tx, rx] = watch::channel(1);
  {
    Probe probe(rx.changed());
    EXPECT_TRUE(probe.is_pending());
    EXPECT_TRUE(tx.send(2));
    EXPECT_TRUE(probe.is_woken());
  }
  EXPECT_TRUE(*rx.has_changed());
  rx.mark_unchanged();
  {
    Probe probe(rx.changed());
    EXPECT_TRUE(probe.is_pending());
  }
  EXPECT_TRUE(tx.send(3));
  EXPECT_TRUE(*rx.has_changed());
}

TEST(Watch, ABorrowedValueStaysAsItWas) {
  std::optional<watch::Ref<std::string>> kept;
  {
    auto [tx, rx] = watch::channel<std::string>("one");
    kept.emplace(rx.borrow());
    EXPECT_TRUE(tx.send("two"));
    EXPECT_EQ(*rx.borrow(), "two");
  }
  EXPECT_EQ(**kept, "one");
}

TEST(Watch, SendWithoutReceiversGivesTheValueBackAndChangesNothing) {
  auto [tx, rx] = watch::channel<std::unique_ptr<int>>(std::make_unique<int>(1));
  destroy(rx);
  EXPECT_TRUE(tx.is_closed());
  auto refused = tx.send(std::make_unique<int>(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(*refused.error().value, 2);
  EXPECT_EQ(**tx.borrow(), 1);
}

TEST(Watch, SendReplaceGivesTheValueBefore) {
  auto [tx, rx] = watch::channel<std::string>("one");
  EXPECT_EQ(tx.send_replace("two"), "one");
  const auto borrowed = rx.borrow();
  EXPECT_EQ(tx.send_replace("three"), "two");
  EXPECT_EQ(*borrowed, "two");
  destroy(rx);
  EXPECT_EQ(tx.send_replace("four"), "three");
}

TEST(Watch, SendModifyChangesTheValueAndNotifies) {
  auto [tx, rx] = watch::channel(1);
  Probe probe(rx.changed());
  EXPECT_TRUE(probe.is_pending());
  tx.send_modify([](int& value) { ++value; });
  EXPECT_TRUE(probe.is_woken());
  EXPECT_EQ(*rx.borrow(), 2);
}

TEST(Watch, AModifierThatThrowsChangesNothingAndNotifiesNobody) {
  auto [tx, rx] = watch::channel(1);
  Probe probe(rx.changed());
  EXPECT_TRUE(probe.is_pending());
  EXPECT_THROW(tx.send_modify([](int& value) {
    value = 9;
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_FALSE(probe.is_woken());
  EXPECT_EQ(*rx.borrow(), 1);
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(probe.is_woken());
}

TEST(Watch, AModifierMaySendOnTheSameChannel) {
  auto [tx, rx] = watch::channel(1);
  int calls = 0;
  tx.send_modify([&tx = tx, &calls](int& value) {
    if (++calls == 1) {
      EXPECT_TRUE(tx.send(10));
    }
    ++value;
  });
  EXPECT_EQ(calls, 2);  // the first copy was outdated
  EXPECT_EQ(*rx.borrow(), 11);
}

TEST(Watch, SendIfModifiedNotifiesOnlyOnTrue) {
  auto [tx, rx] = watch::channel(1);
  EXPECT_FALSE(tx.send_if_modified([](int& value) {
    value = 9;
    return false;
  }));
  EXPECT_EQ(*rx.borrow(), 1);
  EXPECT_FALSE(*rx.has_changed());
  EXPECT_TRUE(tx.send_if_modified([](int& value) {
    value = 2;
    return true;
  }));
  EXPECT_TRUE(*rx.has_changed());
}

TEST(Watch, ClosedWaitsForTheLastReceiver) {
  auto [tx, rx] = watch::channel(1);
  auto extra = rx;
  Probe probe(tx.closed());
  EXPECT_TRUE(probe.is_pending());
  destroy(rx);
  EXPECT_FALSE(probe.is_woken());
  destroy(extra);
  EXPECT_EQ(probe.wake_count(), 1u);
  EXPECT_TRUE(probe.poll());
}

TEST(Watch, EndsKnowWhetherTheyShareAChannelAndAreCounted) {
  auto [tx1, rx1] = watch::channel(1);
  auto [tx2, rx2] = watch::channel(1);
  EXPECT_FALSE(tx1.same_channel(tx2));
  EXPECT_FALSE(rx1.same_channel(rx2));
  EXPECT_TRUE(rx1.same_channel(tx1.subscribe()));
  const auto copy = tx1;
  EXPECT_TRUE(copy.same_channel(tx1));
  EXPECT_EQ(tx1.sender_count(), 2u);
  EXPECT_EQ(tx1.receiver_count(), 1u);
}

TEST(Watch, SubscribingReopensTheChannel) {
  auto [tx, rx] = watch::channel(1);
  Probe probe(tx.closed());
  EXPECT_TRUE(probe.is_pending());
  destroy(rx);
  EXPECT_TRUE(tx.is_closed());
  auto again = tx.subscribe();
  EXPECT_FALSE(tx.is_closed());
  EXPECT_FALSE(probe.poll());  // it was woken and waits again
  EXPECT_TRUE(tx.send(2));
  EXPECT_TRUE(*again.has_changed());
  destroy(again);
  EXPECT_TRUE(probe.poll());
}

TEST(Watch, WaitForGivesTheValueThatThePredicateAccepted) {
  auto [tx, rx] = watch::channel(1);
  Probe probe(rx.wait_for([](int value) { return value >= 3; }));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(2));
  EXPECT_FALSE(probe.poll());
  EXPECT_TRUE(tx.send(3));
  ASSERT_TRUE(probe.poll());
  EXPECT_TRUE(tx.send(4));
  EXPECT_EQ(**probe.take(), 3);
  EXPECT_TRUE(*rx.has_changed());
}

TEST(Watch, WaitForAcceptsTheLastValueOfAClosedChannel) {
  auto [tx, rx] = watch::channel(1);
  destroy(tx);
  Probe yes(rx.wait_for([](int value) { return value == 1; }));
  ASSERT_TRUE(yes.poll());
  EXPECT_TRUE(yes.take());
  Probe no(rx.wait_for([](int value) { return value == 2; }));
  ASSERT_TRUE(no.poll());
  EXPECT_FALSE(no.take());
}

TEST(Watch, AWaitForThatLosesLeavesTheValueItWaitedForUnseen) {
  auto [tx, rx] = watch::channel<int>(0);
  Gate gate;
  Probe probe(select(biased, gate.wait(), rx.wait_for([](int value) { return value == 1; })));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(1));
  gate.open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().index(), 0U);
  EXPECT_TRUE(rx.borrow().has_changed());
}

TEST(Watch, AValueForWhichThePredicateThrowsCountsAsSeen) {
  auto [tx, rx] = watch::channel<int>(0);
  auto body = [](watch::Receiver<int>* of) -> Task<bool> {
    try {
      co_await of->wait_for(
          [](int value) { return value > 0 ? throw std::runtime_error("refused") : false; });
    } catch (const std::runtime_error&) {
      co_return true;
    }
    co_return false;
  };
  Probe probe(body(&rx));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(1));
  EXPECT_TRUE(probe.poll());
  EXPECT_TRUE(probe.take());
  EXPECT_FALSE(rx.borrow().has_changed());
}

TEST(Watch, ChangedIsAnOperandOfSelectAndTimeout) {
  auto body = []() -> Task<int> {
    auto [tx, rx] = watch::channel(1);
    const auto late = co_await timeout(10ms, rx.changed());
    EXPECT_FALSE(late);
    static_cast<void>(tx.send(2));
    const auto first = co_await select(biased, rx.changed(), sleep(1s));
    EXPECT_EQ(first.index(), 0u);
    co_return *rx.borrow();
  };
  EXPECT_EQ(sim::run({}, body()).value(), 2);
}

Task<void> count_up(watch::Sender<int> tx, int steps) {
  for (int i = 0; i < steps; ++i) {
    tx.send_modify([](int& value) { ++value; });
    co_await yield_now();
  }
}

/// Follows the value until it is `last`, while the channel is open. Returns: whether it only grew.
Task<bool> follow(watch::Receiver<int> rx, int last, std::atomic<int>& skipped) {
  int seen = *rx.borrow();
  while (seen < last) {
    const auto changed = co_await rx.changed();
    if (!changed) co_return false;
    const int next = *rx.borrow_and_update();
    if (next < seen) co_return false;
    if (next > seen + 1) ++skipped;
    seen = next;
  }
  co_return true;
}

Task<bool> all_follow(int senders, int receivers, int steps) {
  std::atomic<int> skipped{0};
  auto [tx, rx] = watch::channel(0);
  std::vector<JoinHandle<bool>> all;
  for (int i = 0; i < receivers; ++i) all.push_back(spawn(follow(rx, senders * steps, skipped)));
  for (int i = 0; i < senders; ++i) spawn(count_up(tx, steps)).detach();
  const auto full = co_await rx.wait_for([senders, steps](int value) { return value == senders * steps; });
  bool right = full.has_value();
  for (auto& one : all) {
    const auto grew = co_await one;
    right = right && *grew;
  }
  explorer::reached("a receiver skips a value", skipped > 0);
  co_return right;
}

COROKIT_EXPLORE(WatchSchedules, BothReceiversSeeTheValueGrowToItsLast, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  const bool right = co_await all_follow(1, 2, 2);
  EXPECT_TRUE(right);
}

COROKIT_EXPLORE(WatchSchedules, AReceiverSeesTheValueOfTwoSendersGrowToItsLast, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  const bool right = co_await all_follow(2, 1, 2);
  EXPECT_TRUE(right);
}

COROKIT_EXPLORE(WatchSchedules, ThreeReceiversSeeTheValueOfTwoSendersGrowToItsLast, .search = Search::random,
                .schedules = 1'000) {
  const bool right = co_await all_follow(2, 3, 5);
  EXPECT_TRUE(right);
}

TEST(Watch, EveryReceiverSeesTheValueGrowToItsLastOnFourThreads) {
  EXPECT_TRUE(Runtime::multi_thread(4).block_on(all_follow(4, 5, 2'000)));
}

}  // namespace
}  // namespace corokit
