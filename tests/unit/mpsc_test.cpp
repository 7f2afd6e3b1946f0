#include <corokit/runtime.hpp>
#include <corokit/sync/mpsc.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using mpsc::TryRecvError;
using test::Probe;

TEST(Mpsc, MessagesArriveInOrderThenNoneAfterTheLastSender) {
  auto [tx, rx] = mpsc::channel<int>(16);
  auto extra = std::make_unique<mpsc::Sender<int>>(tx);
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_TRUE(extra->try_send(2));
  { auto gone = std::move(tx); }
  EXPECT_EQ(*rx.try_recv(), 1);
  EXPECT_EQ(*rx.try_recv(), 2);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  extra.reset();
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), std::nullopt);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::disconnected);
}

TEST(Mpsc, SendWaitsForRoomInLine) {
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
}

TEST(Mpsc, ASendWakesThePendingReceiver) {
  auto [tx, rx] = mpsc::unbounded_channel<std::unique_ptr<int>>();
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(std::make_unique<int>(7)));
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(**probe.take(), 7);
}

TEST(Mpsc, AReceiverThatDiesClosesTheChannel) {
  auto [tx, rx] = mpsc::channel<std::shared_ptr<int>>(2);
  auto counted = std::make_shared<int>(1);
  EXPECT_TRUE(tx.try_send(counted));
  Probe closed(tx.closed());
  EXPECT_TRUE(closed.is_pending());
  { auto gone = std::move(rx); }
  EXPECT_TRUE(closed.is_woken());
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_TRUE(tx.is_closed());
  auto refused = tx.try_send(counted);
  EXPECT_TRUE(refused.error().is_closed());
  EXPECT_EQ(refused.error().value, counted);
}

TEST(Mpsc, ManyMessagesCrossTheBlocksOfTheQueue) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(tx.send(i));
  EXPECT_EQ(rx.len(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(*rx.try_recv(), i);
  EXPECT_TRUE(rx.is_empty());
}

TEST(Mpsc, ZeroCapacityIsRefused) {
  EXPECT_THROW(static_cast<void>(mpsc::channel<int>(0)), std::invalid_argument);
}

}  // namespace
}  // namespace corokit
