// Compares the mpsc channels with a model, and runs them over many schedules and on threads.
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using detail::Rng;
using mpsc::TryRecvError;
using test::Census;
using test::Probe;

// The model is a queue of messages and a queue of senders, some of which already own a place.

using Send = decltype(std::declval<mpsc::Sender<int>&>().send(0));

struct Sending {
  Sending(const mpsc::Sender<int>& tx, int message) : probe(tx.send(message)), value(message) {}
  Probe<Send> probe;
  int value;
  bool granted = false;
};

class Game {
 public:
  Game(std::uint64_t seed, std::size_t capacity)
      : rng_(seed), capacity_(capacity), channel_(mpsc::channel<int>(capacity)) {}

  void play(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      EXPECT_EQ(channel_.rx.len(), queue_.size());
      EXPECT_EQ(channel_.tx.capacity(), capacity_ - queue_.size() - granted());
      for (const auto& one : senders_) EXPECT_EQ(one->probe.wake_count(), one->granted ? 1u : 0u);
    }
  }

 private:
  void step() {
    const auto dice = rng_.below(10);
    if (dice < 2) return try_send();
    if (dice < 5) return send();
    if (dice < 8 || senders_.empty()) return receive();
    const auto which = rng_.below(static_cast<std::uint32_t>(senders_.size()));
    dice == 8 ? drop(which) : finish(which);
  }

  std::size_t granted() const {
    std::size_t count = 0;
    for (const auto& one : senders_) count += one->granted;
    return count;
  }
  bool has_room() const { return queue_.size() + granted() < capacity_; }

  void grant_one() {
    for (const auto& one : senders_)
      if (!one->granted) {
        one->granted = true;
        return;
      }
  }

  void try_send() {
    const bool sent = channel_.tx.try_send(next_).has_value();
    EXPECT_EQ(sent, has_room());
    if (sent) queue_.push_back(next_++);
  }

  void send() {
    auto one = std::make_unique<Sending>(channel_.tx, next_++);
    EXPECT_EQ(one->probe.poll(), has_room());
    if (one->probe.is_ready())
      queue_.push_back(one->value);
    else
      senders_.push_back(std::move(one));
  }

  void receive() {
    const auto got = channel_.rx.try_recv();
    ASSERT_EQ(got.has_value(), !queue_.empty());
    if (!got) return;
    EXPECT_EQ(*got, queue_.front());
    queue_.pop_front();
    grant_one();
  }

  void drop(std::size_t which) {
    const bool had_place = senders_[which]->granted;
    senders_.erase(senders_.begin() + static_cast<std::ptrdiff_t>(which));
    if (had_place) grant_one();
  }

  void finish(std::size_t which) {
    Sending& one = *senders_[which];
    EXPECT_EQ(one.probe.poll(), one.granted);
    if (!one.granted) return;
    queue_.push_back(one.value);
    senders_.erase(senders_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  Rng rng_;
  const std::size_t capacity_;
  mpsc::Channel<int> channel_;
  int next_ = 0;
  std::deque<int> queue_;
  std::vector<std::unique_ptr<Sending>> senders_;
};

TEST(MpscModel, ThreeHundredRandomStepsAtEachCapacityMatchTheModel) {
  for (const std::size_t capacity : {1u, 2u, 5u, 40u})
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      SCOPED_TRACE(testing::Message() << "capacity " << capacity << " seed " << seed);
      Game(seed, capacity).play(300);
    }
}

// The channels run over many schedules and on threads.
// Every message is received, comes back to its sender, or is destroyed.

struct Message {
  Message(Census& census, std::uint32_t from, std::uint32_t which)
      : alive(census), sender(from), number(which) {}
  test::Counted alive;
  std::uint32_t sender;
  std::uint32_t number;
};

struct Total {
  std::uint64_t sent = 0;
  std::uint64_t returned = 0;
  std::uint64_t dropped = 0;

  void add(const Total& other) noexcept {
    sent += other.sent;
    returned += other.returned;
    dropped += other.dropped;
  }
};

/// Sends `count` messages, and gives up on every fifth one if it cannot be sent at once.
Task<Total> send_all(mpsc::Sender<Message> tx, Census& census, std::uint32_t id, std::uint32_t count) {
  Total total;
  for (std::uint32_t i = 1; i <= count; ++i) {
    Message message(census, id, i);
    if (i % 5 == 0) {
      const auto first = co_await select(tx.send(std::move(message)), yield_now());
      if (const auto* result = std::get_if<0>(&first))
        ++(*result ? total.sent : total.returned);
      else
        ++total.dropped;
    } else {
      const auto result = co_await tx.send(std::move(message));
      ++(result ? total.sent : total.returned);
    }
  }
  co_return total;
}

Task<Total> send_all(mpsc::UnboundedSender<Message> tx, Census& census, std::uint32_t id,
                     std::uint32_t count) {
  Total total;
  for (std::uint32_t i = 1; i <= count; ++i) {
    ++(tx.send(Message(census, id, i)) ? total.sent : total.returned);
    if (i % 7 == 0) co_await yield_now();
  }
  co_return total;
}

struct Received {
  std::uint64_t count = 0;
  bool in_order = true;
};

enum class End { drain, close_early, drop_early };

/// Receives until the channel is closed, and now and then gives up a wait. After `early` messages it may close the
/// channel, or leave it.
Task<Received> receive_all(mpsc::Receiver<Message> rx, std::size_t senders, End end, std::uint64_t early) {
  Received received;
  std::vector<std::uint32_t> last(senders, 0);
  for (std::uint64_t round = 0;; ++round) {
    if (end != End::drain && received.count >= early) rx.close();
    if (end == End::drop_early && received.count >= early) co_return received;
    std::optional<Message> message;
    if (round % 3 == 0) {
      auto first = co_await select(rx.recv(), yield_now());
      if (first.index() == 1) continue;
      if (auto& got = std::get<0>(first)) message.emplace(std::move(*got));
    } else {
      auto got = co_await rx.recv();
      if (got) message.emplace(std::move(*got));
    }
    if (!message) co_return received;
    ++received.count;
    received.in_order = received.in_order && message->number > last[message->sender];
    last[message->sender] = message->number;
  }
}

template <class Channel>
Task<void> run_all(Channel channel, Census& census, End end, std::uint32_t senders, std::uint32_t each) {
  auto [tx, rx] = std::move(channel);
  const std::uint64_t early = std::uint64_t{senders} * each / 2;
  auto receiving = spawn(receive_all(std::move(rx), senders, end, early));
  std::vector<JoinHandle<Total>> sending;
  for (std::uint32_t i = 0; i < senders; ++i) sending.push_back(spawn(send_all(tx, census, i, each)));
  { auto gone = std::move(tx); }
  Total total;
  for (auto& one : sending) {
    const auto part = co_await one;
    total.add(*part);
  }
  const auto received = co_await receiving;
  EXPECT_EQ(total.sent + total.returned + total.dropped, std::uint64_t{senders} * each);
  EXPECT_TRUE(received->in_order);
  if (end == End::drop_early) {
    EXPECT_LE(received->count, total.sent);
  } else {
    EXPECT_EQ(received->count, total.sent);
  }
  if (end == End::drain) {
    EXPECT_EQ(total.returned, 0u);
  }
}

constexpr End kEnds[] = {End::drain, End::close_early, End::drop_early};

TEST(MpscSchedules, EveryMessageIsAccountedForOnABoundedChannel) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Census census;
    auto channel = mpsc::channel<Message>(1 + seed % 4);
    const auto ran = sim::run({seed, 100'000}, run_all(std::move(channel), census, kEnds[seed % 3], 3, 8));
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(census.alive, 0);
  }
}

TEST(MpscSchedules, EveryMessageIsAccountedForOnAnUnboundedChannel) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Census census;
    auto channel = mpsc::unbounded_channel<Message>();
    const auto ran = sim::run({seed, 100'000}, run_all(std::move(channel), census, kEnds[seed % 3], 3, 20));
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(census.alive, 0);
  }
}

class MpscThreads : public testing::TestWithParam<End> {};

TEST_P(MpscThreads, EveryMessageOfFourBoundedSendersIsAccountedForOnFourThreads) {
  const auto each = static_cast<std::uint32_t>(test::scaled(20'000));
  Census census;
  for (const std::size_t capacity : {1u, 50u})
    Runtime::multi_thread(4).block_on(run_all(mpsc::channel<Message>(capacity), census, GetParam(), 4, each));
  EXPECT_EQ(census.alive, 0);
}

TEST_P(MpscThreads, EveryMessageOfFourUnboundedSendersIsAccountedForOnFourThreads) {
  const auto each = static_cast<std::uint32_t>(test::scaled(50'000));
  Census census;
  Runtime::multi_thread(4).block_on(run_all(mpsc::unbounded_channel<Message>(), census, GetParam(), 4, each));
  EXPECT_EQ(census.alive, 0);
}

INSTANTIATE_TEST_SUITE_P(Ends, MpscThreads, testing::ValuesIn(kEnds), [](const auto& of) {
  return of.param == End::drain ? "Drain" : of.param == End::close_early ? "CloseEarly" : "DropEarly";
});

// A receiver sees a message once its send has returned, whatever other sends go on.

TEST(MpscThreads, AFinishedSendIsSeenByTryRecvAndLen) {
  auto [tx, rx] = mpsc::unbounded_channel<int>();
  constexpr int kSenders = 3;
  const int messages = static_cast<int>(test::scaled(20'000));
  std::atomic<int> sent{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < kSenders; ++i)
    senders.emplace_back([to = tx, &sent, messages] {
      for (int j = 0; j < messages; ++j) {
        EXPECT_TRUE(to.send(j));
        ++sent;
      }
    });
  for (int received = 0; received < kSenders * messages;) {
    const int finished = sent;
    EXPECT_GE(rx.len(), static_cast<std::size_t>(finished - received));
    for (; received < finished; ++received) ASSERT_TRUE(rx.try_recv());
    std::this_thread::yield();
  }
  for (auto& thread : senders) thread.join();
  EXPECT_TRUE(rx.is_empty());
}

TEST(MpscThreads, LenIsRightAfterACloseDuringSends) {
  for (std::uint64_t round = 0; round < test::scaled(1'000); ++round) {
    auto [tx, rx] = mpsc::unbounded_channel<int>();
    const int before = static_cast<int>(round % 70);  // more or less than one block of the queue
    for (int i = 0; i < before; ++i) EXPECT_TRUE(tx.send(i));
    std::size_t accepted = 0;
    std::thread sender([&to = tx, &accepted] {
      for (int i = 0; i < 10; ++i) accepted += to.send(i).has_value();
    });
    rx.close();
    EXPECT_GE(rx.len(), static_cast<std::size_t>(before));
    sender.join();
    EXPECT_EQ(rx.len(), static_cast<std::size_t>(before) + accepted);
    while (rx.try_recv()) {
    }
    EXPECT_TRUE(rx.is_empty());
  }
}

}  // namespace
}  // namespace corokit
