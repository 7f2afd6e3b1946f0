// What the PriorityOrchestrator foresees: corrected estimates, and the latest start that meets all deadlines.
#include <corokit/orchestrator/detail/priority_forecast.hpp>
#include <corokit/orchestrator/detail/priority_ranking.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <random>

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::Estimates;
using detail::LatestStart;

TEST(Estimates, StayAsTheyAreUntilSomethingIsMeasured) {
  EXPECT_EQ(Estimates().cautious(3, 40ms), 40ms);
}

TEST(Estimates, StayAsTheyAreWhileTheyAreRight) {
  Estimates estimates;
  for (int i = 0; i < 100; ++i) estimates.learn(3, 40ms, 40ms);
  EXPECT_EQ(estimates.cautious(3, 70ms), 70ms);
}

TEST(Estimates, ApproachASteadyRatio) {
  for (const int times : {1, 2, 3, 4, 8, 12, 16}) {  // quarters
    Estimates estimates;
    for (int i = 0; i < 200; ++i) estimates.learn(3, 40ms, 10ms * times);
    const double factor = static_cast<double>(estimates.cautious(3, 1s).count()) / 1e9;
    EXPECT_NEAR(factor, times / 4.0, 0.01);
  }
}

TEST(Estimates, CountAsFourTimesOffAtMost) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(3, 1ms, 1h);
  EXPECT_EQ(estimates.cautious(3, 100ms), 400ms);
  Estimates lower;
  for (int i = 0; i < 200; ++i) lower.learn(3, 1h, 0ms);
  EXPECT_GE(lower.cautious(3, 100ms), 25ms);
}

TEST(Estimates, ThatCannotBeTrustedGetMoreThanTheirMean) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(3, 10ms, i % 2 == 0 ? 5ms : 15ms);
  EXPECT_GT(estimates.cautious(3, 10ms), 15ms);
}

TEST(Estimates, OfOnePrioritySayNothingOfAnotherThatHasItsOwn) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(1, 10ms, 40ms);
  EXPECT_GT(estimates.cautious(2, 10ms), 35ms);  // it has none
  for (int i = 0; i < 200; ++i) estimates.learn(2, 10ms, 10ms);
  EXPECT_LT(estimates.cautious(2, 10ms), 11ms);
  EXPECT_GT(estimates.cautious(1, 10ms), 39ms);
}

/// The same, by looking at every task each time.
class SlowLatestStart {
 public:
  struct Item {
    Instant due{};
    Duration work{0};
    bool waits = false;
    bool counts = false;
  };
  SlowLatestStart(std::size_t size, std::size_t machines)
      : items(size), machines_(static_cast<LatestStart::Time>(machines)) {}

  LatestStart::Time get() const {
    LatestStart::Time least = LatestStart::kNever;
    LatestStart::Time before = 0;
    for (const Item& item : items) {
      if (!item.counts) continue;
      const auto work = item.work.count();
      if (item.waits) least = std::min(least, item.due.time_since_epoch().count() - work - before);
      before += (work + machines_ - 1) / machines_;
    }
    return least;
  }

  std::vector<Item> items;

 private:
  LatestStart::Time machines_;
};

TEST(LatestStart, IsNeverIfNothingWaits) {
  LatestStart latest(5, 2);
  EXPECT_EQ(latest.get(), LatestStart::kNever);
  latest.wait(3, Instant(10s), 1s);
  EXPECT_EQ(latest.get(), Duration(9s).count());
  latest.run(3);
  EXPECT_EQ(latest.get(), LatestStart::kNever);
  EXPECT_EQ(LatestStart(0, 1).get(), LatestStart::kNever);
}

TEST(LatestStart, CountsTheWorkBeforeEachDeadlineSharedByTheMachines) {
  LatestStart latest(3, 2);
  latest.wait(0, Instant(10s), 4s);
  latest.wait(1, Instant(11s), 4s);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 2s).count());
  latest.wait(2, Instant(11s), 4s);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 4s).count());
  latest.run(0);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 4s).count());
  latest.forget(0);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 2s).count());
}

TEST(LatestStart, AgreesWithASlowOneAfterEveryOfManyRandomChanges) {
  for (std::uint32_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::size_t size = 1 + random() % 40;
    const std::size_t machines = 1 + random() % 5;
    LatestStart latest(size, machines);
    SlowLatestStart slow(size, machines);
    for (int change = 0; change < 200; ++change) {
      const std::size_t i = random() % size;
      auto& item = slow.items[i];
      switch (random() % 4) {
        case 0:
          item.waits = item.counts = false;
          latest.forget(i);
          break;
        case 1:
          item.waits = false;
          latest.run(i);
          break;
        case 2:
          for (auto& each : slow.items) each.work = each.work * (1 + random() % 20) / 10;
          latest.rebuild([&](std::size_t place) {
            const auto& of = slow.items[place];
            LatestStart::Demand demand;
            demand.due = of.due;
            demand.work = of.work;
            demand.counts = of.counts;
            demand.waits = of.waits;
            return demand;
          });
          break;
        default:
          item = {Instant(Duration(random())), Duration(random() % 1'000'000), true, true};
          latest.wait(i, item.due, item.work);
      }
      ASSERT_EQ(latest.get(), slow.get());
    }
  }
}

TEST(Extremes, KnowWhereTheLeastAndTheMostIs) {
  detail::Extremes<int> extremes(4, 0);
  EXPECT_EQ(extremes.least(), 0u);
  extremes.set(0, 5);
  extremes.set(2, 9);
  extremes.set(3, -1);
  EXPECT_EQ(extremes.least(), 3u);
  EXPECT_EQ(extremes.most(), 2u);
  extremes.set(2, -2);
  EXPECT_EQ(extremes.least(), 2u);
  EXPECT_EQ(extremes.most(), 0u);
  EXPECT_EQ(extremes[0], 5);
}

}  // namespace
}  // namespace corokit
