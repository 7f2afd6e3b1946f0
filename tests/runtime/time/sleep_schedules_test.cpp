// Compares sleeps with a model, which is an ordered list of deadlines.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace corokit {
namespace {

using detail::Rng;

/// A task that sleeps until a deadline.
/// Its Notify tells it to sleep anew, and the sleep that it was in is then dropped.
struct Sleeper {
  std::size_t id = 0;
  Instant deadline;
  Notify reset;
  std::optional<JoinHandle<void>> task;
};

struct Fired {
  std::size_t id;
  Instant at;
};

class Game {
 public:
  explicit Game(std::uint64_t seed) : rng_(seed), simulation_(sim::Options{.seed = seed}) {}

  void play(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) step();
    advance(std::chrono::hours(24 * 365 * 200));
    EXPECT_TRUE(model_.empty());
    EXPECT_EQ(simulation_.alive_tasks(), 0u);
  }
  int resets() const { return resets_; }
  std::size_t fired() const { return all_fired_; }

 private:
  void step() {
    const std::uint32_t dice = rng_.below(10);
    if (dice < 4) return begin();
    if (dice < 8 && !model_.empty()) {
      auto chosen = model_.begin();
      std::advance(chosen, rng_.below(static_cast<std::uint32_t>(model_.size())));
      return dice < 6 ? drop(*chosen->second, chosen) : reset(*chosen->second, chosen);
    }
    // Time advances to a deadline, to just before one, or by a random distance.
    if (dice == 8 && !model_.empty())
      advance(model_.begin()->first - simulation_.now() - Duration(rng_.below(2)));
    else
      advance(random_distance());
  }

  void begin() {
    auto sleeper = std::make_unique<Sleeper>();
    sleeper->id = sleepers_.size();
    sleeper->deadline = simulation_.now() + random_distance();
    sleeper->task.emplace(simulation_.spawn(sleep_in(*this, *sleeper)));
    model_.emplace(sleeper->deadline, sleeper.get());
    sleepers_.push_back(std::move(sleeper));
    simulation_.settle();
  }

  using Place = std::multimap<Instant, Sleeper*>::iterator;
  void drop(Sleeper& sleeper, Place place) {
    model_.erase(place);
    sleeper.task->abort();
    simulation_.settle();
    EXPECT_TRUE(sleeper.task->is_finished());
  }
  void reset(Sleeper& sleeper, Place place) {
    model_.erase(place);
    sleeper.deadline = simulation_.now() + random_distance();
    model_.emplace(sleeper.deadline, &sleeper);
    sleeper.reset.notify_one();
    simulation_.settle();
    ++resets_;
  }

  /// Half of the sleepers use select(), and half use timeout().
  /// Both drop the sleep when the sleeper is told to sleep anew.
  static Task<void> sleep_in(Game& game, Sleeper& sleeper) {
    for (bool over = false; !over;) {
      if (sleeper.id % 2 == 0) {
        const auto first = co_await select(sleep_until(sleeper.deadline), sleeper.reset.notified());
        over = first.index() == 0;
      } else {
        const auto in_time = co_await timeout_at(sleeper.deadline, sleeper.reset.notified());
        over = !in_time;
      }
    }
    game.fired_.push_back({sleeper.id, now()});
  }

  void advance(Duration duration) {
    const Instant end = simulation_.now() + duration;
    fired_.clear();
    simulation_.advance(duration);
    EXPECT_EQ(simulation_.now(), end);
    std::vector<std::pair<Instant, std::size_t>> expected;
    while (!model_.empty() && model_.begin()->first <= end) {
      expected.emplace_back(model_.begin()->first, model_.begin()->second->id);
      model_.erase(model_.begin());
    }
    ASSERT_EQ(fired_.size(), expected.size());
    all_fired_ += fired_.size();
    std::vector<std::pair<Instant, std::size_t>> fired;
    for (const Fired& one : fired_) fired.emplace_back(one.at, one.id);
    // The sleepers woke in the order of their deadlines and exactly at them.
    // Those with the same deadline may wake in any order.
    EXPECT_TRUE(std::ranges::is_sorted(fired_, {}, &Fired::at));
    std::ranges::sort(fired);
    std::ranges::sort(expected);
    EXPECT_EQ(fired, expected);
  }

  /// Returns: one of a few short distances, so that several sleeps are due together, or one on any level of a timer
  ///   wheel.
  Duration random_distance() {
    if (rng_.below(2) == 0) return Duration(1 + rng_.below(8) * 1000);
    return Duration(1 + static_cast<std::int64_t>(rng_.next() >> (8 + rng_.below(50))));
  }

  Rng rng_;
  std::vector<std::unique_ptr<Sleeper>> sleepers_;
  sim::Simulation simulation_;
  std::multimap<Instant, Sleeper*> model_;
  std::vector<Fired> fired_;
  std::size_t all_fired_ = 0;
  int resets_ = 0;
};

TEST(SleepModel, RandomSleepsResetsAndDropsFireAsAnOrderedListDoes) {
  int resets = 0;
  std::size_t fired = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Game game(seed);
    game.play(100);
    resets += game.resets();
    fired += game.fired();
  }
  EXPECT_GT(resets, 1000);
  EXPECT_GT(fired, 4000u);
}

}  // namespace
}  // namespace corokit
