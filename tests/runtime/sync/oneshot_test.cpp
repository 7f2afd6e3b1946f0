#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using oneshot::RecvError;
using oneshot::TryRecvError;
using test::Probe;

/// A value that is counted while it is alive.
struct Counted {
  explicit Counted(int& count) : alive(&count) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};

TEST(Oneshot, ASentValueIsReceivedAtOnce) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(rx.is_empty());
  EXPECT_TRUE(tx.send(7));
  EXPECT_FALSE(rx.is_empty());
  Probe probe(std::move(rx));
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().value(), 7);
}

TEST(Oneshot, SendWakesTheReceiverOnce) {
  auto [tx, rx] = oneshot::channel<std::unique_ptr<int>>();
  Probe probe(std::move(rx));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(tx.send(std::make_unique<int>(7)));
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(**probe.take(), 7);
}

TEST(Oneshot, TheReceiverIsAwaitedByReferenceOrByValue) {
  auto body = []() -> Task<int> {
    auto [tx1, rx1] = oneshot::channel<int>();
    auto [tx2, rx2] = oneshot::channel<int>();
    static_cast<void>(tx1.send(1));
    static_cast<void>(tx2.send(2));
    const auto first = co_await rx1;
    const auto second = co_await std::move(rx2);
    co_return *first * 10 + *second;
  };
  EXPECT_EQ(block_on(body()), 12);
}

TEST(Oneshot, ASenderDestroyedUnusedIsAnErrorForTheReceiver) {
  auto [tx, rx] = oneshot::channel<int>();
  Probe probe(std::move(rx));
  EXPECT_TRUE(probe.is_pending());
  { auto gone = std::move(tx); }
  EXPECT_EQ(probe.wake_count(), 1u);
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), RecvError());
}

TEST(Oneshot, SendWithoutAReceiverGivesTheValueBack) {
  auto [tx, rx] = oneshot::channel<std::string>();
  { auto gone = std::move(rx); }
  EXPECT_TRUE(tx.is_closed());
  EXPECT_EQ(tx.send("unheard").error(), "unheard");
}

TEST(Oneshot, CloseBeforeSendRefusesTheValueAndEndsTheWait) {
  auto [tx, rx] = oneshot::channel<int>();
  Probe closed(tx.closed());
  EXPECT_TRUE(closed.is_pending());
  rx.close();
  EXPECT_EQ(closed.wake_count(), 1u);
  ASSERT_TRUE(closed.poll());
  EXPECT_EQ(tx.send(1).error(), 1);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::closed);
  Probe probe(std::move(rx));
  ASSERT_TRUE(probe.poll());
  EXPECT_FALSE(probe.take());
}

TEST(Oneshot, CloseAfterSendStillDelivers) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(tx.send(1));
  rx.close();
  EXPECT_EQ(*rx.try_recv(), 1);
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::closed);
}

TEST(Oneshot, ClosingWithoutEverSendingIsAnError) {
  auto [tx, rx] = oneshot::channel<int>();
  rx.close();
  EXPECT_TRUE(tx.is_closed());
  Probe probe(std::move(rx));
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), RecvError());
}

TEST(Oneshot, TryRecvTellsEmptyFromClosed) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::empty);
  { auto gone = std::move(tx); }
  EXPECT_EQ(rx.try_recv().error(), TryRecvError::closed);
}

TEST(Oneshot, AValueIsReceivedOnce) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(tx.send(1));
  EXPECT_EQ(*rx.try_recv(), 1);
  EXPECT_TRUE(rx.is_empty());
  Probe probe(std::move(rx));
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take().error(), RecvError());
}

TEST(Oneshot, IsEmptyUnlessAValueCanBeTaken) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(rx.is_empty());
  EXPECT_TRUE(tx.send(1));
  EXPECT_FALSE(rx.is_empty());
  rx.close();
  EXPECT_FALSE(rx.is_empty());
  EXPECT_EQ(rx.try_recv(), 1);
  EXPECT_TRUE(rx.is_empty());
  auto [dropped, rx2] = oneshot::channel<int>();
  { const auto gone = std::move(dropped); }
  EXPECT_TRUE(rx2.is_empty());
  auto [unused, rx3] = oneshot::channel<int>();
  rx3.close();
  EXPECT_TRUE(rx3.is_empty());
}

TEST(Oneshot, IsTerminatedOnceTheResultWasObserved) {
  {
    auto [tx, rx] = oneshot::channel<int>();
    EXPECT_EQ(rx.try_recv().error(), oneshot::TryRecvError::empty);
    EXPECT_FALSE(rx.is_terminated());
    EXPECT_TRUE(tx.send(1));
    EXPECT_FALSE(rx.is_terminated());
    Probe taken(rx.operator co_await());
    ASSERT_TRUE(taken.poll());
    EXPECT_TRUE(rx.is_terminated());
  }
  {
    auto [tx, rx] = oneshot::channel<int>();
    EXPECT_TRUE(tx.send(1));
    EXPECT_EQ(rx.try_recv(), 1);
    EXPECT_TRUE(rx.is_terminated());
  }
  {
    auto [tx, rx] = oneshot::channel<int>();
    { const auto gone = std::move(tx); }
    EXPECT_FALSE(rx.is_terminated());
    EXPECT_EQ(rx.try_recv().error(), oneshot::TryRecvError::closed);
    EXPECT_TRUE(rx.is_terminated());
  }
  auto [tx, rx] = oneshot::channel<int>();
  rx.close();
  EXPECT_FALSE(rx.is_terminated());
  Probe told(rx.operator co_await());
  ASSERT_TRUE(told.poll());
  EXPECT_TRUE(rx.is_terminated());
}

TEST(Oneshot, AThreadMayBlockForTheValueAndATaskMayNot) {
  auto [tx, rx] = oneshot::channel<int>();
  std::thread thread([&from = rx] { EXPECT_EQ(from.blocking_recv(), 7); });
  EXPECT_TRUE(tx.send(7));
  thread.join();
  auto body = []() -> Task<void> {
    auto [sender, receiver] = oneshot::channel<int>();
    EXPECT_TRUE(sender.send(1));
    EXPECT_THROW(static_cast<void>(receiver.blocking_recv()), std::logic_error);
    co_return;
  };
  block_on(body());
}

TEST(Oneshot, SendingTwiceThrows) {
  auto [tx, rx] = oneshot::channel<int>();
  EXPECT_TRUE(tx.send(1));
  EXPECT_THROW(static_cast<void>(tx.send(2)), std::logic_error);
  EXPECT_EQ(*rx.try_recv(), 1);
}

TEST(Oneshot, ADroppedWaitLosesNoValue) {
  auto [tx, rx] = oneshot::channel<int>();
  {
    Probe probe(rx.operator co_await());
    EXPECT_TRUE(probe.is_pending());
    probe.drop();
  }
  EXPECT_TRUE(tx.send(7));
  EXPECT_EQ(*rx.try_recv(), 7);
}

TEST(Oneshot, AWaitDroppedAfterTheWakeUpLosesNoValue) {
  auto [tx, rx] = oneshot::channel<int>();
  {
    Probe probe(rx.operator co_await());
    EXPECT_TRUE(probe.is_pending());
    EXPECT_TRUE(tx.send(7));
    EXPECT_TRUE(probe.is_woken());
    probe.drop();
  }
  EXPECT_EQ(*rx.try_recv(), 7);
}

TEST(Oneshot, AnotherTaskCanAwaitAReceiverThatTheFirstGaveUp) {
  auto [tx, rx] = oneshot::channel<int>();
  Probe first(rx.operator co_await());
  EXPECT_TRUE(first.is_pending());
  first.drop();
  Probe second(rx.operator co_await());
  EXPECT_TRUE(second.is_pending());
  const auto before = first.wake_count();
  EXPECT_TRUE(tx.send(7));
  EXPECT_EQ(first.wake_count(), before);
  EXPECT_EQ(second.wake_count(), 1u);
}

TEST(Oneshot, ADroppedWaitForCloseIsForgotten) {
  auto [tx, rx] = oneshot::channel<int>();
  {
    Probe probe(tx.closed());
    EXPECT_TRUE(probe.is_pending());
  }
  { auto gone = std::move(rx); }
  Probe again(tx.closed());
  EXPECT_TRUE(again.poll());
}

TEST(Oneshot, ValuesAreDestroyedOnceWhereverTheyEnd) {
  int alive = 0;
  {
    auto [tx, rx] = oneshot::channel<Counted>();
    EXPECT_TRUE(tx.send(Counted(alive)));
    EXPECT_EQ(alive, 1);
    { auto unread = std::move(rx); }
    EXPECT_EQ(alive, 0);
  }
  {
    auto [tx, rx] = oneshot::channel<Counted>();
    rx.close();
    auto back = tx.send(Counted(alive));
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
  {
    auto [tx, rx] = oneshot::channel<Counted>();
    EXPECT_TRUE(tx.send(Counted(alive)));
    auto taken = rx.try_recv();
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Oneshot, IsAnOperandOfSelectAndTimeout) {
  auto body = []() -> Task<int> {
    auto [tx, rx] = oneshot::channel<int>();
    const auto late = co_await timeout(10ms, rx);
    EXPECT_FALSE(late);
    static_cast<void>(tx.send(7));
    auto first = co_await select(biased, rx, sleep(1s));
    EXPECT_EQ(first.index(), 0u);
    co_return *std::get<0>(first);
  };
  EXPECT_EQ(sim::run({}, body()).value(), 7);
}

// Counts the outcomes of a race between the ends: the value is delivered or comes back, or the receiver gets an error.
struct Race {
  int delivered = 0;
  int returned = 0;
  int errors = 0;
};

Task<void> send_later(oneshot::Sender<int> tx, bool really, Race& race) {
  co_await yield_now();
  if (really && !tx.send(1)) ++race.returned;
}

Task<void> receive_or_close(oneshot::Receiver<int> rx, int how, Race& race) {
  co_await yield_now();
  if (how == 0) co_return;
  if (how == 1) rx.close();
  if (how == 2) {
    const auto first = co_await select(rx, yield_now());
    if (const auto* early = std::get_if<0>(&first)) {
      ++(*early ? race.delivered : race.errors);
      co_return;
    }
  }
  const auto value = co_await rx;
  ++(value ? race.delivered : race.errors);
}

COROKIT_EXPLORE(OneshotSchedules, EachValueIsDeliveredOrComesBack, .search = explorer::Search::depth_first) {
  const auto how = static_cast<int>(explorer::choose(4));  // 3: only receive
  const bool really = explorer::choose(2) == 1;
  Race race;
  auto [tx, rx] = oneshot::channel<int>();
  auto sending = spawn(send_later(std::move(tx), really, race));
  auto receiving = spawn(receive_or_close(std::move(rx), how, race));
  co_await sending;
  co_await receiving;
  EXPECT_LE(race.delivered + race.returned, really ? 1 : 0);
  EXPECT_EQ(race.delivered + race.errors, how == 0 ? 0 : 1);
  if (how >= 2) {
    EXPECT_EQ(race.delivered, really ? 1 : 0);
  }
  explorer::reached("a value comes back from a receiver that is gone", how == 0 && race.returned == 1);
  explorer::reached("a receiver is gone after the send", how == 0 && really && race.returned == 0);
  explorer::reached("a value comes back after a close", how == 1 && race.returned == 1);
  explorer::reached("a value that was sent before a close arrives", how == 1 && race.delivered == 1);
  explorer::reached("a receiver learns that the sender is gone", how >= 2 && race.errors == 1);
}

TEST(Oneshot, EachOf20000ValuesIsDeliveredOrComesBackOnFourThreads) {
  auto answer = [](oneshot::Sender<std::unique_ptr<int>> tx, int value) -> Task<void> {
    static_cast<void>(tx.send(std::make_unique<int>(value)));
    co_return;
  };
  auto ask = [&answer](int value) -> Task<bool> {
    auto [tx, rx] = oneshot::channel<std::unique_ptr<int>>();
    spawn(answer(std::move(tx), value)).detach();
    if (value % 3 == 0) co_return true;  // drops the receiver while the sender may be sending
    if (value % 3 == 1) rx.close();
    auto got = co_await rx;
    co_return value % 3 == 1 || **got == value;
  };
  auto body = [&ask]() -> Task<int> {
    std::vector<JoinHandle<bool>> all;
    for (int i = 0; i < 20'000; ++i) all.push_back(spawn(ask(i)));
    int right = 0;
    for (auto& one : all) right += *(co_await one);
    co_return right;
  };
  EXPECT_EQ(Runtime::multi_thread(4).block_on(body()), 20'000);
}

}  // namespace
}  // namespace corokit
