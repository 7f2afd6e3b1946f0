#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/at_exit.hpp"
#include "support/counted.hpp"
#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using mpsc::TryRecvError;
using test::Census;
using test::Counted;
using test::destroy;
using test::Probe;

template <class T>
void expect_none(mpsc::Receiver<T>& rx) {
  Probe probe(rx.recv());
  ASSERT_TRUE(probe.poll());
  EXPECT_FALSE(probe.take());
}

TEST(Mpsc, MessagesArriveInOrderThenNoneAfterTheLastSender) {
  auto [tx, rx] = mpsc::channel<int>(16);
  auto extra = tx;
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(extra.try_send(2));
  destroy(tx);
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_EQ(rx.try_recv(), 2);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  destroy(extra);
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), std::nullopt);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::disconnected);
}

TEST(Mpsc, ASendWakesThePendingReceiverOnce) {
  auto [tx, rx] = mpsc::channel<std::unique_ptr<int>>(4);
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.try_send(std::make_unique<int>(7)));
  EXPECT_TRUE(tx.try_send(std::make_unique<int>(8)));
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(**probe.take(), 7);
}

TEST(Mpsc, AnImpossibleCapacityIsRefused) {
  EXPECT_THROW(static_cast<void>(mpsc::channel<int>(0)), std::invalid_argument);
  constexpr auto kTooMany = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(static_cast<void>(mpsc::channel<int>(kTooMany)), std::invalid_argument);
}

// Room.

TEST(Mpsc, SendersQueueForRoomAndNobodyOvertakes) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  EXPECT_TRUE(tx.try_send("first"));
  Probe second(tx.send("second"));
  Probe third(tx.send("third"));
  EXPECT_TRUE(second.is_pending());
  EXPECT_TRUE(third.is_pending());
  EXPECT_EQ(*rx.try_recv(), "first");
  EXPECT_EQ(second.wake_count(), 1u);
  EXPECT_FALSE(third.is_woken());
  EXPECT_TRUE(tx.try_send("barging").error().is_full());
  ASSERT_TRUE(second.poll());
  EXPECT_TRUE(second.take());
  EXPECT_EQ(*rx.try_recv(), "second");
  EXPECT_TRUE(third.is_woken());
  ASSERT_TRUE(third.poll());
  EXPECT_EQ(*rx.try_recv(), "third");
  EXPECT_TRUE(tx.try_send("free again"));
}

TEST(Mpsc, AFullChannelGivesTheMessageBackAndStillDrains) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  EXPECT_TRUE(tx.try_send("hello"));
  auto refused = tx.try_send("fail");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is_full());
  EXPECT_EQ(refused.error().value, "fail");
  EXPECT_EQ(*rx.try_recv(), "hello");
  EXPECT_TRUE(tx.try_send("goodbye"));
  destroy(tx);
  EXPECT_EQ(*rx.try_recv(), "goodbye");
  expect_none(rx);
}

TEST(Mpsc, CapacityFallsWithEachMessageAndMaxCapacityStays) {
  auto [tx, rx] = mpsc::channel<int>(3);
  EXPECT_EQ(tx.capacity(), 3u);
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(tx.try_send(2));
  EXPECT_EQ(tx.capacity(), 1u);
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_EQ(tx.capacity(), 2u);
  EXPECT_EQ(tx.max_capacity(), 3u);
}

TEST(Mpsc, SendWithATimeoutSendsOrGivesUp) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = mpsc::channel<int>(1);
    EXPECT_TRUE(co_await timeout(10ms, tx.send(1)));
    EXPECT_FALSE(co_await timeout(10ms, tx.send(2)));
    EXPECT_EQ(co_await rx.recv(), 1);
    EXPECT_TRUE(co_await timeout(10ms, tx.send(3)));
    destroy(rx);
    const auto closed = co_await timeout(10ms, tx.send(4));
    EXPECT_TRUE(closed);
    EXPECT_EQ(closed->error().value, 4);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

// Dropped waits.

TEST(Mpsc, ADroppedRecvLosesNoMessage) {
  auto [tx, rx] = mpsc::channel<int>(4);
  for (int i = 0; i < 3; ++i) {
    {
      Probe probe(rx.recv());
      EXPECT_TRUE(probe.is_pending());
      if (i == 1) {
        EXPECT_TRUE(tx.try_send(i));
      }
      EXPECT_EQ(probe.is_woken(), i == 1);
    }
    if (i != 1) {
      EXPECT_TRUE(tx.try_send(i));
    }
    EXPECT_EQ(rx.try_recv(), i);
  }
}

TEST(Mpsc, ADroppedRecvIsNotWokenAndTheNextOneIs) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  {
    Probe probe(rx.recv());
    EXPECT_TRUE(probe.is_pending());
  }
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(probe.wake_count(), 1u);
}

TEST(Mpsc, ADroppedSendLeavesTheQueue) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  Probe third(tx.send(3));
  {
    Probe second(tx.send(2));
    EXPECT_TRUE(second.is_pending());
    EXPECT_TRUE(third.is_pending());
  }
  EXPECT_EQ(rx.try_recv(), 1);
  ASSERT_TRUE(third.poll());
  EXPECT_EQ(rx.try_recv(), 3);
}

TEST(Mpsc, ASendThatIsDroppedPassesItsGrantedPlaceOn) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  Probe second(tx.send(2));
  Probe third(tx.send(3));
  EXPECT_TRUE(second.is_pending());
  EXPECT_TRUE(third.is_pending());
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_TRUE(second.is_woken());
  second.drop();
  EXPECT_TRUE(third.is_woken());
  third.drop();
  EXPECT_EQ(tx.capacity(), 1u);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
}

// Closing.

TEST(Mpsc, CloseOnAnIdleChannelGivesNoneAndRefusesSends) {
  auto [tx, rx] = mpsc::channel<int>(1);
  rx.close();
  rx.close();
  expect_none(rx);
  EXPECT_TRUE(tx.is_closed());
  EXPECT_TRUE(tx.try_send(1).error().is_closed());
  Probe send(tx.send(2));
  ASSERT_TRUE(send.poll());
  EXPECT_EQ(send.take().error().value, 2);
}

TEST(Mpsc, CloseRefusesQueuedSendersAndKeepsSentMessages) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  EXPECT_TRUE(tx.try_send("sent"));
  Probe waits(tx.send("waits"));
  EXPECT_TRUE(waits.is_pending());
  rx.close();
  EXPECT_EQ(waits.wake_count(), 1u);
  ASSERT_TRUE(waits.poll());
  EXPECT_EQ(waits.take().error().value, "waits");
  EXPECT_EQ(*rx.try_recv(), "sent");
  expect_none(rx);
}

TEST(Mpsc, APlaceGrantedBeforeCloseIsStillUsed) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  Probe granted(tx.send(2));
  EXPECT_TRUE(granted.is_pending());
  EXPECT_EQ(rx.try_recv(), 1);
  rx.close();
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  ASSERT_TRUE(granted.poll());
  EXPECT_TRUE(granted.take());
  EXPECT_TRUE(recv.is_woken());
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), 2);
  expect_none(rx);
}

TEST(Mpsc, DroppingTheLastGrantedPlaceWakesAReceiverThatHasClosed) {
  auto [tx, rx] = mpsc::channel<int>(1);
  EXPECT_TRUE(tx.try_send(1));
  Probe granted(tx.send(2));
  EXPECT_TRUE(granted.is_pending());
  EXPECT_EQ(rx.try_recv(), 1);
  rx.close();
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  granted.drop();
  EXPECT_EQ(recv.wake_count(), 1u);
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), std::nullopt);
}

TEST(Mpsc, CloseEndsAPendingRecv) {
  auto [bounded, rx1] = mpsc::channel<int>(1);
  auto [unbounded, rx2] = mpsc::unbounded_channel<int>();
  for (auto* rx : {&rx1, &rx2}) {
    Probe probe(rx->recv());
    EXPECT_TRUE(probe.is_pending());
    rx->close();
    ASSERT_TRUE(probe.poll());
    EXPECT_EQ(probe.take(), std::nullopt);
  }
}

TEST(Mpsc, DestroyingTheReceiverClosesTheChannelAndDestroysQueuedMessages) {
  auto [tx, rx] = mpsc::channel<std::shared_ptr<int>>(2);
  auto counted = std::make_shared<int>(1);
  EXPECT_TRUE(tx.try_send(counted));
  EXPECT_TRUE(tx.try_send(counted));
  Probe waits(tx.send(counted));
  EXPECT_TRUE(waits.is_pending());
  destroy(rx);
  EXPECT_EQ(counted.use_count(), 2);  // the other owner is the waiting send
  ASSERT_TRUE(waits.poll());
  EXPECT_EQ(waits.take().error().value, counted);
  EXPECT_EQ(tx.try_send(counted).error().value, counted);
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Mpsc, APlaceGrantedBeforeTheReceiverIsDestroyedGivesTheMessageBack) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  EXPECT_TRUE(tx.try_send("first"));
  Probe granted(tx.send("second"));
  EXPECT_TRUE(granted.is_pending());
  EXPECT_EQ(*rx.try_recv(), "first");
  EXPECT_TRUE(granted.is_woken());
  destroy(rx);
  ASSERT_TRUE(granted.poll());
  EXPECT_EQ(granted.take().error().value, "second");
}

TEST(Mpsc, MessagesNeverReceivedAreDestroyedWithTheChannel) {
  Census census;
  {
    auto [tx, rx] = mpsc::unbounded_channel<Counted>();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(tx.send(Counted(census)));
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(rx.try_recv());
    EXPECT_EQ(census.alive, 60);
    destroy(rx);
    EXPECT_EQ(census.alive, 0);
    EXPECT_FALSE(tx.send(Counted(census)));
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(Mpsc, ClosedWaitsForCloseOrTheReceiversEnd) {
  auto [tx1, rx1] = mpsc::channel<int>(1);
  auto [tx2, rx2] = mpsc::unbounded_channel<int>();
  Probe dropped(tx1.closed());
  Probe by_close(tx1.closed());
  Probe by_end(tx2.closed());
  EXPECT_TRUE(dropped.is_pending());
  EXPECT_TRUE(by_close.is_pending());
  EXPECT_TRUE(by_end.is_pending());
  dropped.drop();
  rx1.close();
  destroy(rx2);
  EXPECT_EQ(by_close.wake_count(), 1u);
  EXPECT_EQ(by_end.wake_count(), 1u);
  EXPECT_TRUE(by_close.poll());
  EXPECT_TRUE(by_end.poll());
  EXPECT_TRUE(Probe(tx2.closed()).poll());
}

// Observers, which the bounded and the unbounded channel share.

TEST(Mpsc, ReceiverIsClosedByCloseOrByTheEndOfAllSenders) {
  auto [tx1, rx1] = mpsc::channel<int>(2);
  EXPECT_FALSE(rx1.is_closed());
  EXPECT_TRUE(tx1.try_send(1));
  EXPECT_TRUE(tx1.try_send(2));
  EXPECT_FALSE(rx1.is_closed());
  destroy(tx1);
  EXPECT_TRUE(rx1.is_closed());  // even while messages are queued
  auto [tx2, rx2] = mpsc::unbounded_channel<int>();
  EXPECT_TRUE(tx2.send(1));
  EXPECT_FALSE(rx2.is_closed());
  rx2.close();
  EXPECT_TRUE(rx2.is_closed());
  EXPECT_EQ(rx2.try_recv(), 1);
}

TEST(Mpsc, LenIsRightAcrossTheBlocksOfTheQueue) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  EXPECT_TRUE(rx.is_empty());
  for (int i = 0; i < 256; ++i) {
    EXPECT_TRUE(tx.send(i));
    EXPECT_EQ(rx.len(), static_cast<std::size_t>(i + 1));
  }
  destroy(tx);
  for (int i = 0; i < 256; ++i) {
    EXPECT_FALSE(rx.is_empty());
    EXPECT_EQ(rx.try_recv(), i);
  }
  EXPECT_TRUE(rx.is_empty());
}

TEST(Mpsc, AClosedChannelRefusesHoweverOftenItIsAsked) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  EXPECT_TRUE(tx.send(1));
  rx.close();
  for (int i = 0; i < 100'000; ++i) ASSERT_FALSE(tx.send(2)) << i;
  EXPECT_EQ(rx.len(), 1U);
}

TEST(Mpsc, LenIsRightAfterSendsThatCloseRefused) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  EXPECT_TRUE(tx.send(1));
  rx.close();
  EXPECT_FALSE(tx.send(2));
  EXPECT_EQ(rx.len(), 1u);
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::disconnected);
}

TEST(Mpsc, AMessageMayUseItsChannelWhileItIsDestroyed) {
  auto [tx, rx] = mpsc::channel<std::shared_ptr<void>>(4);
  bool was_closed = false;
  const std::function<void()> ask = [&tx = tx, &was_closed] { was_closed = !tx.try_send(nullptr); };
  EXPECT_TRUE(tx.try_send(std::make_shared<test::AtExit<std::function<void()>>>(ask)));
  destroy(rx);
  EXPECT_TRUE(was_closed);
}

TEST(Mpsc, RecvIsAnOperandOfSelect) {
  auto body = []() -> Task<int> {
    auto [tx, rx] = mpsc::channel<int>(1);
    const auto late = co_await select(rx.recv(), sleep(1ms));
    EXPECT_EQ(late.index(), 1u);
    static_cast<void>(co_await tx.send(7));
    const auto first = co_await select(biased, rx.recv(), tx.send(8), sleep(1s));
    EXPECT_EQ(first.index(), 0u);
    co_return *std::get<0>(first);
  };
  EXPECT_EQ(sim::run({}, body()).value(), 7);
}

}  // namespace
}  // namespace corokit
