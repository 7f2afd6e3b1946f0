// Tests the permits that reserve room before there is a message for it.
#include <corokit/explore_test.hpp>
#include <corokit/sync/mpsc.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/chosen.hpp"
#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using mpsc::TryRecvError;
using mpsc::TryReserveError;
using test::Chosen;
using test::destroy;
using test::Probe;

template <class T>
void expect_none(mpsc::Receiver<T>& rx) {
  Probe probe(rx.recv());
  ASSERT_TRUE(probe.poll());
  EXPECT_FALSE(probe.take());
}

TEST(MpscPermit, SendingFreesNoRoomAndReceivingDoesInOrderOfArrival) {
  auto [tx, rx] = mpsc::channel<int>(2);
  auto first = tx.try_reserve();
  auto second = tx.try_reserve();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(tx.capacity(), 0u);
  Probe third(tx.reserve());
  Probe fourth(tx.reserve());
  EXPECT_TRUE(third.is_pending() && fourth.is_pending());
  EXPECT_TRUE(first->send(1));
  EXPECT_FALSE(third.is_woken());
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_EQ(third.wake_count(), 1u);
  EXPECT_FALSE(fourth.is_woken());
  destroy(*second);
  EXPECT_EQ(fourth.wake_count(), 1u);
  ASSERT_TRUE(third.poll() && fourth.poll());
}

TEST(MpscPermit, NobodyOvertakesAQueuedReserve) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  Probe waits(tx.reserve());
  EXPECT_TRUE(waits.is_pending());
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_TRUE(waits.is_woken());
  EXPECT_TRUE(tx.try_send(2).error().is_full());
  ASSERT_TRUE(waits.poll());
  auto permit = waits.take();
  EXPECT_TRUE(permit->send(3));
  EXPECT_EQ(rx.try_recv(), 3);
  EXPECT_TRUE(tx.try_send(4));
}

TEST(MpscPermit, DroppingAnUnusedOneFreesItsRoom) {
  auto [tx, rx] = mpsc::channel<int>(1);
  auto permit = tx.try_reserve();
  Probe waits(tx.reserve());
  EXPECT_TRUE(waits.is_pending());
  destroy(*permit);
  EXPECT_EQ(waits.wake_count(), 1u);
  ASSERT_TRUE(waits.poll());
  EXPECT_TRUE(waits.take()->send(1));
  EXPECT_EQ(rx.try_recv(), 1);
}

TEST(MpscPermit, DroppingManyUnusedOnesFreesTheirRoomFor1To100) {
  for (std::size_t n = 1; n <= 100; ++n) {
    auto [tx, rx] = mpsc::channel<int>(n);
    auto permits = tx.try_reserve_many(n);
    ASSERT_TRUE(permits);
    Probe waits(tx.reserve_many(n));
    ASSERT_TRUE(waits.is_pending());
    EXPECT_TRUE(permits->next()->send(1));
    destroy(*permits);
    EXPECT_FALSE(waits.is_woken());
    EXPECT_EQ(rx.try_recv(), 1);
    EXPECT_EQ(waits.wake_count(), 1u);
    ASSERT_TRUE(waits.poll());
    EXPECT_EQ(waits.take()->size(), n);
  }
}

TEST(MpscPermit, ManyReservedAreSentOneByOne) {
  auto [tx, rx] = mpsc::channel<std::unique_ptr<int>>(3);
  auto permits = tx.try_reserve_many(3);
  for (int i = 0; auto permit = permits->next(); ++i) EXPECT_TRUE(permit->send(std::make_unique<int>(i)));
  EXPECT_EQ(permits->size(), 0u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(**rx.try_recv(), i);
}

TEST(MpscPermit, TryReserveFailsWhileThereIsNoRoom) {
  auto [tx, rx] = mpsc::channel<int>(1);
  auto permit = tx.try_reserve();
  EXPECT_EQ(tx.try_reserve().error(), TryReserveError::full);
  EXPECT_EQ(tx.try_reserve_many(1).error(), TryReserveError::full);
  EXPECT_EQ(tx.try_reserve_owned().error(), TryReserveError::full);
  destroy(*permit);
  EXPECT_TRUE(tx.try_reserve());
  destroy(rx);
  EXPECT_EQ(tx.try_reserve().error(), TryReserveError::closed);
  EXPECT_EQ(tx.try_reserve_owned().error(), TryReserveError::closed);
}

TEST(MpscPermit, ReservingMoreThanTheCapacityIsRefusedAtOnce) {
  auto [tx, rx] = mpsc::channel<int>(4);
  EXPECT_THROW(static_cast<void>(tx.reserve_many(5)), std::invalid_argument);
  EXPECT_EQ(tx.try_reserve_many(5).error(), TryReserveError::full);
  EXPECT_EQ(tx.try_reserve_many(detail::MpscCore::kMaxCapacity + 1).error(), TryReserveError::full);
  EXPECT_EQ(tx.capacity(), 4u);
}

TEST(MpscPermit, ReservingZeroSucceedsAtOnceUnlessTheChannelIsClosed) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  {
    Probe none(tx.reserve_many(0));
    ASSERT_TRUE(none.poll());
    EXPECT_EQ(none.take()->size(), 0u);
    EXPECT_TRUE(tx.try_reserve_many(0));
  }
  destroy(rx);
  Probe none(tx.reserve_many(0));
  ASSERT_TRUE(none.poll());
  EXPECT_EQ(none.take().error(), mpsc::Closed());
  EXPECT_EQ(tx.try_reserve_many(0).error(), TryReserveError::closed);
}

TEST(MpscPermit, AClosedChannelReservesNothing) {
  auto [tx, rx] = mpsc::channel<int>(10);
  rx.close();
  Probe one(tx.reserve());
  Probe many(tx.reserve_many(10));
  Probe owned(tx.reserve_owned());
  ASSERT_TRUE(one.poll() && many.poll() && owned.poll());
  EXPECT_EQ(one.take().error(), mpsc::Closed());
  EXPECT_EQ(many.take().error(), mpsc::Closed());
  EXPECT_EQ(owned.take().error(), mpsc::Closed());
  EXPECT_EQ(tx.try_reserve_many(10).error(), TryReserveError::closed);
}

TEST(MpscPermit, AWaiterForManyCollectsThemAtTheHeadOfTheQueue) {
  auto [tx, rx] = mpsc::channel<int>(5);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(tx.try_send(i));
  Probe four(tx.reserve_many(4));
  Probe one(tx.reserve());
  EXPECT_TRUE(four.is_pending() && one.is_pending());
  EXPECT_EQ(tx.capacity(), 0u);  // the waiter has collected two places
  EXPECT_EQ(rx.try_recv(), 0);
  EXPECT_FALSE(four.is_woken() || one.is_woken());
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_TRUE(four.is_woken());
  EXPECT_FALSE(one.is_woken());
  EXPECT_EQ(rx.try_recv(), 2);
  EXPECT_TRUE(one.is_woken());
}

TEST(MpscPermit, RoomCollectedByADroppedHeadGoesToTheNextWaiter) {
  auto [tx, rx] = mpsc::channel<int>(5);
  EXPECT_TRUE(tx.try_send(0));
  Probe five(tx.reserve_many(5));
  Probe three(tx.reserve_many(3));
  Probe two(tx.reserve_many(2));
  EXPECT_TRUE(five.is_pending() && three.is_pending() && two.is_pending());
  five.drop();
  EXPECT_TRUE(three.is_woken());
  EXPECT_FALSE(two.is_woken());
  three.drop();
  EXPECT_TRUE(two.is_woken());
  two.drop();
  EXPECT_EQ(tx.capacity(), 4u);
}

TEST(MpscPermit, RoomFreedBetweenCheckAndEnqueueIsTaken) {
  auto [tx, rx] = mpsc::channel<int>(2);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(tx.try_send(i));
  const auto receive = [&from = rx] { static_cast<void>(from.try_recv()); };
  Probe one(test::BeforeEnqueue(tx.reserve(), receive));
  ASSERT_TRUE(one.poll());
  Probe two(test::BeforeEnqueue(tx.reserve_many(2), receive));
  EXPECT_TRUE(two.is_pending());
  static_cast<void>(one.take());
  EXPECT_TRUE(two.poll());
}

// Closing.

TEST(MpscPermit, AHeldOneStillSendsAfterClose) {
  auto [tx, rx] = mpsc::channel<int>(1);
  auto permit = tx.try_reserve();
  Probe in_line(tx.reserve());
  EXPECT_TRUE(in_line.is_pending());
  rx.close();
  ASSERT_TRUE(in_line.poll());
  EXPECT_FALSE(in_line.take());
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
  EXPECT_TRUE(permit->send(7));
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), 7);
  expect_none(rx);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::disconnected);
}

template <class Reserved, class LetGo>
void expect_last_permit_wakes(Reserved reserve, LetGo let_go, bool sends) {
  auto [tx, rx] = mpsc::channel<int>(3);
  auto permit = reserve(tx);
  rx.close();
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  let_go(permit);
  EXPECT_EQ(recv.wake_count(), 1u);
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), sends ? std::optional(7) : std::nullopt);
  expect_none(rx);
}

const auto kReserve = [](auto& tx) { return *tx.try_reserve(); };
const auto kReserveMany = [](auto& tx) { return *tx.try_reserve_many(3); };
const auto kReserveOwned = [](auto& tx) { return *tx.try_reserve_owned(); };
const auto kDrop = [](auto& permit) { destroy(permit); };
const auto kSend = [](auto& permit) { EXPECT_TRUE(permit.send(7)); };
const auto kRelease = [](auto& permit) { static_cast<void>(std::move(permit).release()); };

TEST(MpscPermit, DroppingTheLastWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserve, kDrop, false);
}
TEST(MpscPermit, DroppingTheLastOwnedWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserveOwned, kDrop, false);
}
TEST(MpscPermit, DroppingTheLastOfManyWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserveMany, kDrop, false);
}
TEST(MpscPermit, SendingTheLastWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserve, kSend, true);
}
TEST(MpscPermit, SendingTheLastOwnedWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserveOwned, kSend, true);
}
TEST(MpscPermit, ReleasingTheLastOwnedWakesAReceiverThatHasClosed) {
  expect_last_permit_wakes(kReserveOwned, kRelease, false);
}

TEST(MpscPermit, AWaiterDroppedWithItsPermitAfterCloseLeavesNobodyWaiting) {
  auto [tx, rx] = mpsc::channel<int>(1);
  auto permit = tx.try_reserve();
  Probe granted(tx.reserve());
  EXPECT_TRUE(granted.is_pending());
  destroy(*permit);
  EXPECT_TRUE(granted.is_woken());
  rx.close();
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  granted.drop();
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), std::nullopt);
}

TEST(MpscPermit, CloseFreesTheRoomThatTheHeadOfTheQueueHadCollected) {
  auto [tx, rx] = mpsc::channel<int>(3);
  auto permit = tx.try_reserve();
  Probe three(tx.reserve_many(3));
  EXPECT_TRUE(three.is_pending());
  rx.close();
  ASSERT_TRUE(three.poll());
  EXPECT_FALSE(three.take());
  EXPECT_EQ(tx.capacity(), 2u);
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  destroy(*permit);
  EXPECT_TRUE(recv.poll());
}

TEST(MpscPermit, AMessageForADestroyedReceiverComesBack) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  auto permit = tx.try_reserve();
  destroy(rx);
  EXPECT_EQ(permit->send("too late").error().value, "too late");
}

TEST(MpscPermit, AnOwnedOneCountsAsASender) {
  auto [tx, rx] = mpsc::channel<int>(1);
  auto permit = tx.try_reserve_owned();
  destroy(tx);
  EXPECT_FALSE(rx.is_closed());
  EXPECT_EQ(rx.sender_strong_count(), 1u);
  auto sender = std::move(*permit).release();
  EXPECT_TRUE(sender.try_send(1));
  destroy(*permit);
  destroy(sender);
  EXPECT_TRUE(rx.is_closed());
  EXPECT_EQ(rx.try_recv(), 1);
  expect_none(rx);
}

TEST(MpscPermit, AssigningOneFreesTheRoomOfTheOld) {
  auto [tx, rx] = mpsc::channel<int>(2);
  auto permit = tx.try_reserve_owned();
  permit = tx.try_reserve_owned();
  EXPECT_EQ(tx.capacity(), 1u);
}

// The model is the free room and a queue of waiters, each with the number of places that it wants and still misses.

struct Waiting {
  Waiting(const mpsc::Sender<int>& tx, std::size_t n) : probe(tx.reserve_many(n)), wanted(n), missing(n) {}
  Probe<mpsc::Sender<int>::ReserveMany> probe;
  std::size_t wanted;
  std::size_t missing;
};

class Game {
 public:
  Game() : channel_(mpsc::channel<int>(kCapacity)) {}

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      EXPECT_EQ(channel_.tx.capacity(), free_);
      for (const auto& one : queue_)
        EXPECT_EQ(one->probe.is_ready() || one->probe.is_woken(), one->missing == 0);
    }
  }

 private:
  static constexpr std::uint32_t kCapacity = 7;

  void step() {
    const std::uint32_t dice = Chosen::below(4);
    if (dice == 0) return reserve(1 + Chosen::below(kCapacity));
    if (dice == 1 && !held_.empty()) return release();
    if (!queue_.empty()) leave(Chosen::below(static_cast<std::uint32_t>(queue_.size())), dice == 2);
  }

  void give(std::size_t permits) {
    free_ += permits;
    for (const auto& one : queue_) {
      const std::size_t part = std::min(free_, one->missing);
      free_ -= part;
      one->missing -= part;
      if (one->missing > 0) break;
    }
  }

  void reserve(std::size_t permits) {
    queue_.push_back(std::make_unique<Waiting>(channel_.tx, permits));
    EXPECT_EQ(queue_.back()->probe.poll(), permits <= free_);
    give(0);
  }
  void release() {
    const std::size_t permits = held_.back().size();
    held_.pop_back();
    give(permits);
  }
  void leave(std::size_t which, bool keeps) {
    auto one = std::move(queue_[which]);
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(which));
    if (keeps && one->missing == 0) {
      EXPECT_TRUE(one->probe.poll());
      return held_.push_back(*one->probe.take());
    }
    const std::size_t collected = one->wanted - one->missing;
    one.reset();
    give(collected);
  }

  mpsc::Channel<int> channel_;
  std::size_t free_ = kCapacity;
  std::vector<mpsc::Permits<int>> held_;
  std::deque<std::unique_ptr<Waiting>> queue_;
};

COROKIT_EXPLORE(MpscPermitModel, RandomReservationsReleasesAndDropsMatchTheModel,
                .search = explorer::Search::random, .schedules = 300) {
  Game().play(100);
  co_return;
}

}  // namespace
}  // namespace corokit
