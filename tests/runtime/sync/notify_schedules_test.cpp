// Compares Notify with a model, and runs it over many schedules and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using detail::NotifiedAwaiter;
using detail::Rng;
using explorer::Search;
using test::Chosen;
using test::Probe;

// The model is a queue of waits and one remembered notification.

struct Waiting {
  int id;
  std::unique_ptr<Probe<NotifiedAwaiter>> probe;
  bool begun;
};

class Game {
 public:
  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      for (const Waiting& one : waiting_)
        if (one.begun) {
          EXPECT_EQ(one.probe->wake_count(), is_queued(one.id) ? 0u : 1u);
        }
    }
  }

 private:
  enum class Grant { by_one, by_last, by_all };

  void step() {
    switch (Chosen::below(7)) {
      case 0:
      case 1:
        waiting_.push_back({next_id_++, std::make_unique<Probe<NotifiedAwaiter>>(notify_.notified()), false});
        return;
      case 2:
        notify_.notify_one();
        return grant_one(Grant::by_one);
      case 3:
        notify_.notify_last();
        return grant_one(Grant::by_last);
      case 4:
        if (Chosen::below(4) != 0) return;
        notify_.notify_waiters();
        for (int id : line_) grants_.push_back({id, Grant::by_all});
        line_.clear();
        for (const Waiting& one : waiting_)
          if (!one.begun && !is_granted(one.id)) grants_.push_back({one.id, Grant::by_all});
        return;
      default:
        return poll_or_drop();
    }
  }

  void grant_one(Grant how) {
    if (line_.empty()) {
      remembered_ = true;
    } else if (how == Grant::by_one) {
      grants_.push_back({line_.front(), how});
      line_.pop_front();
    } else {
      grants_.push_back({line_.back(), how});
      line_.pop_back();
    }
  }

  void poll_or_drop() {
    if (waiting_.empty()) return;
    std::swap(waiting_[Chosen::below(static_cast<std::uint32_t>(waiting_.size()))], waiting_.back());
    if (Chosen::below(2) == 0) return drop();
    Waiting& one = waiting_.back();
    bool expected = take_grant(one.id).has_value();
    if (!expected && !one.begun) expected = std::exchange(remembered_, false);
    ASSERT_EQ(one.probe->poll(), expected);
    if (!expected && !one.begun) line_.push_back(one.id);
    one.begun = true;
    if (expected) waiting_.pop_back();
  }

  void drop() {
    const int id = waiting_.back().id;
    waiting_.pop_back();
    std::erase(line_, id);
    if (auto grant = take_grant(id); grant && *grant != Grant::by_all) grant_one(*grant);
  }

  bool is_queued(int id) const { return std::find(line_.begin(), line_.end(), id) != line_.end(); }
  bool is_granted(int id) const {
    return std::any_of(grants_.begin(), grants_.end(), [id](auto& grant) { return grant.first == id; });
  }
  std::optional<Grant> take_grant(int id) {
    for (auto it = grants_.begin(); it != grants_.end(); ++it) {
      if (it->first != id) continue;
      const Grant how = it->second;
      grants_.erase(it);
      return how;
    }
    return std::nullopt;
  }

  Notify notify_;
  std::vector<Waiting> waiting_;
  std::deque<int> line_;
  std::vector<std::pair<int, Grant>> grants_;
  bool remembered_ = false;
  int next_id_ = 0;
};

COROKIT_EXPLORE(NotifyModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 400) {
  Game().play(120);
  co_return;
}

// Many tasks pass one notification around. Each time one task takes it and passes it on.
// Dropped waits must not lose it.

struct Relay {
  Notify baton;
  std::atomic<int> handed{0};
  std::atomic<int> holders{0};
  std::atomic<int> collisions{0};
  std::atomic<int> drops{0};
};

template <class Random>
Task<void> run_leg(Relay& relay, Random random, int legs) {
  for (; legs > 0; --legs) {
    if (random.below(2) == 0) {
      const auto first = co_await select(relay.baton.notified(), yield_now());
      if (first.index() == 1) {
        ++relay.drops;
        co_await relay.baton.notified();
      }
    } else {
      co_await relay.baton.notified();
    }
    if (++relay.holders > 1) ++relay.collisions;
    co_await yield_now();
    --relay.holders;
    ++relay.handed;
    random.below(2) == 0 ? relay.baton.notify_one() : relay.baton.notify_last();
  }
}

Rng random_of(int runner, Rng random) {
  return Rng(random.next() + static_cast<std::uint64_t>(runner));
}
Chosen random_of(int, Chosen) {
  return {};
}

template <class Random>
Task<void> run_relay(Relay& relay, Random random, int runners, int legs) {
  JoinSet<void> all;
  for (int i = 0; i < runners; ++i) all.spawn(run_leg(relay, random_of(i, random), legs));
  relay.baton.notify_one();
  while (co_await all.join_next()) {
  }
  co_await relay.baton.notified();  // the notification is still remembered
}

Task<void> explore_relay(int runners, int legs) {
  Relay relay;
  co_await run_relay(relay, Chosen{}, runners, legs);
  EXPECT_EQ(relay.handed, runners * legs);
  EXPECT_EQ(relay.collisions, 0);
  explorer::reached("a wait was dropped", relay.drops > 0);
}

COROKIT_EXPLORE(NotifySchedules, ANotificationIsTakenByOneOfTwoAndNeverLost, .search = Search::depth_first,
                .preemptions = 2, .schedules = 50'000) {
  co_await explore_relay(2, 1);
}

COROKIT_EXPLORE(NotifySchedules, ANotificationIsTakenByOneOfThreeAndNeverLost, .search = Search::depth_first,
                .preemptions = 0, .schedules = 50'000) {
  co_await explore_relay(3, 1);
}

COROKIT_EXPLORE(NotifySchedules, ANotificationIsTakenByOneOfFiveAndNeverLost, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_relay(5, 5);
}

TEST(NotifyThreads, ANotificationIsTakenByOneAndNeverLost) {
  Relay relay;
  Runtime::multi_thread(4).block_on(run_relay(relay, Rng(1), 16, 200));
  EXPECT_EQ(relay.handed, 3200);
  EXPECT_EQ(relay.collisions, 0);
}

Task<void> wait_for_open(Notify& notify, std::atomic<bool>& open, int& plain) {
  auto opened = notify.notified();  // created before the check, so that it misses no notify_waiters()
  if (!open.load()) co_await opened;
  EXPECT_EQ(plain, 1);
}

TEST(NotifyThreads, AWaitCreatedBeforeTheCheckMissesNoNotifyWaiters) {
  auto root = []() -> Task<void> {
    for (int round = 0; round < 200; ++round) {
      Notify notify;
      std::atomic<bool> open{false};
      int plain = 0;
      JoinSet<void> all;
      for (int i = 0; i < 8; ++i) all.spawn(wait_for_open(notify, open, plain));
      if (round % 2 == 0) co_await yield_now();
      plain = 1;
      open = true;
      notify.notify_waiters();
      while (co_await all.join_next()) {
      }
    }
  };
  Runtime::multi_thread(4).block_on(root());
}

}  // namespace
}  // namespace corokit
