// A DelayQueue on many schedules, and on each runtime.
#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/delay_queue.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Chosen;

/// Random operations beside a model: an ordered set of times.
Task<void> play(int rounds) {
  using Queue = DelayQueue<int>;
  Queue queue;
  std::map<int, std::pair<Queue::Key, Instant>> model;  // of each value
  int serial = 0;
  auto take = [&](const std::optional<Queue::Expired>& expired) {
    if (!expired) return;
    const auto found = model.find(expired->value);
    EXPECT_TRUE(found != model.end());
    if (found == model.end()) return;
    EXPECT_EQ(found->second.first, expired->key);
    EXPECT_EQ(found->second.second, expired->deadline);
    for (const auto& [value, other] : model) EXPECT_LE(expired->deadline, other.second);
    EXPECT_LE(expired->deadline, now());
    model.erase(found);
  };
  auto any = [&] {
    return std::next(model.begin(), Chosen::below(static_cast<std::uint32_t>(model.size())));
  };
  for (int i = 0; i < rounds; ++i) {
    const auto after = std::chrono::milliseconds(Chosen::below(6));
    switch (Chosen::below(7)) {
      case 0:
      case 1: {
        const auto key = queue.insert(++serial, after);
        model.emplace(serial, std::pair(key, now() + after));
        break;
      }
      case 2:
        if (model.empty()) break;
        if (const auto item = any(); queue.reset(item->second.first, after))
          item->second.second = now() + after;
        else
          ADD_FAILURE() << "an item is lost";
        break;
      case 3:
        if (model.empty()) break;
        if (const auto item = any(); queue.remove(item->second.first) == item->first) {
          EXPECT_FALSE(queue.reset(item->second.first, 1ms));
          model.erase(item);
        } else {
          ADD_FAILURE() << "an item is lost";
        }
        break;
      case 4:
        co_await sleep(1ms);
        break;
      default: {
        const bool was_empty = model.empty();
        const auto first = co_await select(queue.next(), sleep(after));
        explorer::reached("a next() is given up", first.index() == 1);
        if (first.index() == 1) break;
        EXPECT_EQ(!std::get<0>(first), was_empty);
        take(std::get<0>(first));
      }
    }
    EXPECT_EQ(queue.size(), model.size());
    for (const auto& [value, item] : model) EXPECT_EQ(queue.deadline(item.first), item.second);
  }
  for (;;) {
    const auto expired = co_await queue.next();
    if (!expired) break;
    take(expired);
  }
  EXPECT_TRUE(model.empty());
}

COROKIT_EXPLORE(DelayQueueSchedules, GivesEachItemOnceInTheOrderOfTheTimes, .search = Search::random,
                .schedules = 5'000) {
  co_await play(30);
}

class DelayQueueOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(DelayQueueOn);

TEST_P(DelayQueueOn, ADestructorMayUseItWhileTheRuntimeEnds) {
  struct Guard {
    DelayQueue<int>& queue;
    DelayQueue<int>::Key key;
    ~Guard() {
      queue.remove(key);
      queue.insert(3, 1ms);
    }
  };
  auto use = [](DelayQueue<int>* queue, std::atomic<bool>* here) -> Task<void> {
    const Guard guard{*queue, queue->insert(1, 1h)};
    *here = true;
    co_await sleep(Duration::max());
  };
  auto consume = [](DelayQueue<int>* queue) -> Task<void> {
    for (;;) {
      const auto expired = co_await queue->next();
      if (!expired) co_return;
    }
  };
  auto body = [](auto make_user, auto make_consumer, std::atomic<bool>* here) -> Task<void> {
    DelayQueue<int> queue;
    queue.insert(2, 2h);
    co_await join(make_user(&queue, here), make_consumer(&queue));
  };
  std::atomic<bool> here = false;
  Runtime runtime = make();
  runtime.spawn(body(use, consume, &here)).detach();
  test::run_until(runtime, [&] { return here.load(); });
}

TEST_P(DelayQueueOn, NoItemComesEarlyOrOutOfOrder) {
  Runtime runtime = make();
  auto body = []() -> Task<int> {
    DelayQueue<int> queue;
    detail::Rng rng(1);
    std::vector<DelayQueue<int>::Key> keys;
    for (int i = 0; i < 50; ++i) keys.push_back(queue.insert(i, std::chrono::microseconds(rng.below(3000))));
    for (const auto& key : keys)
      if (rng.below(2) == 0) queue.reset(key, std::chrono::microseconds(rng.below(3000)));
    int count = 0;
    Instant last = Instant::min();
    for (;;) {
      auto first = co_await select(queue.next(), sleep(50us));
      if (first.index() == 1) continue;
      const auto& expired = std::get<0>(first);
      if (!expired) break;
      ++count;
      EXPECT_LE(expired->deadline, now());
      EXPECT_LE(last, expired->deadline);
      last = expired->deadline;
    }
    co_return count;
  };
  EXPECT_EQ(runtime.block_on(body()), 50);
}

}  // namespace
}  // namespace corokit
