// Compares the semaphore with a model, and plays it on every schedule within bounds, at random, and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::Rng;
using explorer::Search;
using test::Chosen;
using Acquire = detail::AcquireAwaiter<Semaphore*>;

/// The model of a semaphore: its free permits and a queue.
struct Model {
  struct Waiter {
    int id;
    std::size_t missing;
    std::size_t wanted;
  };
  std::size_t available = 0;
  std::deque<Waiter> queue;
  std::vector<int> granted;
  bool closed = false;

  void give(std::size_t permits) {
    while (!queue.empty()) {
      const std::size_t part = std::min(permits, queue.front().missing);
      permits -= part;
      if ((queue.front().missing -= part) > 0) return;
      granted.push_back(queue.front().id);
      queue.pop_front();
    }
    available += permits;
  }
  bool leave(int id) {
    const auto place = std::find_if(queue.begin(), queue.end(), [id](const Waiter& w) { return w.id == id; });
    if (place == queue.end()) return false;
    const std::size_t collected = place->wanted - place->missing;
    queue.erase(place);
    give(collected);
    return true;
  }
};

/// Plays random operations on a semaphore and on its model, and compares the two after each operation.
class Game {
 public:
  explicit Game(std::size_t permits) : semaphore_(permits) { model_.available = permits; }

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      compare();
    }
    waiting_.clear();
    held_.clear();
  }

 private:
  struct Waiting {
    int id;
    std::size_t wanted;
    std::unique_ptr<test::Probe<Acquire>> probe;
  };

  void step() {
    switch (Chosen::below(model_.closed ? 6 : 7)) {
      case 0:
        return acquire(Chosen::below(5));
      case 1:
        return try_acquire(Chosen::below(5));
      case 2:
        return release();
      case 3:
        return drop_a_wait();
      case 4:
        return take_a_grant();
      case 5:
        return change_the_number();
      default:
        if (Chosen::below(20) == 0) close();
    }
  }

  void acquire(std::size_t wanted) {
    auto probe = std::make_unique<test::Probe<Acquire>>(semaphore_.acquire_many(wanted));
    probe->poll();
    if (model_.closed) {
      ASSERT_TRUE(probe->is_ready());
      EXPECT_FALSE(probe->take());
    } else if (wanted == 0 || model_.available >= wanted) {
      ASSERT_TRUE(probe->is_ready());
      model_.available -= wanted;
      held_.push_back(std::move(*probe->take()));
    } else {
      ASSERT_FALSE(probe->is_ready());
      model_.queue.push_back({next_id_, wanted - model_.available, wanted});
      model_.available = 0;
      waiting_.push_back({next_id_++, wanted, std::move(probe)});
    }
  }

  void try_acquire(std::size_t wanted) {
    auto permit = semaphore_.try_acquire_many(wanted);
    ASSERT_EQ(permit.has_value(), !model_.closed && model_.available >= wanted);
    if (!permit) return;
    model_.available -= wanted;
    held_.push_back(std::move(*permit));
  }

  void release() {
    if (held_.empty()) return;
    std::swap(held_[Chosen::below(static_cast<std::uint32_t>(held_.size()))], held_.back());
    const std::size_t permits = held_.back().num_permits();
    held_.pop_back();
    if (permits > 0) model_.give(permits);
  }

  void drop_a_wait() {
    if (waiting_.empty()) return;
    std::swap(waiting_[Chosen::below(static_cast<std::uint32_t>(waiting_.size()))], waiting_.back());
    Waiting dropped = std::move(waiting_.back());
    waiting_.pop_back();
    dropped.probe.reset();
    if (model_.leave(dropped.id)) return;
    if (std::erase(model_.granted, dropped.id) > 0) model_.give(dropped.wanted);
  }

  void take_a_grant() {
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (!waiting_[i].probe->is_woken()) continue;
      ASSERT_TRUE(waiting_[i].probe->poll());
      auto permit = waiting_[i].probe->take();
      const bool granted = std::erase(model_.granted, waiting_[i].id) > 0;
      ASSERT_EQ(permit.has_value(), granted);
      if (permit) held_.push_back(std::move(*permit));
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
  }

  void change_the_number() {
    const std::size_t permits = Chosen::below(4);
    if (Chosen::below(2) == 0) {
      semaphore_.add_permits(permits);
      model_.give(permits);
    } else {
      const std::size_t forgotten = std::min(permits, model_.available);
      EXPECT_EQ(semaphore_.forget_permits(permits), forgotten);
      model_.available -= forgotten;
    }
  }

  void close() {
    semaphore_.close();
    model_.closed = true;
    while (!model_.queue.empty()) {
      model_.available += model_.queue.front().wanted - model_.queue.front().missing;
      model_.queue.pop_front();
    }
  }

  void compare() {
    EXPECT_EQ(semaphore_.available_permits(), model_.available);
    EXPECT_EQ(semaphore_.is_closed(), model_.closed);
    for (const Waiting& waiter : waiting_) {
      const auto& queue = model_.queue;
      const bool is_queued =
          std::any_of(queue.begin(), queue.end(), [&](auto& w) { return w.id == waiter.id; });
      EXPECT_EQ(waiter.probe->wake_count(), is_queued ? 0u : 1u);
    }
  }

  Semaphore semaphore_;
  Model model_;
  int next_id_ = 0;
  std::vector<Waiting> waiting_;
  std::vector<SemaphorePermit> held_;
};

COROKIT_EXPLORE(SemaphoreModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 500) {
  Game(explorer::choose(7)).play(120);
  co_return;
}

// Many tasks share a few permits, and some give up while they wait.

struct Club {
  explicit Club(std::size_t size) : permits(size), door(size) {}
  void enter(std::size_t guests) {
    const std::size_t now = inside.fetch_add(guests) + guests;
    if (now > permits) ++overfull;
    std::size_t seen = most.load();
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
  }
  void leave(std::size_t guests) { inside.fetch_sub(guests); }

  const std::size_t permits;
  Semaphore door;
  std::atomic<std::size_t> inside{0};
  std::atomic<std::size_t> most{0};
  std::atomic<int> overfull{0};
  std::atomic<int> visits{0};
  std::atomic<int> gave_up{0};
};

template <class Random>
Task<void> visit(Club& club, Random random, int times) {
  for (int i = 0; i < times; ++i) {
    const std::size_t guests = 1 + random.below(static_cast<std::uint32_t>(club.permits));
    if (random.below(2) == 0) {
      auto first = co_await select(club.door.acquire_many(guests), yield_now());
      if (first.index() == 1) {
        ++club.gave_up;
        continue;
      }
      club.enter(guests);
      co_await yield_now();
      club.leave(guests);
    } else {
      auto permit = co_await club.door.acquire_many(guests);
      club.enter(guests);
      co_await yield_now();
      club.leave(guests);
    }
    ++club.visits;
  }
}

Task<void> explore_club(std::size_t permits, int guests, int times) {
  Club club(permits);
  JoinSet<void> all;
  for (int i = 0; i < guests; ++i) all.spawn(visit(club, Chosen{}, times));
  while (co_await all.join_next()) {
  }
  EXPECT_EQ(club.overfull, 0);
  EXPECT_EQ(club.visits + club.gave_up, guests * times);
  EXPECT_EQ(club.door.available_permits(), permits);
  explorer::reached("the club was full", club.most == permits);
  explorer::reached("somebody gave up", club.gave_up > 0);
}

COROKIT_EXPLORE(SemaphoreSchedules, HoldersOfThreeVisitsNeverExceedThePermitsAndNoneIsLost,
                .search = Search::depth_first, .preemptions = 1, .schedules = 100'000) {
  co_await explore_club(2, 3, 1);
}

COROKIT_EXPLORE(SemaphoreSchedules, HoldersOf48VisitsNeverExceedThePermitsAndNoneIsLost,
                .search = Search::random, .schedules = 1'000) {
  co_await explore_club(3, 8, 6);
}

Task<void> come_in_order(Semaphore& door, int number, std::vector<int>& entered) {
  auto permit = co_await door.acquire_many(2 + static_cast<std::size_t>(number) % 2);
  entered.push_back(number);
  co_await yield_now();
}

COROKIT_EXPLORE(SemaphoreSchedules, WaitersAreServedInTheOrderOfArrival, .search = Search::depth_first) {
  Semaphore door(0);
  std::vector<int> entered;
  JoinSet<void> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.spawn(come_in_order(door, i, entered));
    co_await sleep(1ms);  // until all wait: they queue up in this order
  }
  for (int i = 0; i < 3; ++i) {
    door.add_permits(1);
    if (explorer::choose(2) == 0) co_await sleep(1ms);
  }
  while (co_await waiters.join_next()) {
  }
  // Two tasks need more permits than the three that there are, so they enter one by one.
  EXPECT_EQ(entered, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(door.available_permits(), 3U);
}

Task<void> acquire_until_closed(Semaphore& semaphore, int& rounds) {
  for (;;) {
    auto permit = co_await semaphore.acquire();
    if (!permit) co_return;
    ++rounds;
    co_await yield_now();
  }
}

COROKIT_EXPLORE(SemaphoreSchedules, CloseEndsEveryLoopOfAcquireAndRelease, .search = Search::depth_first,
                .preemptions = 1, .schedules = 50'000) {
  Semaphore semaphore(1);
  int rounds = 0;
  JoinSet<void> loops;
  for (int i = 0; i < 3; ++i) loops.spawn(acquire_until_closed(semaphore, rounds));
  for (std::size_t i = explorer::choose(5); i > 0; --i) co_await yield_now();
  semaphore.close();
  const int at_close = rounds;
  while (co_await loops.join_next()) {
  }
  EXPECT_LE(rounds, at_close + 1);  // one loop may have been granted the permit before
  EXPECT_EQ(semaphore.available_permits(), 1U);
  explorer::reached("a loop had been granted the permit", rounds == at_close + 1);
  explorer::reached("no loop had begun", rounds == 0);
}

TEST(SemaphoreThreads, HoldersNeverExceedThePermitsAndNoneIsLost) {
  Club club(5);
  auto runtime = Runtime::multi_thread(4);
  auto root = [](Club& shared) -> Task<void> {
    JoinSet<void> all;
    for (std::uint64_t i = 0; i < 200; ++i) all.spawn(visit(shared, Rng(i), 50));
    while (co_await all.join_next()) {
    }
  };
  runtime.block_on(root(club));
  EXPECT_EQ(club.overfull, 0);
  EXPECT_EQ(club.visits + club.gave_up, 10'000);
  EXPECT_EQ(club.door.available_permits(), 5u);
}

Task<void> hold_briefly(std::shared_ptr<Semaphore> semaphore) {
  auto permit = co_await Semaphore::acquire_owned(std::move(semaphore));
  co_await yield_now();
}

TEST(SemaphoreThreads, AbortedWaitersAndHoldersLoseNoPermit) {
  auto runtime = Runtime::multi_thread(4);
  auto semaphore = std::make_shared<Semaphore>(2);
  auto root = [](std::shared_ptr<Semaphore> shared) -> Task<void> {
    for (int round = 0; round < 50; ++round) {
      JoinSet<void> tasks;
      for (int i = 0; i < 20; ++i) {
        AbortHandle abort = tasks.spawn(hold_briefly(shared));
        if (i % 3 == 0) abort.abort();
      }
      if (round % 2 == 0) tasks.abort_all();
      while (co_await tasks.join_next()) {
      }
      EXPECT_EQ(shared->available_permits(), 2u);
    }
  };
  runtime.block_on(root(semaphore));
  EXPECT_EQ(semaphore.use_count(), 1);
}

TEST(SemaphoreThreads, APermitPublishesWhatItsHolderWrote) {
  auto runtime = Runtime::multi_thread(4);
  auto root = []() -> Task<int> {
    Semaphore semaphore(1);
    int plain = 0;
    auto add = [](Semaphore& guard, int& counter) -> Task<void> {
      for (int i = 0; i < 500; ++i) {
        auto permit = co_await guard.acquire();
        ++counter;
      }
    };
    JoinSet<void> tasks;
    for (int i = 0; i < 8; ++i) tasks.spawn(add(semaphore, plain));
    while (co_await tasks.join_next()) {
    }
    co_return plain;
  };
  EXPECT_EQ(runtime.block_on(root()), 4000);
}

}  // namespace
}  // namespace corokit
