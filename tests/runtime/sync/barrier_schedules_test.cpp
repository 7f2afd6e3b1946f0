// Compares the barrier with a model, and runs it with tasks that give up, over many schedules.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using detail::Rng;
using Wait = test::Probe<detail::BarrierAwaiter>;

/// The model of a barrier is a number: how many tasks of this generation have arrived. Each wait belongs to a
/// generation, and only the end of that generation may wake it.
class Game {
 public:
  Game(std::uint64_t seed, std::size_t parties) : rng_(seed), parties_(parties), barrier_(parties) {}

  void play(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      const std::uint32_t dice = rng_.below(5);
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
    std::swap(arrivals_[rng_.below(static_cast<std::uint32_t>(arrivals_.size()))], arrivals_.back());
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

  Rng rng_;
  const std::size_t parties_;
  Barrier barrier_;
  std::size_t here_ = 0;
  std::uint64_t generation_ = 0;
  std::vector<Arrival> arrivals_;
};

TEST(BarrierModel, RandomArrivalsAndDropsMatchTheModel) {
  for (std::uint64_t seed = 0; seed < 150 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Game game(seed, 2 + seed % 5);
    game.play(200);
    EXPECT_GT(game.generations(), 3u);
  }
}

// These tasks arrive, and may give up before their generation is complete.

struct Crowd {
  static constexpr int kParties = 3;
  Barrier barrier{kParties};
  int leaders = 0;
  int followers = 0;  // waits that ended without leading
  int gave_up = 0;
};

Task<void> arrive_repeatedly(Crowd& crowd, std::uint64_t seed, int visits) {
  Rng rng(seed);
  while (visits > 0) {
    bool is_leader = false;
    if (rng.below(3) == 0) {
      const auto first = co_await select(biased, crowd.barrier.wait(), yield_now());
      if (first.index() == 1) {
        ++crowd.gave_up;
        continue;
      }
      is_leader = std::get<0>(first).is_leader();
    } else {
      is_leader = (co_await crowd.barrier.wait()).is_leader();
    }
    ++(is_leader ? crowd.leaders : crowd.followers);
    --visits;
  }
}

TEST(BarrierSchedules, EachGenerationHasOneLeaderWhoeverGivesUpOver200Seeds) {
  int gave_up = 0;
  for (std::uint64_t seed = 0; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Crowd crowd;
    sim::Simulation simulation(sim::Options{.seed = seed});
    std::vector<JoinHandle<void>> tasks;
    for (std::uint64_t i = 0; i < 6; ++i)
      tasks.push_back(simulation.spawn(arrive_repeatedly(crowd, seed * 10 + i, 5)));
    simulation.settle();
    // A task that gives up while its generation completes may still count for it, so fewer than two tasks may follow a
    // leader. A leader never gives up, because its wait is over at once and is the first operand of its select.
    EXPECT_LE(crowd.followers, crowd.leaders * (Crowd::kParties - 1));
    EXPECT_LE(crowd.leaders + crowd.followers, 30);
    EXPECT_GT(crowd.leaders, 0);
    gave_up += crowd.gave_up;
    for (auto& task : tasks) task.abort();
    simulation.settle();
  }
  EXPECT_GT(gave_up, 0);
}

}  // namespace
}  // namespace corokit
