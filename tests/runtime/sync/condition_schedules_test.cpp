// Compares Condition with a model, and runs it over many schedules and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using detail::Rng;
using explorer::Search;
using test::Chosen;

// The model knows who holds the lock, and has the two queues.

class Game {
 public:
  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      for (const Waiting& one : waiting_) EXPECT_EQ(one.probe->wake_count(), has_lock(one.id) ? 1u : 0u);
    }
  }

 private:
  using Probe = test::Probe<detail::ConditionAwaiter<int, Mutex<int>*>>;
  struct Waiting {
    int id;
    std::unique_ptr<Probe> probe;
  };
  struct Notified {
    int id;
    bool by_one;
  };

  bool is_free() const { return !held_ && for_lock_.empty(); }
  bool has_lock(int id) const { return !held_ && !for_lock_.empty() && for_lock_.front().id == id; }

  void step() {
    switch (Chosen::below(7)) {
      case 0:
      case 1: {
        auto guard = mutex_.try_lock();
        ASSERT_EQ(guard.has_value(), is_free());
        if (guard) begin(std::move(*guard));
        return;
      }
      case 2:
        if (is_free())
          held_.emplace(*mutex_.try_lock());
        else if (held_ && Chosen::below(2) == 0)
          begin(*std::exchange(held_, std::nullopt));
        else
          held_.reset();
        return;
      case 3:
        condition_.notify_one();
        return notify(true);
      case 4:
        condition_.notify_all();
        while (!queue_.empty()) notify(false);
        return;
      default:
        return poll_or_drop();
    }
  }

  void begin(MutexGuard<int> guard) {
    waiting_.push_back({next_id_, std::make_unique<Probe>(condition_.wait(std::move(guard)))});
    queue_.push_back(next_id_++);
    ASSERT_TRUE(waiting_.back().probe->is_pending());
  }
  void notify(bool by_one) {
    if (queue_.empty()) return;
    for_lock_.push_back({queue_.front(), by_one});
    queue_.pop_front();
  }
  void poll_or_drop() {
    if (waiting_.empty()) return;
    std::swap(waiting_[Chosen::below(static_cast<std::uint32_t>(waiting_.size()))], waiting_.back());
    const int id = waiting_.back().id;
    const bool is_over = has_lock(id);
    if (Chosen::below(2) == 0) {
      ASSERT_EQ(waiting_.back().probe->poll(), is_over);
      if (!is_over) return;
      held_.emplace(waiting_.back().probe->take());
      for_lock_.pop_front();
    } else {
      const auto notified = std::find_if(for_lock_.begin(), for_lock_.end(),
                                         [id](const Notified& one) { return one.id == id; });
      if (notified == for_lock_.end()) {
        std::erase(queue_, id);
      } else {
        const bool passes_on = notified->by_one;
        for_lock_.erase(notified);
        if (passes_on) notify(true);
      }
    }
    waiting_.pop_back();
  }

  Mutex<int> mutex_{0};
  Condition condition_;
  std::optional<MutexGuard<int>> held_;
  std::vector<Waiting> waiting_;
  std::deque<int> queue_;          // those that were not notified
  std::deque<Notified> for_lock_;  // those that were; unless `held_`, the lock belongs to the first one
  int next_id_ = 0;
};

COROKIT_EXPLORE(ConditionModel, RandomOperationsMatchTheModel, .search = Search::random, .schedules = 400) {
  Game().play(120);
  co_return;
}

// A buffer with room for one item, made of a mutex and two conditions. Its put() and take() may be dropped.

class Buffer {
 public:
  template <class Random>
  Task<void> put(int item, Random& random) {
    {
      auto guard = co_await items_.lock();
      guard = co_await not_full_.wait(std::move(guard), [](auto& items) { return items.empty(); });
      guard->push_back(item);
      if (random.below(2) == 0) {
        not_empty_.notify_one();
        co_return;
      }
    }
    not_empty_.notify_one();
  }
  Task<int> take() {
    auto guard = co_await items_.lock();
    guard = co_await not_empty_.wait(std::move(guard), [](auto& items) { return !items.empty(); });
    const int item = guard->front();
    guard->pop_front();
    not_full_.notify_one();
    co_return item;
  }
  bool is_idle() {
    const auto guard = items_.try_lock();
    return guard && (*guard)->empty();
  }

 private:
  Mutex<std::deque<int>> items_;
  Condition not_empty_;
  Condition not_full_;
};

struct Shared {
  Buffer buffer;
  std::atomic<std::int64_t> sum{0};
  std::atomic<int> taken{0};
  std::atomic<int> dropped{0};
};

template <class Random>
Task<void> produce(Shared& shared, Random random, int first, int count) {
  for (int i = 0; i < count; ++i) co_await shared.buffer.put(first + i, random);
}

template <class Random>
Task<void> consume(Shared& shared, Random random, int count) {
  for (int i = 0; i < count; ++i) {
    int item = 0;
    if (random.below(2) == 0) {
      item = co_await shared.buffer.take();
    } else {
      auto first = co_await select(biased, shared.buffer.take(), yield_now());
      if (first.index() == 0) {
        item = std::get<0>(first);
      } else {
        ++shared.dropped;
        item = co_await shared.buffer.take();
      }
    }
    shared.sum += item;
    ++shared.taken;
  }
}

Rng random_of(int task, Rng random) {
  return Rng(random.next() + static_cast<std::uint64_t>(task));
}
Chosen random_of(int, Chosen) {
  return {};
}

/// Lets `pairs` producers and consumers pass `each` items a pair through the buffer.
template <class Random>
Task<void> pass_items(Shared& shared, Random random, int pairs, int each) {
  JoinSet<void> all;
  for (int i = 0; i < pairs; ++i) {
    all.spawn(consume(shared, random_of(2 * i, random), each));
    all.spawn(produce(shared, random_of(2 * i + 1, random), 1 + i * each, each));
  }
  while (co_await all.join_next()) {
  }
  const std::int64_t count = std::int64_t{pairs} * each;
  EXPECT_EQ(shared.taken, count);
  EXPECT_EQ(shared.sum, count * (count + 1) / 2);
  EXPECT_TRUE(shared.buffer.is_idle());
}

Task<void> explore_buffer(int pairs, int each) {
  Shared shared;
  co_await pass_items(shared, Chosen{}, pairs, each);
  explorer::reached("a wait was dropped", shared.dropped > 0);
}

COROKIT_EXPLORE(ConditionSchedules, OneProducerAndOneConsumerPassEachItemOnce, .search = Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  co_await explore_buffer(1, 2);
}

COROKIT_EXPLORE(ConditionSchedules, TwoProducersAndTwoConsumersPassEachItemOnce,
                .search = Search::depth_first, .preemptions = 0, .schedules = 50'000) {
  co_await explore_buffer(2, 1);
}

COROKIT_EXPLORE(ConditionSchedules, FiveProducersAndFiveConsumersPassEachItemOnce, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_buffer(5, 4);
}

class ConditionOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(ConditionOn);

TEST_P(ConditionOn, EachItemIsPassedOnce) {
  Shared shared;
  Runtime runtime = make();
  runtime.block_on(pass_items(shared, Rng(1), 4, static_cast<int>(test::scaled(500))));
}

/// Eight tasks wait for an item each, four of which are aborted while the items come. The others all get theirs.
Task<void> abort_some(std::uint64_t seed) {
  Shared shared;
  Rng random(seed);
  std::vector<JoinHandle<int>> staying;
  std::vector<JoinHandle<int>> leaving;
  for (int i = 0; i < 4; ++i) {
    leaving.push_back(spawn(shared.buffer.take()));
    staying.push_back(spawn(shared.buffer.take()));
  }
  auto some = spawn(produce(shared, random_of(1, random), 0, 4));
  for (std::uint32_t turns = random.below(8); turns > 0; --turns) co_await yield_now();
  for (auto& handle : leaving) handle.abort();
  int missing = 0;
  for (auto& handle : leaving) {
    const auto result = co_await handle;
    if (result) ++missing;
  }
  co_await produce(shared, random, 0, missing);
  for (auto& handle : staying) {
    const auto result = co_await handle;
    EXPECT_TRUE(result);
  }
  co_await some;
  EXPECT_TRUE(shared.buffer.is_idle());
}

TEST_P(ConditionOn, AnAbortedWaitLosesNoNotification) {
  Runtime runtime = make();
  for (std::uint64_t round = 0; round < test::scaled(200); ++round) runtime.block_on(abort_some(round));
}

}  // namespace
}  // namespace corokit
