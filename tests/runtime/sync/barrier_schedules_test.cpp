// Compares the barrier with a model, and runs it with tasks that give up, over many schedules.
#include <corokit/explore_test.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Chosen;
using namespace std::chrono_literals;
using explorer::Search;
using Wait = test::Probe<detail::BarrierAwaiter>;

/// The model of a barrier is a number: how many tasks of this generation have arrived. Each wait belongs to a
/// generation, and only the end of that generation may wake it.
class Game {
 public:
  explicit Game(std::size_t parties) : parties_(parties), barrier_(parties) {}

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      const std::uint32_t dice = Chosen::below(5);
      if (dice < 3)
        arrive();
      else
        poll_or_drop(dice == 3);
      for (const Arrival& one : arrivals_)
        EXPECT_EQ(one.wait->wake_count(), one.generation < generation_ ? 1u : 0u);
    }
  }
  std::uint64_t generations() const { return generation_; }

 private:
  struct Arrival {
    std::uint64_t generation;
    std::unique_ptr<Wait> wait;
  };

  void arrive() {
    auto wait = std::make_unique<Wait>(barrier_.wait());
    const bool is_last = here_ + 1 == parties_;
    ASSERT_EQ(wait->poll(), is_last);
    if (is_last) {
      EXPECT_TRUE(wait->take().is_leader());
      here_ = 0;
      ++generation_;
    } else {
      arrivals_.push_back({generation_, std::move(wait)});
      ++here_;
    }
  }

  void poll_or_drop(bool drops) {
    if (arrivals_.empty()) return;
    std::swap(arrivals_[Chosen::below(static_cast<std::uint32_t>(arrivals_.size()))], arrivals_.back());
    Arrival& one = arrivals_.back();
    const bool is_over = one.generation < generation_;
    if (!drops) {
      ASSERT_EQ(one.wait->poll(), is_over);
      if (!is_over) return;
      EXPECT_FALSE(one.wait->take().is_leader());
    } else if (!is_over) {
      --here_;  // it was dropped in time, so it counts as not arrived
    }
    arrivals_.pop_back();
  }

  const std::size_t parties_;
  Barrier barrier_;
  std::size_t here_ = 0;
  std::uint64_t generation_ = 0;
  std::vector<Arrival> arrivals_;
};

COROKIT_EXPLORE(BarrierModel, RandomArrivalsAndDropsMatchTheModel, .search = explorer::Search::random,
                .schedules = 150) {
  Game game(2 + explorer::choose(5));
  game.play(200);
  EXPECT_GT(game.generations(), 3U);
  co_return;
}

// These tasks arrive, and may give up before their generation is complete.

struct Crowd {
  explicit Crowd(int size) : parties(size), barrier(static_cast<std::size_t>(size)) {}
  const int parties;
  Barrier barrier;
  int present = 0;  // tasks that wait, or do not know yet that they do not
  int leaders = 0;
  int followers = 0;  // waits that ended without leading
  int gave_up = 0;
};

Task<void> arrive_repeatedly(Crowd& crowd, int visits) {
  for (; visits > 0; --visits) {
    bool is_leader = false;
    ++crowd.present;
    if (explorer::choose(2) == 1) {
      const auto first = co_await select(crowd.barrier.wait(), yield_now());
      if (first.index() == 1) {
        ++crowd.gave_up;
        --crowd.present;
        continue;
      }
      is_leader = std::get<0>(first).is_leader();
    } else {
      is_leader = (co_await crowd.barrier.wait()).is_leader();
    }
    if (is_leader) {
      EXPECT_GE(crowd.present, crowd.parties);
    }
    --crowd.present;
    ++(is_leader ? crowd.leaders : crowd.followers);
  }
}

Task<void> explore_crowd(int parties, int tasks, int visits) {
  Crowd crowd(parties);
  JoinSet<void> all;
  for (int i = 0; i < tasks; ++i) all.spawn(arrive_repeatedly(crowd, visits));
  co_await sleep(1ms);  // until nobody can go on: the last generation may never be complete
  // A task that gives up while its generation completes may still count for it, so fewer tasks may follow a leader than
  // wait with it. A leader never gives up, because its wait is over at once, and yield_now() is not.
  EXPECT_LE(crowd.followers, crowd.leaders * (parties - 1));
  EXPECT_LE(crowd.leaders + crowd.followers + crowd.gave_up, tasks * visits);
  explorer::reached("somebody gave up, and others met", crowd.gave_up > 0 && crowd.leaders > 0);
  explorer::reached("somebody counted for a generation, and gave up",
                    crowd.followers < crowd.leaders * (parties - 1));
  all.abort_all();
  while (co_await all.join_next()) {
  }
}

COROKIT_EXPLORE(BarrierSchedules, EachGenerationOfTwoHasOneLeaderWhoeverGivesUp,
                .search = Search::depth_first, .preemptions = 2, .schedules = 50'000) {
  co_await explore_crowd(2, 3, 1);
}

COROKIT_EXPLORE(BarrierSchedules, EachGenerationOfThreeHasOneLeaderWhoeverGivesUp, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_crowd(3, 6, 5);
}

}  // namespace
}  // namespace corokit
