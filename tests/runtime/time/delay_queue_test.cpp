#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/delay_queue.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Probe;

/// Returns: the values of all items in the order in which they come, each with its time in milliseconds.
Task<std::string> drain(DelayQueue<std::string>* queue, Instant begin) {
  std::string text;
  while (auto expired = co_await queue->next())
    text += expired->value + std::to_string((now() - begin) / 1ms) + " ";
  co_return text;
}

TEST(DelayQueue, GivesItemsAtTheirTimes) {
  auto body = []() -> Task<std::string> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    queue.insert("c", 30ms);
    const auto a = queue.insert("a", 10ms);
    queue.insert_at("b", begin + 20ms);
    queue.insert("d", 30ms);  // the same time as c, but later
    EXPECT_EQ(queue.size(), 4u);
    EXPECT_EQ(queue.peek(), a);
    EXPECT_EQ(queue.deadline(a), begin + 10ms);
    const auto first = co_await queue.next();
    EXPECT_EQ(first->value, "a");
    EXPECT_EQ(first->key, a);
    EXPECT_EQ(first->deadline, begin + 10ms);
    EXPECT_FALSE(queue.deadline(a));
    EXPECT_EQ(queue.size(), 3u);
    co_return co_await drain(&queue, begin);
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const std::string order = co_await body();
    EXPECT_EQ(order, "b20 c30 d30 ");
  });
}

TEST(DelayQueue, OfNothingGivesNoneAtOnceAndGoesOnAfterAnInsert) {
  auto body = []() -> Task<std::string> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    EXPECT_TRUE(queue.empty());
    EXPECT_FALSE(queue.peek());
    EXPECT_FALSE(co_await queue.next());
    EXPECT_FALSE(co_await queue.next());
    queue.insert("past", -1h);
    queue.insert_at("earliest", Instant::min());
    queue.insert("now", 0s);
    std::string text = co_await drain(&queue, begin);
    queue.insert("later", 1ms);
    const std::string more = co_await drain(&queue, begin);
    co_return text + more;
  };
  EXPECT_EQ(*sim::run({}, body()), "earliest0 past0 now0 later1 ");
}

TEST(DelayQueue, ResetAndRemoveTakeEffectBetweenTwoWaits) {
  auto body = []() -> Task<std::string> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    const auto a = queue.insert("a", 10ms);
    const auto b = queue.insert("b", 20ms);
    const auto c = queue.insert("c", 30ms);
    const auto d = queue.insert("d", 40ms);
    EXPECT_TRUE(queue.reset(a, 50ms));
    EXPECT_TRUE(queue.reset_at(c, begin + 5ms));
    EXPECT_EQ(queue.remove(b), "b");
    EXPECT_EQ(queue.remove(b), std::nullopt);
    EXPECT_FALSE(queue.reset(b, 1ms));
    const auto first = co_await queue.next();
    EXPECT_EQ(first->key, c);
    EXPECT_FALSE(queue.reset(c, 1ms));
    EXPECT_TRUE(queue.reset(d, -1ms));
    EXPECT_TRUE(queue.reset(d, 100ms));
    co_return co_await drain(&queue, begin);
  };
  EXPECT_EQ(*sim::run({}, body()), "a50 d105 ");
}

/// What a sibling does to the queue while next() waits, which would give "first" after 10 ms.
using Change = void (*)(DelayQueue<std::string>&, DelayQueue<std::string>::Key);

std::string changed_meanwhile(Change change) {
  auto body = [](Change how) -> Task<std::string> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    const auto key = queue.insert("first", 10ms);
    auto later = [](DelayQueue<std::string>* at, DelayQueue<std::string>::Key of, Change what) -> Task<void> {
      co_await sleep(2ms);
      what(*at, of);
    };
    const auto [text, changed] = co_await join(drain(&queue, begin), later(&queue, key, how));
    co_return text;
  };
  std::string text;
  explorer::check({.search = Search::depth_first}, [&]() -> Task<void> { text = co_await body(change); });
  return text;
}

TEST(DelayQueue, ASiblingMayChangeItDuringAWait) {
  using Queue = DelayQueue<std::string>;
  EXPECT_EQ(changed_meanwhile([](Queue&, Queue::Key) {}), "first10 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key) { queue.insert("new", 3ms); }), "new5 first10 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key) { queue.insert("new", 30ms); }), "first10 new32 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key) { queue.insert("new", -1s); }), "new2 first10 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key key) { queue.reset(key, 3ms); }), "first5 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key key) { queue.reset(key, 30ms); }), "first32 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key key) { queue.reset(key, 0s); }), "first2 ");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key key) { queue.remove(key); }), "");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key) { queue.clear(); }), "");
  EXPECT_EQ(changed_meanwhile([](Queue& queue, Queue::Key key) {
              queue.insert("new", 3ms);
              queue.remove(key);
            }),
            "new5 ");
}

TEST(DelayQueue, ASiblingThatRunsAtTheTimeOfAnItemMayChangeIt) {
  auto body = []() -> Task<void> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    const auto key = queue.insert("a", 10ms);
    queue.insert("b", 20ms);
    std::optional<std::string> removed;
    auto remove = [](DelayQueue<std::string>* at, DelayQueue<std::string>::Key of,
                     std::optional<std::string>* into) -> Task<void> {
      co_await sleep(10ms);
      for (std::size_t i = explorer::choose(3); i > 0; --i) co_await yield_now();
      *into = at->remove(of);
      at->reset(of, 1h);
      EXPECT_LE(at->size(), 2u);
    };
    const bool begins_first = explorer::choose(2) == 1;
    std::string text;
    if (begins_first) {
      auto [changed, given] = co_await join(remove(&queue, key, &removed), drain(&queue, begin));
      text = std::move(given);
    } else {
      auto [given, changed] = co_await join(drain(&queue, begin), remove(&queue, key, &removed));
      text = std::move(given);
    }
    explorer::reached("it is removed", removed.has_value());
    explorer::reached("it is given", !removed.has_value());
    EXPECT_EQ(text, removed ? "b20 " : "a10 b20 ");
    EXPECT_TRUE(queue.empty());
  };
  explorer::check({.search = Search::depth_first}, body);
}

TEST(DelayQueue, AnItemThatAWaitWasGivenComesBackIfTheWaitIsDropped) {
  auto body = []() -> Task<void> {
    DelayQueue<std::string> queue;
    const Instant begin = now();
    const auto key = queue.insert("a", 1ms);
    queue.insert("b", 1ms);
    // Both are ready at the same moment, and the first operand wins.
    const auto first = co_await select(biased, sleep(1ms), queue.next());
    explorer::reached("the item is given and comes back", first.index() == 0);
    if (first.index() == 1) co_return;
    EXPECT_EQ(queue.size(), 2u);
    EXPECT_EQ(queue.peek(), key);
    EXPECT_EQ(queue.deadline(key), begin + 1ms);
    const std::string text = co_await drain(&queue, begin);
    EXPECT_EQ(text, "a1 b1 ");
  };
  explorer::check({.search = Search::depth_first}, body);
}

TEST(DelayQueue, AnItemWhoseTimeHasComeCanBeRemovedUntilTheWaitGoesOn) {
  using Queue = DelayQueue<std::string>;
  auto body = [](bool resets) -> Task<void> {
    Queue queue;
    const Instant begin = now();
    const auto key = queue.insert("a", 10ms);
    auto change = [](Queue* at, Queue::Key of, bool reset) -> Task<bool> {
      const Instant time = now() + 10ms;
      if (explorer::choose(2) == 1) co_await yield_now();  // so that the wait begins to sleep first
      const std::size_t delay = explorer::choose(3);
      if (delay == 1)
        co_await select(biased, sleep_until(time));  // one more step in the same turn
      else
        co_await sleep_until(time);
      if (delay == 2) co_await yield_now();
      at->insert("b", 1h);  // the wait is to look at the items again
      const bool changed = reset ? at->reset(of, 2h) : at->remove(of).has_value();
      co_return changed;
    };
    // The select is biased: when both operands are ready, it drops the next().
    auto first = co_await select(biased, change(&queue, key, resets), queue.next());
    explorer::reached("it is given", first.index() == 1);
    if (first.index() == 1) co_return;
    const bool changed = std::get<0>(first);
    explorer::reached("it is changed", changed);
    explorer::reached("it is changed when the wait has it", !changed);
    const std::string text = co_await drain(&queue, begin);
    EXPECT_EQ(text, resets ? "b3600010 a7200010 " : "b3600010 ");
  };
  for (const bool resets : {false, true})
    explorer::check({.search = Search::depth_first}, [&] { return body(resets); });
}

TEST(DelayQueue, ADestructorMayUseItDuringAClear) {
  using Queue = DelayQueue<std::shared_ptr<void>>;
  Queue queue;
  for (int i = 0; i < 3; ++i)
    queue.insert(std::shared_ptr<void>(nullptr,
                                       [&queue](std::nullptr_t) {
                                         EXPECT_EQ(queue.size(), 0u);
                                         queue.clear();
                                       }),
                 1h);
  queue.clear();
  EXPECT_TRUE(queue.empty());
}

TEST(DelayQueue, AClearDropsWhatAWaitWasGiven) {
  auto body = []() -> Task<void> {
    DelayQueue<std::string> queue;
    queue.insert("a", 1ms);
    auto clear = [](DelayQueue<std::string>* at) -> Task<void> {
      co_await sleep(1ms);
      at->clear();
      EXPECT_TRUE(at->empty());
    };
    const auto [cleared, text] = co_await join(clear(&queue), drain(&queue, now()));
    EXPECT_TRUE(text.empty() || text == "a1 ");
  };
  explorer::check({.search = Search::depth_first}, body);
}

TEST(DelayQueue, ASecondNextAtTheSameTimeIsRefused) {
  auto body = []() -> Task<bool> {
    DelayQueue<std::string> queue;
    queue.insert("a", 10ms);
    auto second = [](DelayQueue<std::string>* at) -> Task<bool> {
      co_await sleep(1ms);
      bool refused = false;
      try {
        static_cast<void>(co_await at->next());
      } catch (const std::logic_error&) {
        refused = true;
      }
      co_return refused;
    };
    const auto [text, refused] = co_await join(drain(&queue, now()), second(&queue));
    co_return refused&& text == "a10 ";
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const bool refused = co_await body();
    EXPECT_TRUE(refused);
  });
}

TEST(DelayQueue, AnItemAtTheEndOfTimeNeverComes) {
  auto body = []() -> Task<std::size_t> {
    DelayQueue<int> queue;
    queue.insert_at(1, Instant::max());
    queue.insert(2, Duration::max());
    const auto first = co_await select(queue.next(), sleep(24h * 365));
    EXPECT_EQ(queue.size(), 2u);
    co_return first.index();
  };
  EXPECT_EQ(*sim::run({}, body()), 1u);
}

TEST(DelayQueue, CarriesMoveOnlyValuesAndDropsThemOnce) {
  Census census;
  {
    DelayQueue<std::unique_ptr<Counted>> queue;
    const auto key = queue.insert(std::make_unique<Counted>(census), 1h);
    queue.insert(std::make_unique<Counted>(census), -1h);
    queue.insert(std::make_unique<Counted>(census), 2h);
    auto removed = queue.remove(key);
    EXPECT_TRUE(removed && *removed);
    DelayQueue<std::unique_ptr<Counted>> moved = std::move(queue);
    Probe probe(moved.next());
    EXPECT_TRUE(probe.poll());
    EXPECT_TRUE(probe.take()->value);
    EXPECT_EQ(moved.size(), 1u);
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(DelayQueue, ServesALoopThatAlsoReceives) {
  auto body = []() -> Task<std::string> {
    DelayQueue<int> queue;
    auto [tx, rx] = mpsc::channel<int>(4);
    auto send = [](mpsc::Sender<int> to) -> Task<void> {
      for (int i = 1; i <= 5; ++i) {
        co_await sleep(2ms);
        static_cast<void>(co_await to.send(i));
      }
    };
    auto sender = spawn(send(std::move(tx)));
    std::string text;
    for (;;) {
      std::optional<int> message;
      if (queue.empty()) {
        message = co_await rx.recv();
      } else {
        auto first = co_await select(biased, queue.next(), rx.recv());
        if (first.index() == 0) {
          text += std::to_string(std::get<0>(first)->value);
          continue;
        }
        message = std::get<1>(first);
      }
      if (!message) break;
      queue.insert(*message, 5ms);
    }
    while (auto expired = co_await queue.next()) text += std::to_string(expired->value);
    co_await sender;
    co_return text;
  };
  explorer::check({.schedules = 1'000}, [&body]() -> Task<void> {
    const std::string text = co_await body();
    EXPECT_EQ(text, "12345");
  });
}

TEST(DelayQueue, ABudgetChangesNothing) {
  test::does_the_same_at_each_budget("DelayQueue", []() -> Task<std::string> {
    DelayQueue<int> queue;
    std::string text;
    for (int i = 0; i < 5; ++i) queue.insert(i, -1h);
    for (;;) {
      auto first = co_await select(biased, queue.next(), consume_budget());
      text += std::to_string(first.index());
      if (!std::get<0>(first)) co_return text;
      text += std::to_string(std::get<0>(first)->value);
    }
  });
}

}  // namespace
}  // namespace corokit
