#include "load.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

constexpr Durations kAll[] = {Durations::exponential, Durations::bimodal, Durations::heavy_tailed};

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

LoadShape shape_of(Durations durations, std::size_t tasks) {
  LoadShape shape;
  shape.durations = durations;
  shape.tasks = tasks;
  return shape;
}

double mean_duration(const std::vector<Job>& jobs) {
  double sum = 0;
  for (const Job& job : jobs) sum += in_seconds(job.duration);
  return sum / static_cast<double>(jobs.size());
}

TEST(Load, TheSameSeedGivesTheSameLoad) {
  const auto first = generate(LoadShape{}), again = generate(LoadShape{});
  ASSERT_EQ(first.size(), 1000u);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].arrival, again[i].arrival);
    EXPECT_EQ(first[i].duration, again[i].duration);
    EXPECT_EQ(first[i].deadline, again[i].deadline);
  }
}

TEST(Load, ASeedDecidesTheNumbersWhateverTheLibrary) {
  // If these numbers change, all published numbers change.
  const auto jobs = generate(shape_of(Durations::exponential, 3));
  const std::vector<std::int64_t> microseconds = {jobs[0].duration / 1us, jobs[1].duration / 1us,
                                                  jobs[2].duration / 1us, jobs[2].arrival / 1us};
  EXPECT_EQ(microseconds, (std::vector<std::int64_t>{132'384, 499'249, 396'563, 374'699}));
}

TEST(Load, AnotherSeedGivesAnotherLoad) {
  LoadShape other;
  other.seed = 2;
  const auto jobs = generate(LoadShape{}), others = generate(other);
  std::size_t same = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) same += jobs[i].duration == others[i].duration ? 1 : 0;
  EXPECT_LT(same, 10u);
}

TEST(Load, StaysWithinTheBoundsOfTheOrchestrator) {
  for (const Durations durations : kAll) {
    LoadShape shape = shape_of(durations, 20'000);
    shape.estimate_error = 4;
    std::set<std::uint32_t> ids;
    for (const Job& job : generate(shape)) {
      EXPECT_TRUE(ids.insert(job.id).second);
      EXPECT_GE(job.duration, 1ms);
      EXPECT_LE(job.duration, 60s);
      EXPECT_GE(job.estimate, 1ms);
      EXPECT_LE(job.estimate, 60s);
      EXPECT_GE(job.priority, 1u);
      EXPECT_LE(job.priority, 10u);
    }
  }
}

TEST(Load, DurationsHaveAMeanOf200Milliseconds) {
  EXPECT_NEAR(mean_duration(generate(shape_of(Durations::exponential, 100'000))), 0.2, 0.005);
  EXPECT_NEAR(mean_duration(generate(shape_of(Durations::bimodal, 100'000))), 0.2, 0.01);
  EXPECT_NEAR(mean_duration(generate(shape_of(Durations::heavy_tailed, 100'000))), 0.2, 0.04);
}

TEST(Load, ABimodalDurationIsOneOfTwo) {
  std::map<Duration, int> seen;
  for (const Job& job : generate(shape_of(Durations::bimodal, 10'000))) ++seen[job.duration];
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NEAR(seen[50ms], 9000, 150);
  EXPECT_NEAR(seen[1550ms], 1000, 150);
}

TEST(Load, OfAHeavyTailTheTopHundredthIsAThirdOfTheWork) {
  auto jobs = generate(shape_of(Durations::heavy_tailed, 100'000));
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.duration > b.duration; });
  double top = 0;
  for (std::size_t i = 0; i < 1000; ++i) top += in_seconds(jobs[i].duration);
  EXPECT_GT(top / (mean_duration(jobs) * 100'000), 0.33);
}

TEST(Load, AllAtOnceMeansNobodyArrivesLater) {
  LoadShape shape;
  shape.utilisation.reset();
  for (const Job& job : generate(shape)) EXPECT_EQ(job.arrival, 0ns);
}

TEST(Load, PoissonArrivalsAskForTheWantedShareOfTheWorkers) {
  for (const double utilisation : {0.5, 0.9}) {
    LoadShape shape = shape_of(Durations::heavy_tailed, 50'000);
    shape.utilisation = utilisation;
    const auto jobs = generate(shape);
    const double work = mean_duration(jobs) * static_cast<double>(jobs.size());
    EXPECT_NEAR(work / (in_seconds(jobs.back().arrival) * 4), utilisation, 0.02);
    EXPECT_TRUE(std::is_sorted(jobs.begin(), jobs.end(),
                               [](const Job& a, const Job& b) { return a.arrival < b.arrival; }));
  }
}

TEST(Load, PoissonArrivalsHaveExponentialGaps) {
  const auto jobs = generate(shape_of(Durations::exponential, 50'000));
  double sum = 0, squares = 0;
  for (std::size_t i = 1; i < jobs.size(); ++i) {
    const double gap = in_seconds(jobs[i].arrival - jobs[i - 1].arrival);
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / static_cast<double>(jobs.size() - 1);
  const double variance = squares / static_cast<double>(jobs.size() - 1) - mean * mean;
  EXPECT_NEAR(std::sqrt(variance) / mean, 1, 0.03);  // that of an exponential distribution
}

TEST(Load, ExactEstimatesAreExact) {
  for (const Job& job : generate(LoadShape{})) EXPECT_EQ(job.estimate, job.duration);
}

TEST(Load, EstimatesAreOffByUpToTheFactorEitherWay) {
  LoadShape shape = shape_of(Durations::bimodal, 10'000);
  shape.estimate_error = 4;
  double least = 1, most = 1;
  for (const Job& job : generate(shape)) {
    const double error = in_seconds(job.estimate) / in_seconds(job.duration);
    least = std::min(least, error);
    most = std::max(most, error);
  }
  EXPECT_NEAR(least, 0.25, 0.01);
  EXPECT_NEAR(most, 4, 0.1);
}

TEST(Load, AnErrorOfTheEstimatesChangesNothingElse) {
  LoadShape shape;
  shape.estimate_error = 4;
  const auto exact = generate(LoadShape{}), wrong = generate(shape);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    EXPECT_EQ(exact[i].duration, wrong[i].duration);
    EXPECT_EQ(exact[i].arrival, wrong[i].arrival);
    EXPECT_EQ(exact[i].deadline, wrong[i].deadline);
  }
}

TEST(Load, DeadlinesLeaveTimeForTheTask) {
  std::size_t with_deadline = 0;
  for (const Job& job : generate(shape_of(Durations::exponential, 10'000))) {
    if (!job.deadline) continue;
    ++with_deadline;
    EXPECT_GE(*job.deadline, job.arrival + job.duration + job.duration / 2);
  }
  EXPECT_NEAR(static_cast<double>(with_deadline), 5000, 200);
}

TEST(Load, OfOneWorkerAllDeadlinesCanBeMetInTheirOrder) {
  // With one worker and all tasks there at once, earliest deadline first is known to be optimal.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    LoadShape shape = shape_of(Durations::heavy_tailed, 500);
    shape.workers = 1;
    shape.utilisation.reset();
    shape.with_deadline = 1;
    shape.seed = seed;
    auto jobs = generate(shape);
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return *a.deadline < *b.deadline; });
    Duration time{};
    for (const Job& job : jobs) EXPECT_LE(time += job.duration, *job.deadline) << "seed " << seed;
  }
}

}  // namespace
}  // namespace corokit::bench
