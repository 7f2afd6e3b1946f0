#include <corokit/runtime.hpp>
#include <corokit/sync/broadcast.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using broadcast::RecvError;
using broadcast::TryRecvError;
using test::Probe;

TEST(Broadcast, EveryReceiverGetsEveryMessageInOrder) {
  auto [tx, rx1] = broadcast::channel<std::string>(16);
  auto rx2 = tx.subscribe();
  EXPECT_EQ(*tx.send("one"), 2u);
  EXPECT_EQ(*tx.send("two"), 2u);
  EXPECT_EQ(*rx1.try_recv(), "one");
  EXPECT_EQ(*rx1.try_recv(), "two");
  EXPECT_EQ(*rx2.try_recv(), "one");
  EXPECT_EQ(*rx2.try_recv(), "two");
  EXPECT_EQ(rx1.try_recv().error(), TryRecvError::empty());
  EXPECT_EQ(rx2.try_recv().error(), TryRecvError::empty());
}

TEST(Broadcast, SendWakesOnlyThePendingReceivers) {
  auto [tx, rx1] = broadcast::channel<std::string>(16);
  auto rx2 = tx.subscribe();
  Probe waits(rx1.recv());
  EXPECT_TRUE(waits.is_pending());
  EXPECT_EQ(*tx.send("hello"), 2u);
  EXPECT_EQ(waits.wake_count(), 1u);
  ASSERT_TRUE(waits.poll());
  EXPECT_EQ(waits.take().value(), "hello");
  Probe ready(rx2.recv());
  ASSERT_TRUE(ready.poll());
  EXPECT_EQ(ready.take().value(), "hello");
}

TEST(Broadcast, SendWithoutReceiversGivesTheMessageBack) {
  auto [tx, rx] = broadcast::channel<std::string>(16);
  { auto gone = std::move(rx); }
  auto refused = tx.send("unheard");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().value, "unheard");
  auto late = tx.subscribe();
  EXPECT_EQ(*tx.send("world"), 1u);
  EXPECT_EQ(*late.try_recv(), "world");
}

TEST(Broadcast, TheLastSendersEndClosesIt) {
  auto [tx, rx] = broadcast::channel<int>(16);
  auto extra = std::make_unique<broadcast::Sender<int>>(tx);
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  extra.reset();
  EXPECT_FALSE(probe.is_woken());
  { auto gone = std::move(tx); }
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), RecvError::closed());
}

TEST(Broadcast, ALaggingReceiverIsToldHowManyItMissed) {
  auto [tx, rx] = broadcast::channel<int>(2);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tx.send(i));
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::lagged(3));
  EXPECT_EQ(*rx.try_recv(), 3);
  EXPECT_EQ(*rx.try_recv(), 4);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty());
}

TEST(Broadcast, ZeroCapacityIsRefused) {
  EXPECT_THROW(static_cast<void>(broadcast::channel<int>(0)), std::invalid_argument);
}

}  // namespace
}  // namespace corokit
