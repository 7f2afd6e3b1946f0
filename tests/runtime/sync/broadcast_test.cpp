#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using broadcast::RecvError;
using broadcast::TryRecvError;
using test::Census;
using test::Counted;
using test::destroy;
using test::Probe;

void send_range(const broadcast::Sender<int>& tx, int from, int to) {
  for (int i = from; i <= to; ++i) EXPECT_TRUE(tx.send(i));
}

void expect_messages(broadcast::Receiver<int>& rx, int from, int to) {
  for (int i = from; i <= to; ++i) EXPECT_EQ(rx.try_recv(), i);
}

void expect_error(broadcast::Receiver<int>& rx, const TryRecvError& error) {
  const auto got = rx.try_recv();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), error);
}

TEST(Broadcast, CarriesSmallMessagesThatCannotBeAssigned) {
  struct Fixed {
    const int number;
  };
  auto [tx, rx] = broadcast::channel<Fixed>(2);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tx.send(Fixed{i}));
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::lagged(3));
  EXPECT_EQ(rx.try_recv()->number, 3);
  EXPECT_EQ(rx.try_recv()->number, 4);
}

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
  EXPECT_EQ(*tx.send("world"), 2u);
  EXPECT_EQ(waits.wake_count(), 1u);
  ASSERT_TRUE(waits.poll());
  EXPECT_EQ(waits.take().value(), "hello");
  Probe ready(rx2.recv());
  ASSERT_TRUE(ready.poll());
  EXPECT_EQ(ready.take().value(), "hello");
}

TEST(Broadcast, SendWithoutReceiversGivesTheMessageBack) {
  auto [tx, rx] = broadcast::channel<std::string>(16);
  destroy(rx);
  auto refused = tx.send("unheard");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().value, "unheard");
  auto late = tx.subscribe();
  EXPECT_EQ(*tx.send("world"), 1u);
  EXPECT_EQ(*late.try_recv(), "world");
}

TEST(Broadcast, ASubscriberSeesLaterMessagesOnly) {
  auto [tx, rx] = broadcast::channel<int>(4);
  send_range(tx, 1, 2);
  auto by_sender = tx.subscribe();
  auto by_receiver = rx.resubscribe();
  EXPECT_EQ(tx.receiver_count(), 3u);
  expect_error(by_sender, TryRecvError::empty());
  send_range(tx, 3, 3);
  expect_messages(by_sender, 3, 3);
  expect_messages(by_receiver, 3, 3);
  expect_messages(rx, 1, 3);
}

TEST(Broadcast, TheEndOfTheLastSenderClosesTheChannel) {
  auto [tx, rx] = broadcast::channel<int>(16);
  auto extra = tx;
  Probe probe(rx.recv());
  EXPECT_TRUE(probe.is_pending());
  destroy(extra);
  EXPECT_FALSE(probe.is_woken());
  destroy(tx);
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), RecvError::closed());
}

TEST(Broadcast, SentMessagesAreReadAfterTheEndOfTheLastSender) {
  auto [tx, rx] = broadcast::channel<int>(2);
  send_range(tx, 1, 2);
  destroy(tx);
  expect_messages(rx, 1, 2);
  expect_error(rx, TryRecvError::closed());
}

TEST(Broadcast, AnImpossibleCapacityIsRefused) {
  EXPECT_THROW(static_cast<void>(broadcast::channel<int>(0)), std::invalid_argument);
  constexpr auto kTooMany = std::numeric_limits<std::size_t>::max() / 2 + 1;
  EXPECT_THROW(static_cast<void>(broadcast::channel<int>(kTooMany)), std::invalid_argument);
}

// Lag.

TEST(Broadcast, ALaggingReceiverIsToldExactlyHowManyItMissed) {
  auto [tx, rx] = broadcast::channel<int>(2);
  send_range(tx, 1, 5);
  expect_error(rx, TryRecvError::lagged(3));
  expect_messages(rx, 4, 5);
  expect_error(rx, TryRecvError::empty());
  send_range(tx, 6, 8);
  expect_error(rx, TryRecvError::lagged(1));
  expect_messages(rx, 7, 8);
}

TEST(Broadcast, ASlowReceiverWithinTheCapacityDoesNotLag) {
  auto [tx, rx] = broadcast::channel<int>(4);
  send_range(tx, 1, 4);
  expect_messages(rx, 1, 2);
  send_range(tx, 5, 6);
  expect_messages(rx, 3, 6);
}

TEST(Broadcast, TheCapacityIsRoundedUpToAPowerOfTwo) {
  auto [tx, rx] = broadcast::channel<int>(3);
  send_range(tx, 1, 4);
  expect_messages(rx, 1, 4);
  send_range(tx, 5, 9);
  expect_error(rx, TryRecvError::lagged(1));
  expect_messages(rx, 6, 9);
}

TEST(Broadcast, EachReceiverHasALagOfItsOwn) {
  auto [tx, slow] = broadcast::channel<int>(2);
  auto fast = tx.subscribe();
  for (int i = 1; i <= 5; ++i) {
    send_range(tx, i, i);
    expect_messages(fast, i, i);
  }
  expect_error(slow, TryRecvError::lagged(3));
  expect_messages(slow, 4, 5);
}

TEST(Broadcast, LaggingAgainBeforeReadingIsReportedAgain) {
  auto [tx, rx] = broadcast::channel<int>(2);
  send_range(tx, 1, 3);
  expect_error(rx, TryRecvError::lagged(1));
  send_range(tx, 4, 5);
  expect_error(rx, TryRecvError::lagged(2));
  expect_messages(rx, 4, 5);
}

TEST(Broadcast, ASingleSlotKeepsTheNewestMessage) {
  auto [tx, rx] = broadcast::channel<int>(1);
  send_range(tx, 1, 1);
  expect_messages(rx, 1, 1);
  send_range(tx, 2, 3);
  expect_error(rx, TryRecvError::lagged(1));
  expect_messages(rx, 3, 3);
  expect_error(rx, TryRecvError::empty());
}

TEST(Broadcast, ALaggingReceiverRecoversAfterTheEndOfTheLastSender) {
  auto [tx, rx] = broadcast::channel<int>(2);
  send_range(tx, 1, 3);
  destroy(tx);
  expect_error(rx, TryRecvError::lagged(1));
  expect_messages(rx, 2, 3);
  expect_error(rx, TryRecvError::closed());
}

TEST(Broadcast, RecvReportsLagAndContinuesWithTheOldestKeptMessage) {
  auto body = [](broadcast::Receiver<int> rx) -> Task<void> {
    const auto first = co_await rx.recv();
    EXPECT_EQ(first.error(), RecvError::lagged(2));
    EXPECT_TRUE(first.error().is_lagged());
    EXPECT_EQ(co_await rx.recv(), 3);
    EXPECT_EQ(co_await rx.recv(), 4);
  };
  auto [tx, rx] = broadcast::channel<int>(2);
  send_range(tx, 1, 4);
  block_on(body(std::move(rx)));
}

// Length.

TEST(Broadcast, ReceiverLenCountsMissedMessagesUntilTheLagIsReported) {
  auto [tx, rx] = broadcast::channel<int>(2);
  EXPECT_TRUE(rx.is_empty());
  send_range(tx, 1, 3);
  EXPECT_EQ(rx.len(), 3u);
  expect_error(rx, TryRecvError::lagged(1));
  EXPECT_EQ(rx.len(), 2u);
  expect_messages(rx, 2, 3);
  EXPECT_TRUE(rx.is_empty());
}

TEST(Broadcast, SenderLenCountsMessagesThatSomeReceiverHasNotRead) {
  auto [tx, rx1] = broadcast::channel<int>(4);
  auto rx2 = tx.subscribe();
  EXPECT_TRUE(tx.is_empty());
  send_range(tx, 1, 3);
  EXPECT_EQ(tx.len(), 3u);
  expect_messages(rx1, 1, 2);
  EXPECT_EQ(tx.len(), 3u);
  expect_messages(rx2, 1, 1);
  EXPECT_EQ(tx.len(), 2u);
  send_range(tx, 4, 8);
  EXPECT_EQ(tx.len(), 4u);
  destroy(rx1);
  destroy(rx2);
  EXPECT_TRUE(tx.is_empty());
}

// Dropping.

TEST(Broadcast, ADroppedRecvLosesNoMessage) {
  auto [tx, rx] = broadcast::channel<int>(4);
  {
    Probe probe(rx.recv());
    EXPECT_TRUE(probe.is_pending());
  }
  send_range(tx, 1, 1);
  {
    Probe probe(rx.recv());
    ASSERT_TRUE(probe.poll());
    EXPECT_EQ(probe.take().value(), 1);
  }
  {
    Probe probe(rx.recv());
    EXPECT_TRUE(probe.is_pending());
    send_range(tx, 2, 2);
    EXPECT_TRUE(probe.is_woken());
  }
  expect_messages(rx, 2, 2);
}

TEST(Broadcast, AMessageIsDestroyedWhenItsLastReceiverHasPassedIt) {
  Census census;
  auto [tx, rx1] = broadcast::channel<Counted>(4);
  auto rx2 = tx.subscribe();
  EXPECT_TRUE(tx.send(Counted(census)));
  EXPECT_TRUE(tx.send(Counted(census)));
  EXPECT_EQ(census.alive, 2);
  static_cast<void>(rx1.try_recv());
  EXPECT_EQ(census.alive, 2);
  static_cast<void>(rx2.try_recv());
  EXPECT_EQ(census.alive, 1);
  destroy(rx1);
  EXPECT_EQ(census.alive, 1);
  destroy(rx2);
  EXPECT_EQ(census.alive, 0);
}

TEST(Broadcast, AnOverwrittenMessageIsDestroyedAtOnce) {
  Census census;
  auto [tx, rx] = broadcast::channel<Counted>(2);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tx.send(Counted(census)));
  EXPECT_EQ(census.alive, 2);
  destroy(tx);
  destroy(rx);
  EXPECT_EQ(census.alive, 0);
}

/// A message that calls a function whenever it is copied or destroyed.
struct CallingMessage {
  explicit CallingMessage(std::function<void()> call) : told(std::move(call)) {}
  CallingMessage(const CallingMessage& other) : told(other.told) { tell(); }
  CallingMessage(CallingMessage&& other) noexcept : told(std::exchange(other.told, nullptr)) {}
  ~CallingMessage() { tell(); }
  void tell() const {
    if (told) told();
  }
  std::function<void()> told;
};

TEST(Broadcast, AMessageMaySendOnItsChannelWhileItIsCopiedOrDestroyed) {
  auto [tx, rx1] = broadcast::channel<CallingMessage>(1);
  auto rx2 = tx.subscribe();
  int calls = 0;
  {
    const auto send_again = [&tx = tx, &calls] {
      if (++calls <= 3) static_cast<void>(tx.send(CallingMessage(nullptr)));
    };
    EXPECT_TRUE(tx.send(CallingMessage(send_again)));
    EXPECT_TRUE(rx1.try_recv());  // the message is copied, and overwritten meanwhile
    EXPECT_TRUE(tx.send(CallingMessage(send_again)));
    EXPECT_TRUE(tx.send(CallingMessage(nullptr)));  // destroys the message that it overwrites
  }
  EXPECT_GE(calls, 3);
  EXPECT_TRUE(rx2.try_recv().error().is_lagged());
}

TEST(Broadcast, AReadyRecvYieldsWhenTheBudgetIsSpent) {
  auto [tx, rx] = broadcast::channel<int>(1024);
  send_range(tx, 1, 1000);
  auto reader = [](broadcast::Receiver<int>& from, int& read) -> Task<void> {
    for (;; ++read) static_cast<void>((co_await from.recv()).value());
  };
  int read = 0;
  Probe probe(reader(rx, read));
  probe.executor().set_budget(10);
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(probe.executor().schedules() > 1);
  EXPECT_EQ(read, 10);
  probe.poll();
  EXPECT_LT(read, 25);
}

// closed().

TEST(Broadcast, ClosedWaitsForTheLastReceiver) {
  auto [tx, rx] = broadcast::channel<int>(4);
  auto extra = tx.subscribe();
  Probe probe(tx.closed());
  EXPECT_TRUE(probe.is_pending());
  destroy(rx);
  EXPECT_FALSE(probe.is_woken());
  destroy(extra);
  EXPECT_EQ(probe.wake_count(), 1u);
  EXPECT_TRUE(probe.poll());
  Probe again(tx.closed());
  EXPECT_TRUE(again.poll());
}

TEST(Broadcast, ASubscriptionProlongsClosed) {
  auto [tx, rx] = broadcast::channel<int>(4);
  Probe probe(tx.closed());
  EXPECT_TRUE(probe.is_pending());
  destroy(rx);
  auto again = tx.subscribe();
  EXPECT_FALSE(probe.poll());
  destroy(again);
  EXPECT_TRUE(probe.poll());
}

TEST(Broadcast, RecvIsAnOperandOfSelectAndTimeout) {
  auto body = []() -> Task<int> {
    auto [tx, rx] = broadcast::channel<int>(4);
    const auto late = co_await timeout(10ms, rx.recv());
    EXPECT_FALSE(late);
    static_cast<void>(tx.send(7));
    const auto first = co_await select(biased, rx.recv(), sleep(1s));
    EXPECT_EQ(first.index(), 0u);
    co_return *std::get<0>(first);
  };
  EXPECT_EQ(sim::run({}, body()).value(), 7);
}

}  // namespace
}  // namespace corokit
