// Compares the broadcast channel with a model, and runs it over many schedules and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using broadcast::TryRecvError;
using explorer::Search;
using test::Census;
using test::Chosen;
using test::Probe;

// The model is the log of all messages and a cursor for each receiver.

struct Reader {
  Reader(broadcast::Receiver<int> receiver, std::uint64_t at) : rx(std::move(receiver)), cursor(at) {}
  broadcast::Receiver<int> rx;
  std::uint64_t cursor;
};

class Game {
 public:
  explicit Game(std::size_t capacity) : capacity_(capacity), channel_(broadcast::channel<int>(capacity)) {
    readers_.push_back(std::make_unique<Reader>(std::move(channel_.rx), 0));
  }

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      EXPECT_EQ(channel_.tx.len(), expected_len());
      EXPECT_EQ(channel_.tx.receiver_count(), readers_.size());
    }
  }

 private:
  void step() {
    const auto dice = Chosen::below(12);
    if (dice < 4) return send();
    if (readers_.empty() || dice == 4) return add(channel_.tx.subscribe());
    Reader& reader = *readers_[Chosen::below(static_cast<std::uint32_t>(readers_.size()))];
    if (dice == 5) return add(reader.rx.resubscribe());
    if (dice == 6) return drop(reader);
    if (dice == 7) return wait(reader);
    read(reader);
  }

  void add(broadcast::Receiver<int> rx) {
    readers_.push_back(std::make_unique<Reader>(std::move(rx), sent_));
  }
  void drop(Reader& reader) {
    std::erase_if(readers_, [&reader](const auto& one) { return one.get() == &reader; });
  }

  void send() {
    const auto reached = channel_.tx.send(static_cast<int>(sent_));
    ASSERT_EQ(reached.has_value(), !readers_.empty());
    if (!reached) return;
    EXPECT_EQ(*reached, readers_.size());
    ++sent_;
  }

  std::uint64_t oldest() const { return sent_ > capacity_ ? sent_ - capacity_ : 0; }

  void read(Reader& reader) {
    EXPECT_EQ(reader.rx.len(), sent_ - reader.cursor);
    const auto got = reader.rx.try_recv();
    if (reader.cursor == sent_) {
      ASSERT_FALSE(got);
      EXPECT_EQ(got.error(), TryRecvError::empty());
    } else if (reader.cursor < oldest()) {
      ASSERT_FALSE(got);
      EXPECT_EQ(got.error(), TryRecvError::lagged(oldest() - reader.cursor));
      reader.cursor = oldest();
    } else {
      EXPECT_EQ(got, static_cast<int>(reader.cursor++));
    }
  }

  /// Begins a wait and drops it, perhaps after it was woken. This changes nothing.
  void wait(Reader& reader) {
    if (reader.cursor != sent_) return;
    Probe probe(reader.rx.recv());
    EXPECT_TRUE(probe.is_pending());
    if (Chosen::below(2) == 0) return;
    send();
    EXPECT_EQ(probe.wake_count(), 1u);
  }

  std::size_t expected_len() const {
    std::uint64_t unread = 0;
    for (const auto& reader : readers_) unread = std::max(unread, sent_ - reader->cursor);
    return static_cast<std::size_t>(std::min<std::uint64_t>(unread, capacity_));
  }

  const std::uint64_t capacity_;
  broadcast::Channel<int> channel_;
  std::uint64_t sent_ = 0;
  std::vector<std::unique_ptr<Reader>> readers_;
};

COROKIT_EXPLORE(BroadcastModel, AThousandRandomStepsAtEachCapacityMatchTheModel,
                .search = explorer::Search::random, .schedules = 80) {
  constexpr std::size_t kCapacities[] = {1, 2, 4, 16};
  Game(kCapacities[explorer::choose(4)]).play(1'000);
  co_return;
}

// Several senders and several receivers run over many schedules and on threads. Some receivers leave early.

/// A message, with its sender and its number among the messages of that sender.
struct Message {
  Message(Census& census, std::uint32_t from, std::uint32_t which)
      : alive(census), sender(from), number(which) {}
  test::Counted alive;
  std::uint32_t sender;
  std::uint32_t number;
};

struct Seen {
  std::uint64_t received = 0;
  std::uint64_t missed = 0;
  bool in_order = true;
};

Task<void> send_all(broadcast::Sender<Message> tx, Census& census, std::uint32_t id, std::uint32_t count) {
  for (std::uint32_t i = 1; i <= count; ++i) {
    static_cast<void>(tx.send(Message(census, id, i)));
    if (i % 2 == 0) co_await yield_now();
  }
}

Task<Seen> receive_all(broadcast::Receiver<Message> rx, std::size_t senders, std::uint64_t at_most) {
  Seen seen;
  std::vector<std::uint32_t> last(senders, 0);
  while (seen.received + seen.missed < at_most) {
    const auto message = co_await rx.recv();
    if (message) {
      ++seen.received;
      seen.in_order = seen.in_order && message->number > last[message->sender];
      last[message->sender] = message->number;
    } else if (message.error().is_lagged()) {
      seen.missed += message.error().missed();
    } else {
      break;
    }
  }
  co_return seen;
}

struct Load {
  Load(std::size_t ring, std::uint32_t from, std::uint32_t to, std::uint32_t messages)
      : capacity(ring), senders(from), receivers(to), each(messages) {}
  std::size_t capacity;
  std::uint32_t senders;
  std::uint32_t receivers;
  std::uint32_t each;
};

/// Returns: the number of messages that all receivers together missed.
Task<std::uint64_t> run_all(Load load, Census& census) {
  const std::uint64_t total = std::uint64_t{load.senders} * load.each;
  std::uint64_t missed = 0;
  auto [tx, rx] = broadcast::channel<Message>(load.capacity);
  std::vector<JoinHandle<Seen>> stay, leave;
  for (std::uint32_t i = 0; i < load.receivers; ++i) {
    stay.push_back(spawn(receive_all(tx.subscribe(), load.senders, ~std::uint64_t{0})));
    leave.push_back(spawn(receive_all(tx.subscribe(), load.senders, total / 3)));
  }
  for (std::uint32_t i = 0; i < load.senders; ++i) spawn(send_all(tx, census, i, load.each)).detach();
  { auto gone = std::move(tx); }
  for (auto& one : stay) {
    const auto seen = co_await one;
    EXPECT_EQ(seen->received + seen->missed, total);
    EXPECT_TRUE(seen->in_order);
    missed += seen->missed;
  }
  for (auto& one : leave) {
    const auto seen = co_await one;
    EXPECT_GE(seen->received + seen->missed, total / 3);
  }
  co_return missed;
}

Task<void> explore_load(Load load) {
  Census census;
  const std::uint64_t missed = co_await run_all(load, census);
  EXPECT_EQ(census.alive, 0);
  explorer::reached("a receiver missed messages", missed > 0);
  explorer::reached("no receiver missed any", missed == 0);
}

COROKIT_EXPLORE(BroadcastSchedules, ReceivedAndMissedMessagesOfOneSenderAddUp, .search = Search::depth_first,
                .preemptions = 2) {
  co_await explore_load(Load(2, 1, 1, 3));
}

COROKIT_EXPLORE(BroadcastSchedules, ReceivedAndMissedMessagesOfTwoSendersAddUp, .search = Search::depth_first,
                .preemptions = 1) {
  co_await explore_load(Load(2, 2, 1, 2));
}

COROKIT_EXPLORE(BroadcastSchedules, ReceivedAndMissedMessagesOfTwelveAddUp, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_load(Load(explorer::choose(2) == 0 ? 8 : 2, 2, 2, 6));
}

TEST(BroadcastSchedules, ReceivedAndMissedMessagesAddUpOnFourThreads) {
  Census census;
  const Load load(64, 4, 5, static_cast<std::uint32_t>(test::scaled(5'000)));
  Runtime::multi_thread(4).block_on(run_all(load, census));
  EXPECT_EQ(census.alive, 0);
}

}  // namespace
}  // namespace corokit
