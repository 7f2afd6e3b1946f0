// Tests weak senders of a broadcast channel, the counts of its senders, and receivers that block.
#include <corokit/runtime.hpp>
#include <corokit/sync/broadcast.hpp>

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::destroy;
using test::Probe;

TEST(BroadcastWeak, AWeakSenderDoesNotKeepTheChannelOpen) {
  auto [tx, rx] = broadcast::channel<std::string>(4);
  const auto weak = tx.downgrade();
  EXPECT_TRUE(tx.send("last"));
  destroy(tx);
  EXPECT_TRUE(rx.is_closed());
  EXPECT_EQ(*rx.try_recv(), "last");
  EXPECT_TRUE(rx.try_recv().error().is_closed());
  EXPECT_FALSE(weak.upgrade());
}

TEST(BroadcastWeak, TheEndOfTheLastStrongSenderEndsAPendingRecv) {
  auto [tx, rx] = broadcast::channel<int>(4);
  const auto weak = tx.downgrade();
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  {
    const auto upgraded = weak.upgrade();
    destroy(tx);
    EXPECT_FALSE(recv.is_woken());
  }
  ASSERT_TRUE(recv.poll());
  EXPECT_TRUE(recv.take().error().is_closed());
}

TEST(BroadcastWeak, AWeakSenderUpgradesAsLongAsThereIsASender) {
  auto [tx, rx] = broadcast::channel<int>(4);
  const auto weak = tx.downgrade();
  {
    auto upgraded = weak.upgrade();
    ASSERT_TRUE(upgraded);
    EXPECT_TRUE(upgraded->same_channel(tx));
    EXPECT_TRUE(upgraded->send(1));
  }
  const auto copy = weak;
  EXPECT_TRUE(copy.upgrade());
  destroy(tx);
  EXPECT_FALSE(copy.upgrade());
  EXPECT_EQ(*rx.try_recv(), 1);
}

TEST(BroadcastWeak, CopiesAndDowngradesAreCounted) {
  auto [tx, rx] = broadcast::channel<int>(4);
  {
    const auto copy = tx;
    const auto weak = copy.downgrade();
    const auto weak_copy = weak;
    EXPECT_EQ(tx.strong_count(), 2u);
    EXPECT_EQ(tx.weak_count(), 2u);
    EXPECT_EQ(weak.strong_count(), 2u);
    EXPECT_EQ(weak.weak_count(), 2u);
    EXPECT_EQ(rx.sender_strong_count(), 2u);
    EXPECT_EQ(rx.sender_weak_count(), 2u);
  }
  EXPECT_EQ(tx.strong_count(), 1u);
  EXPECT_EQ(tx.weak_count(), 0u);
  const auto weak = tx.downgrade();
  destroy(tx);
  EXPECT_EQ(weak.strong_count(), 0u);
  EXPECT_EQ(rx.sender_weak_count(), 1u);
}

TEST(Broadcast, EndsKnowWhetherTheyShareAChannel) {
  auto [tx1, rx1] = broadcast::channel<int>(4);
  auto [tx2, rx2] = broadcast::channel<int>(4);
  EXPECT_TRUE(tx1.same_channel(tx1));
  EXPECT_FALSE(tx1.same_channel(tx2));
  EXPECT_TRUE(rx1.same_channel(tx1.subscribe()));
  EXPECT_FALSE(rx1.same_channel(rx2));
}

TEST(Broadcast, AResubscribedReceiverSeesLaterMessagesOnly) {
  auto [tx, rx] = broadcast::channel<int>(4);
  EXPECT_TRUE(tx.send(1));
  auto later = rx.resubscribe();
  EXPECT_TRUE(later.is_empty());
  EXPECT_TRUE(tx.send(2));
  EXPECT_EQ(*later.try_recv(), 2);
  EXPECT_EQ(*rx.try_recv(), 1);
  EXPECT_EQ(rx.len(), 1u);
}

TEST(BroadcastBlocking, AThreadReceivesWhatATaskSends) {
  auto [tx, rx] = broadcast::channel<int>(128);
  std::vector<int> received;
  std::thread thread([&received, from = std::move(rx)]() mutable {
    while (const auto message = from.blocking_recv()) received.push_back(*message);
  });
  auto send = [](broadcast::Sender<int> to) -> Task<void> {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(to.send(i));
    co_return;
  };
  block_on(send(std::move(tx)));
  thread.join();
  EXPECT_EQ(received.size(), 100u);
}

TEST(BroadcastBlocking, CallsInsideARuntimeAreRefused) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = broadcast::channel<int>(4);
    EXPECT_TRUE(tx.send(1));
    EXPECT_THROW(static_cast<void>(rx.blocking_recv()), std::logic_error);
    EXPECT_EQ(rx.len(), 1u);
    co_return;
  };
  block_on(body());
}

}  // namespace
}  // namespace corokit
