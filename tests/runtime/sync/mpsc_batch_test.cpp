// Tests the receipt of many messages at once, sends with a time limit, and channels that blocking threads use.
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/mpsc.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::destroy;
using test::Probe;

template <class T>
std::size_t receive(mpsc::Receiver<T>& rx, std::vector<T>& into, std::size_t limit) {
  Probe probe(rx.recv_many(into, limit));
  EXPECT_TRUE(probe.poll());
  return probe.take();
}

TEST(MpscRecvMany, AppendsQueuedMessagesUpToTheLimitInOrder) {
  auto [tx, rx] = mpsc::channel<int>(8);
  auto [unbounded, rx2] = mpsc::unbounded_channel<int>();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tx.try_send(i) && unbounded.send(i));
  for (auto* from : {&rx, &rx2}) {
    std::vector<int> into{-1};
    EXPECT_EQ(receive(*from, into, 3), 3u);
    EXPECT_EQ(receive(*from, into, 100), 2u);
    EXPECT_EQ(into, (std::vector<int>{-1, 0, 1, 2, 3, 4}));
  }
  EXPECT_EQ(tx.capacity(), 8u);
}

TEST(MpscRecvMany, ALimitOfZeroGivesZeroAtOnce) {
  auto [tx, rx] = mpsc::channel<int>(8);
  std::vector<int> into;
  EXPECT_EQ(receive(rx, into, 0), 0u);
  EXPECT_TRUE(tx.try_send(1));
  EXPECT_EQ(receive(rx, into, 0), 0u);
  EXPECT_TRUE(into.empty());
}

TEST(MpscRecvMany, WaitsWhileThereIsASenderOrAPermitThenGivesZero) {
  auto [tx, rx] = mpsc::channel<int>(8);
  std::vector<int> into;
  auto permit = tx.try_reserve_owned();
  Probe first(rx.recv_many(into, 10));
  EXPECT_TRUE(first.is_pending());
  destroy(tx);
  EXPECT_TRUE(first.is_pending());
  EXPECT_TRUE(permit->send(1));
  ASSERT_TRUE(first.poll());
  EXPECT_EQ(first.take(), 1u);
  destroy(*permit);
  EXPECT_EQ(receive(rx, into, 10), 0u);
}

TEST(MpscRecvMany, DoesNotGrowAVectorThatIsLargeEnough) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(tx.send(i));
  std::vector<int> into;
  into.reserve(100);
  const int* const where = into.data();
  EXPECT_EQ(receive(rx, into, 100), 100u);
  EXPECT_EQ(into.data(), where);
  EXPECT_EQ(into.capacity(), 100u);
  EXPECT_EQ(receive(rx, into, 100), 100u);
  EXPECT_EQ(into.back(), 199);
}

TEST(MpscRecvMany, IsWokenByTheFirstMessageAndLosesNoneWhenDropped) {
  auto [tx, rx] = mpsc::channel<std::string>(8);
  std::vector<std::string> into;
  Probe pending(rx.recv_many(into, 10));
  EXPECT_TRUE(pending.is_pending());
  EXPECT_TRUE(tx.try_send("a"));
  EXPECT_TRUE(tx.try_send("b"));
  EXPECT_EQ(pending.wake_count(), 1u);
  pending.drop();
  EXPECT_TRUE(into.empty());
  EXPECT_EQ(receive(rx, into, 10), 2u);
  EXPECT_EQ(into, (std::vector<std::string>{"a", "b"}));
}

// Time limits.

TEST(MpscSendTimeout, SendsWhileThereIsRoomThenGivesTheMessageBackInTime) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = mpsc::channel<int>(5);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(co_await tx.send_timeout(i, 1s));
    const Instant begin = now();
    const auto late = co_await tx.send_timeout(10, 300ms);
    EXPECT_EQ(now() - begin, 300ms);
    EXPECT_TRUE(!late && late.error().is_timeout());
    EXPECT_EQ(late.error().value, 10);
    EXPECT_EQ(co_await rx.recv(), 0);
    EXPECT_TRUE(co_await tx.send_timeout(10, 0ms));
    destroy(rx);
    const auto closed = co_await tx.send_timeout(11, 300ms);
    EXPECT_TRUE(!closed && closed.error().is_closed());
    EXPECT_EQ(closed.error().value, 11);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(MpscSendTimeout, UsesRoomThatBecomesFreeInTime) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = mpsc::channel<std::unique_ptr<int>>(1);
    EXPECT_TRUE(tx.try_send(nullptr));
    auto late = [](mpsc::Receiver<std::unique_ptr<int>>& from) -> Task<void> {
      co_await sleep(100ms);
      static_cast<void>(co_await from.recv());
    };
    auto handle = spawn(late(rx));
    auto message = std::make_unique<int>(7);
    EXPECT_TRUE(co_await tx.send_timeout(std::move(message), 200ms));
    static_cast<void>(co_await handle);
    const auto received = co_await rx.recv();
    EXPECT_EQ(**received, 7);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

// Threads that block.

TEST(MpscBlocking, AThreadReceivesWhatATaskSends) {
  auto [tx, rx] = mpsc::channel<int>(1);
  std::vector<int> received;
  std::thread thread([&received, from = std::move(rx)]() mutable {
    while (const auto message = from.blocking_recv()) received.push_back(*message);
  });
  auto send = [](mpsc::Sender<int> to) -> Task<void> {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(co_await to.send(i));
  };
  block_on(send(std::move(tx)));
  thread.join();
  ASSERT_EQ(received.size(), 100u);
  EXPECT_EQ(received.back(), 99);
}

TEST(MpscBlocking, ATaskReceivesWhatAThreadSends) {
  auto [tx, rx] = mpsc::channel<int>(1);
  std::thread thread([to = std::move(tx)] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(to.blocking_send(i));
  });
  auto receive_all = [](mpsc::Receiver<int> from) -> Task<int> {
    int count = 0;
    while (const auto message = co_await from.recv()) EXPECT_EQ(*message, count++);
    co_return count;
  };
  EXPECT_EQ(block_on(receive_all(std::move(rx))), 100);
  thread.join();
}

TEST(MpscBlocking, AThreadReceivesManyAndLearnsOfTheEnd) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  std::thread thread([to = std::move(tx)] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(to.send(i));
  });
  std::vector<int> all;
  while (rx.blocking_recv_many(all, 7) != 0) {
  }
  thread.join();
  EXPECT_EQ(all.size(), 100u);
}

TEST(MpscBlocking, AClosedChannelGivesTheMessageBack) {
  auto [tx, rx] = mpsc::channel<std::string>(1);
  destroy(rx);
  EXPECT_EQ(tx.blocking_send("lost").error().value, "lost");
}

TEST(MpscBlocking, ABlockingJobMayUseTheChannel) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = mpsc::channel<int>(1);
    auto job = spawn_blocking([from = std::move(rx)]() mutable { return *from.blocking_recv(); });
    EXPECT_TRUE(co_await tx.send(7));
    const auto received = co_await job;
    EXPECT_EQ(*received, 7);
  };
  block_on(body());
}

TEST(MpscBlocking, CallsInsideARuntimeAreRefused) {
  auto body = []() -> Task<void> {
    auto [tx, rx] = mpsc::channel<int>(1);
    std::vector<int> into;
    EXPECT_THROW(static_cast<void>(tx.blocking_send(1)), std::logic_error);
    EXPECT_THROW(static_cast<void>(rx.blocking_recv()), std::logic_error);
    EXPECT_THROW(static_cast<void>(rx.blocking_recv_many(into, 1)), std::logic_error);
    EXPECT_TRUE(rx.is_empty());
    co_return;
  };
  block_on(body());
  Runtime::multi_thread(1).block_on(body());
  EXPECT_TRUE(sim::run({}, body()));
}

}  // namespace
}  // namespace corokit
