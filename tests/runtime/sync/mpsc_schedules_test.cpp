// Compares the mpsc channels with a model, and runs them over many schedules and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
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

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using explorer::Search;
using mpsc::TryRecvError;
using test::Census;
using test::Chosen;
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
  explicit Game(std::size_t capacity) : capacity_(capacity), channel_(mpsc::channel<int>(capacity)) {}

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      EXPECT_EQ(channel_.rx.len(), queue_.size());
      EXPECT_EQ(channel_.tx.capacity(), capacity_ - queue_.size() - granted());
      for (const auto& one : senders_) EXPECT_EQ(one->probe.wake_count(), one->granted ? 1u : 0u);
    }
  }

 private:
  void step() {
    const auto dice = Chosen::below(10);
    if (dice < 2) return try_send();
    if (dice < 5) return send();
    if (dice < 8 || senders_.empty()) return receive();
    const auto which = Chosen::below(static_cast<std::uint32_t>(senders_.size()));
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

  const std::size_t capacity_;
  mpsc::Channel<int> channel_;
  int next_ = 0;
  std::deque<int> queue_;
  std::vector<std::unique_ptr<Sending>> senders_;
};

COROKIT_EXPLORE(MpscModel, ThreeHundredRandomStepsAtEachCapacityMatchTheModel,
                .search = explorer::Search::random, .schedules = 80) {
  constexpr std::size_t kCapacities[] = {1, 2, 5, 40};
  Game(kCapacities[explorer::choose(4)]).play(300);
  co_return;
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

enum class End { drain, close_early, drop_early };

struct Load {
  Load(End how, std::uint32_t from, std::uint32_t messages, std::uint32_t rounds)
      : end(how), senders(from), each(messages), patience(rounds) {}
  End end;
  std::uint32_t senders;
  std::uint32_t each;
  std::uint32_t patience;  // every so many messages a sender gives up if it cannot send at once
};

Task<Total> send_all(mpsc::Sender<Message> tx, Census& census, std::uint32_t id, Load load) {
  Total total;
  for (std::uint32_t i = 1; i <= load.each; ++i) {
    Message message(census, id, i);
    if (i % load.patience == 0) {
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

Task<Total> send_all(mpsc::UnboundedSender<Message> tx, Census& census, std::uint32_t id, Load load) {
  Total total;
  for (std::uint32_t i = 1; i <= load.each; ++i) {
    ++(tx.send(Message(census, id, i)) ? total.sent : total.returned);
    if (i % load.patience == 0) co_await yield_now();
  }
  co_return total;
}

struct Received {
  std::uint64_t count = 0;
  bool in_order = true;
};

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
Task<Total> run_all(Channel channel, Census& census, Load load) {
  auto [tx, rx] = std::move(channel);
  const std::uint64_t all = std::uint64_t{load.senders} * load.each;
  auto receiving = spawn(receive_all(std::move(rx), load.senders, load.end, all / 2));
  std::vector<JoinHandle<Total>> sending;
  for (std::uint32_t i = 0; i < load.senders; ++i) sending.push_back(spawn(send_all(tx, census, i, load)));
  { auto gone = std::move(tx); }
  Total total;
  for (auto& one : sending) {
    const auto part = co_await one;
    total.add(*part);
  }
  const auto received = co_await receiving;
  EXPECT_EQ(total.sent + total.returned + total.dropped, all);
  EXPECT_TRUE(received->in_order);
  if (load.end == End::drop_early) {
    EXPECT_LE(received->count, total.sent);
  } else {
    EXPECT_EQ(received->count, total.sent);
  }
  if (load.end == End::drain) {
    EXPECT_EQ(total.returned, 0u);
  }
  explorer::reached("a message comes back", total.returned > 0);
  explorer::reached("a message is lost with the receiver", received->count < total.sent);
  co_return total;
}

constexpr End kEnds[] = {End::drain, End::close_early, End::drop_early};

Task<void> explore_bounded(std::size_t capacity, std::uint32_t senders, std::uint32_t each,
                           std::uint32_t patience) {
  Census census;
  const Load load(kEnds[explorer::choose(3)], senders, each, patience);
  const Total total = co_await run_all(mpsc::channel<Message>(capacity), census, load);
  explorer::reached("a sender gives up", total.dropped > 0);
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfABoundedSenderIsAccountedFor, .search = Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  co_await explore_bounded(2, 1, 3, 3);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfTwoBoundedSendersIsAccountedFor, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  co_await explore_bounded(2, 2, 2, 2);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfThreeBoundedSendersIsAccountedFor, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_bounded(1 + explorer::choose(4), 3, 8, 5);
}

Task<void> explore_unbounded(std::uint32_t senders, std::uint32_t each, std::uint32_t patience) {
  Census census;
  const Load load(kEnds[explorer::choose(3)], senders, each, patience);
  co_await run_all(mpsc::unbounded_channel<Message>(), census, load);
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfAnUnboundedSenderIsAccountedFor, .search = Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  co_await explore_unbounded(1, 3, 1);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfTwoUnboundedSendersIsAccountedFor, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  co_await explore_unbounded(2, 2, 1);
}

COROKIT_EXPLORE(MpscSchedules, EveryMessageOfThreeUnboundedSendersIsAccountedFor, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_unbounded(3, 20, 7);
}

class MpscThreads : public testing::TestWithParam<End> {};

TEST_P(MpscThreads, EveryMessageOfFourBoundedSendersIsAccountedForOnFourThreads) {
  const auto each = static_cast<std::uint32_t>(test::scaled(20'000));
  Census census;
  for (const std::size_t capacity : {1u, 50u})
    Runtime::multi_thread(4).block_on(
        run_all(mpsc::channel<Message>(capacity), census, Load(GetParam(), 4, each, 5)));
  EXPECT_EQ(census.alive, 0);
}

TEST_P(MpscThreads, EveryMessageOfFourUnboundedSendersIsAccountedForOnFourThreads) {
  const auto each = static_cast<std::uint32_t>(test::scaled(50'000));
  Census census;
  Runtime::multi_thread(4).block_on(
      run_all(mpsc::unbounded_channel<Message>(), census, Load(GetParam(), 4, each, 7)));
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
