// Compares the read-write lock with a model, and runs its queue over many schedules.
#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Chosen;
using test::Probe;
using Held = std::variant<RwLockReadGuard<int>, RwLockWriteGuard<int>>;

Task<Held> lock_it(RwLock<int>& lock, bool writes) {
  if (writes) co_return co_await lock.write();
  co_return co_await lock.read();
}

/// The model of a read-write lock knows its holders, and has a queue whose head nobody overtakes. A wait that was
/// granted counts as a holder, whether or not it has continued since.
struct Model {
  struct Waiter {
    int id;
    bool writes;
  };
  std::size_t max_readers = 0;
  std::size_t readers = 0;
  bool writer = false;
  std::deque<Waiter> queue;
  std::vector<int> granted;

  bool has_room(bool writes) const { return !writer && (writes ? readers == 0 : readers < max_readers); }
  void enter(bool writes) {
    if (writes)
      writer = true;
    else
      ++readers;
  }
  void leave(bool writes) {
    if (writes)
      writer = false;
    else
      --readers;
    admit();
  }
  void admit() {
    for (; !queue.empty() && has_room(queue.front().writes); queue.pop_front()) {
      enter(queue.front().writes);
      granted.push_back(queue.front().id);
    }
  }
};

class Game {
 public:
  explicit Game(std::size_t max_readers) : lock_(0, max_readers) { model_.max_readers = max_readers; }

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      const auto& granted = model_.granted;
      for (const Waiting& one : waiting_)
        ASSERT_EQ(one.probe->is_woken(), std::count(granted.begin(), granted.end(), one.id) == 1);
    }
  }
  int downgrades() const { return downgrades_; }

 private:
  struct Waiting {
    int id;
    bool writes;
    std::unique_ptr<Probe<Task<Held>>> probe;
  };

  void step() {
    const std::uint32_t dice = Chosen::below(9);
    if (dice < 3) return wait(dice == 2);
    if (dice == 3) return try_lock(Chosen::below(2) == 0);
    if (dice == 4) return release();
    if (dice == 5) return downgrade();
    dice == 6 ? drop_a_wait() : take_a_grant();
  }

  void wait(bool writes) {
    Waiting one{next_id_++, writes, std::make_unique<Probe<Task<Held>>>(lock_it(lock_, writes))};
    const bool ready = one.probe->poll();
    ASSERT_EQ(ready, model_.queue.empty() && model_.has_room(writes));
    if (ready) {
      model_.enter(writes);
      hold(one);
    } else {
      model_.queue.push_back({one.id, writes});
      waiting_.push_back(std::move(one));
    }
  }

  void try_lock(bool writes) {
    const bool expected = model_.queue.empty() && model_.has_room(writes);
    if (writes) {
      auto guard = lock_.try_write();
      ASSERT_EQ(guard.has_value(), expected);
      if (guard) writer_.emplace(std::move(*guard));
    } else {
      auto guard = lock_.try_read();
      ASSERT_EQ(guard.has_value(), expected);
      if (guard) readers_.push_back(std::move(*guard));
    }
    if (expected) model_.enter(writes);
  }

  void release() {
    if (writer_) {
      writer_.reset();
      model_.leave(true);
    } else if (!readers_.empty()) {
      std::swap(readers_[pick(readers_)], readers_.back());
      readers_.pop_back();
      model_.leave(false);
    }
  }

  void downgrade() {
    if (!writer_) return;
    readers_.push_back(std::move(*writer_).downgrade());
    writer_.reset();
    model_.enter(false);  // before it leaves as a writer, so that no writer gets in between
    model_.leave(true);
    ++downgrades_;
  }

  void drop_a_wait() {
    if (waiting_.empty()) return;
    std::swap(waiting_[pick(waiting_)], waiting_.back());
    const int id = waiting_.back().id;
    const bool writes = waiting_.back().writes;
    waiting_.pop_back();
    if (std::erase(model_.granted, id) > 0) return model_.leave(writes);
    std::erase_if(model_.queue, [id](const auto& waiter) { return waiter.id == id; });
    model_.admit();  // admits the readers behind a dropped writer
  }

  void take_a_grant() {
    const auto woken =
        std::find_if(waiting_.begin(), waiting_.end(), [](auto& one) { return one.probe->is_woken(); });
    if (woken == waiting_.end()) return;
    ASSERT_TRUE(woken->probe->poll());
    ASSERT_EQ(std::erase(model_.granted, woken->id), 1u);
    hold(*woken);
    waiting_.erase(woken);
  }

  /// Keeps the guard of a wait that is over. A writer counts the writers in the value.
  void hold(Waiting& one) {
    Held held = one.probe->take();
    if (one.writes) {
      ASSERT_FALSE(writer_);
      writer_.emplace(std::get<1>(std::move(held)));
      EXPECT_EQ((**writer_)++, writes_++);
    } else {
      readers_.push_back(std::get<0>(std::move(held)));
      EXPECT_EQ(*readers_.back(), writes_);
    }
  }

  template <class List>
  std::size_t pick(const List& list) {
    return Chosen::below(static_cast<std::uint32_t>(list.size()));
  }

  RwLock<int> lock_;
  Model model_;
  int next_id_ = 0;
  int writes_ = 0;
  int downgrades_ = 0;
  std::optional<RwLockWriteGuard<int>> writer_;
  std::vector<RwLockReadGuard<int>> readers_;
  std::vector<Waiting> waiting_;  // is destroyed first, because waits that were granted release their locks
};

COROKIT_EXPLORE(RwLockModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 300) {
  Game game(1 + explorer::choose(4));
  game.play(120);
  explorer::reached("locks are downgraded", game.downgrades() > 1);
  co_return;
}

struct Visit {
  int number;
  bool writes;
};

Task<void> come(RwLock<int>& lock, Visit visit, std::vector<Visit>& entered) {
  const Held guard = co_await lock_it(lock, visit.writes);
  entered.push_back(visit);
  co_await yield_now();
}

/// Visitors queue up in order while the lock is held, and write or read as the schedule chooses.
Task<void> explore_queue(int visitors) {
  RwLock<int> lock(0);
  std::vector<Visit> entered;
  JoinSet<void> all;
  auto closed = lock.try_write();
  int writers = 0;
  for (int i = 0; i < visitors; ++i) {
    const bool writes = explorer::choose(2) == 1;
    writers += writes;
    all.spawn(come(lock, {i, writes}, entered));
    co_await sleep(1ms);  // until it waits
  }
  closed.reset();
  while (co_await all.join_next()) {
  }
  EXPECT_EQ(entered.size(), static_cast<std::size_t>(visitors));
  const bool in_order = std::ranges::is_sorted(entered, {}, &Visit::number);
  explorer::reached("readers enter in another order", !in_order);
  // The readers between two writers run in any order. Sorted, they are those that came between these writers.
  for (auto begin = entered.begin(); begin != entered.end();) {
    const auto end = std::find_if(begin, entered.end(), [](const Visit& visit) { return visit.writes; });
    std::ranges::sort(begin, end, {}, &Visit::number);
    begin = end == entered.end() ? end : end + 1;
  }
  EXPECT_TRUE(std::ranges::is_sorted(entered, {}, &Visit::number));
}

COROKIT_EXPLORE(RwLockSchedules, NobodyOvertakesAQueuedWriter, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  co_await explore_queue(4);
}

COROKIT_EXPLORE(RwLockSchedules, NobodyOfTwelveOvertakesAQueuedWriter, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_queue(12);
}

}  // namespace
}  // namespace corokit
