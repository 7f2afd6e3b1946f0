// Tests when each child of a FuturesUnordered runs, where it lives, and when it is destroyed.
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using test::Gate;
using test::Probe;

Task<int> give_after(Gate* gate, int value) {
  co_await gate->wait();
  co_return value;
}

TEST(FuturesUnordered, AChildThatJoinsTwoEndsWithTheSecond) {
  std::deque<Gate> gates(3);
  std::vector<int> order;
  auto both = [](Gate* first, Gate* second) -> Task<int> {
    const auto [one, two] = co_await join(give_after(first, 10), give_after(second, 20));
    co_return one + two;
  };
  auto body = [](std::deque<Gate>* at, std::vector<int>* to, auto make) -> Task<void> {
    FuturesUnordered<Task<int>> futures;
    futures.push(make(&(*at)[0], &(*at)[1]));
    futures.push(give_after(&(*at)[2], 1));
    while (auto done = co_await futures.next()) to->push_back(*done);
  };
  Probe probe(body(&gates, &order, both));
  EXPECT_TRUE(probe.is_pending());
  gates[0].open();
  probe.poll();
  EXPECT_EQ(order, std::vector<int>{});
  gates[2].open();
  probe.poll();
  EXPECT_EQ(order, std::vector<int>{1});
  gates[1].open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(order, (std::vector<int>{1, 30}));
}

TEST(FuturesUnordered, AFinishedChildIsNotWokenByItsOtherOperand) {
  Gate first;
  Gate second;
  Gate never;
  auto either = [](Gate* one, Gate* two) -> Task<int> {
    const auto winner = co_await select(one->wait(), two->wait());
    co_return static_cast<int>(winner.index());
  };
  int given = 0;
  auto body = [](auto make, Gate* one, Gate* two, Gate* no, int* count) -> Task<void> {
    FuturesUnordered<Task<int>> futures;
    futures.push(make(one, two));
    futures.push(give_after(no, 0));
    while (co_await futures.next()) ++*count;
  };
  Probe probe(body(either, &first, &second, &never, &given));
  EXPECT_TRUE(probe.is_pending());
  first.open();
  EXPECT_EQ(probe.wake_count(), 1u);
  probe.poll();
  EXPECT_EQ(given, 1);
  second.open();
  EXPECT_FALSE(probe.is_woken());
  EXPECT_EQ(given, 1);
}

TEST(FuturesUnordered, AChildThatYieldsRunsOncePerTurn) {
  for (const std::size_t size : {10u, 33u}) {
    std::vector<int> runs(size);
    auto yield_for_ever = [](int* count) -> Task<void> {
      for (;; ++*count) co_await yield_now();
    };
    auto body = [](auto make, std::vector<int>* counts) -> Task<void> {
      FuturesUnordered<Task<void>> futures;
      for (int& count : *counts) futures.push(make(&count));
      co_await futures.next();
    };
    Probe probe(body(yield_for_ever, &runs));
    EXPECT_TRUE(probe.is_pending());
    for (int turn = 1; turn <= 20; ++turn) {
      EXPECT_FALSE(probe.poll());
      EXPECT_EQ(runs, std::vector<int>(size, turn));
    }
  }
}

/// Waits for a gate, and notes its own address.
class WaitSomewhere : public detail::Awaiter<WaitSomewhere> {
 public:
  static constexpr const char* kName = "WaitSomewhere";
  WaitSomewhere(Gate& gate, std::set<const void*>& places) noexcept : inner_(gate), places_(&places) {}
  WaitSomewhere(WaitSomewhere&& other) noexcept
      : detail::Awaiter<WaitSomewhere>(other), inner_(std::move(other.inner_)), places_(other.places_) {}
  ~WaitSomewhere() = default;
  bool try_complete() noexcept {
    places_->insert(this);
    inner_.bind(this->branch());
    return inner_.try_complete();
  }
  bool suspend() noexcept { return inner_.suspend(); }
  int await_resume() {
    places_->insert(this);
    return 1;
  }

 private:
  Gate::Wait inner_;
  std::set<const void*>* places_;
};

TEST(FuturesUnordered, AChildStaysWhereItBegan) {
  std::deque<Gate> gates(20);
  std::set<const void*> places;
  auto body = [](std::deque<Gate>* at, std::set<const void*>* noted) -> Task<int> {
    auto take_one = [](FuturesUnordered<WaitSomewhere>* all) -> Task<void> { co_await all->next(); };
    FuturesUnordered<WaitSomewhere> futures;
    int sum = 0;
    for (std::size_t i = 0; i < at->size(); ++i) {
      futures.push(WaitSomewhere((*at)[i], *noted));
      co_await select(biased, take_one(&futures), yield_now());  // begins the new child
      FuturesUnordered<WaitSomewhere> moved = std::move(futures);
      futures = std::move(moved);
    }
    for (Gate& gate : *at) gate.open();
    while (auto done = co_await futures.next()) sum += *done;
    co_return sum;
  };
  EXPECT_EQ(block_on(body(&gates, &places)), 20);
  EXPECT_EQ(places.size(), 20u);
}

// Channels.

struct Oneshots {
  explicit Oneshots(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto [tx, rx] = oneshot::channel<int>();
      senders.emplace_back(std::move(tx));
      receivers.push_back(std::move(rx));
    }
  }
  std::vector<std::optional<oneshot::Sender<int>>> senders;
  std::vector<oneshot::Receiver<int>> receivers;
};

/// Collects all children. Returns: the sum of the values, plus a thousand for each error.
Task<int> collect(std::vector<oneshot::Receiver<int>> receivers) {
  FuturesUnordered<oneshot::Receiver<int>> futures;
  for (auto& receiver : receivers) futures.push(std::move(receiver));
  int sum = 0;
  while (auto done = co_await futures.next()) sum += *done ? **done : 1000;
  co_return sum;
}

TEST(FuturesUnordered, GivesAnErrorAsTheResultOfItsChildAlone) {
  Oneshots channels(3);
  Probe probe(collect(std::move(channels.receivers)));
  EXPECT_TRUE(probe.is_pending());
  EXPECT_TRUE(channels.senders[2]->send(3));
  channels.senders[1].reset();
  EXPECT_FALSE(probe.poll());
  EXPECT_TRUE(channels.senders[0]->send(4));
  ASSERT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), 1007);
}

TEST(FuturesUnordered, DroppingItClosesTheChannelsOfItsChildren) {
  for (const bool begun : {false, true}) {
    Oneshots channels(5);
    {
      Probe probe(collect(std::move(channels.receivers)));
      if (begun) {
        EXPECT_TRUE(probe.is_pending());
      }
      for (auto& sender : channels.senders) EXPECT_FALSE(sender->is_closed());
    }
    for (auto& sender : channels.senders) EXPECT_TRUE(sender->is_closed());
  }
}

class FuturesUnorderedOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(FuturesUnorderedOn);

TEST_P(FuturesUnorderedOn, CollectsMessagesOfOtherThreads) {
  Runtime runtime = make();
  constexpr int kThreads = 2;
  const int each = static_cast<int>(test::scaled(500));
  for (int round = 0; round < 5; ++round) {
    Oneshots channels(static_cast<std::size_t>(kThreads * each));
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([&, thread] {
        for (int i = 0; i < each; ++i) {
          auto& sender = channels.senders[std::size_t{kThreads} * static_cast<std::size_t>(i) +
                                          static_cast<std::size_t>(thread)];
          if (i % 10 == 9)
            sender.reset();
          else
            EXPECT_TRUE(sender->send(1));
        }
      });
    const int errors = kThreads * each / 10;
    EXPECT_EQ(runtime.block_on(collect(std::move(channels.receivers))), kThreads * each + 999 * errors);
    for (auto& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace corokit
