// What the page tells students is true: virtual time gives the same numbers everywhere.
#include "contest.hpp"
#include "lab.hpp"

#include <gtest/gtest.h>
#include <chrono>
#include <numeric>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

LoadShape poisson(Durations durations, double utilisation) {
  LoadShape shape;
  shape.durations = durations;
  shape.utilisation = utilisation;
  shape.tasks = 500;
  return shape;
}

LoadShape all_at_once(Durations durations) {
  LoadShape shape = poisson(durations, 1);
  shape.utilisation.reset();
  return shape;
}

TEST(Contest, EveryTaskGetsItsTimeAfterItsArrival) {
  const auto jobs = generate(poisson(Durations::exponential, 0.9));
  for (const Contender& contender : {kFifo, kShortest, kPriority, kDeadline, kOracle}) {
    const auto outcomes = play(jobs, contender, 4);
    ASSERT_EQ(outcomes.size(), jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      EXPECT_GE(outcomes[i].started, jobs[i].arrival) << contender.name;
      EXPECT_GE(outcomes[i].ended - outcomes[i].started, jobs[i].duration) << contender.name;
    }
  }
}

TEST(Contest, TheWorkersAreNeverMoreThanAllowed) {
  const auto jobs = generate(all_at_once(Durations::exponential));
  const double makespan = measure(play(jobs, kFifo, 4)).makespan;
  Duration work{};
  for (const Job& job : jobs) work += job.duration;
  EXPECT_GE(makespan, std::chrono::duration<double>(work).count() / 4);
}

TEST(Contest, TheSameLoadGivesTheSameOutcome) {
  const auto jobs = generate(poisson(Durations::heavy_tailed, 0.9));
  const Metrics first = measure(play(jobs, kOracle, 4)), again = measure(play(jobs, kOracle, 4));
  EXPECT_EQ(first.mean_turnaround, again.mean_turnaround);
  EXPECT_EQ(first.jumps, again.jumps);
}

TEST(Contest, ShortestFirstHasTheBestMeanAmongThoseThatDoNotInterrupt) {
  Lab lab(5);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed})
    for (const LoadShape& load : {poisson(durations, 0.9), all_at_once(durations)}) {
      const double best = lab(load, kShortest).mean_turnaround;
      EXPECT_LT(best, lab(load, kFifo).mean_turnaround);
      EXPECT_LT(best, lab(load, kPriority).mean_turnaround);
      EXPECT_LT(best, lab(load, without_preemption(kDeadline)).mean_turnaround);
    }
}

TEST(Contest, FirstComeFirstServedHasTheShortestLongestWait) {
  Lab lab(5);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = poisson(durations, 0.9);
    for (const Contender& other : {kShortest, kPriority, kOracle})
      EXPECT_LT(lab(load, kFifo).longest_wait, lab(load, other).longest_wait) << other.name;
  }
}

TEST(Contest, StealingMendsWrongEstimates) {
  Lab lab(5);
  LoadShape load = poisson(Durations::exponential, 0.8);
  load.estimate_error = 4;
  for (const Contender& contender : {kFifo, kShortest, kPriority, kOracle})
    EXPECT_LT(lab(load, contender).mean_turnaround, lab(load, without_stealing(contender)).mean_turnaround)
        << contender.name;
}

TEST(Contest, TheOracleMissesAtMostOneDeadlineInTwentyAt90Percent) {
  Lab lab(10);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = poisson(durations, 0.9);
    EXPECT_EQ(lab.feasible(load, kDeadline).missed, 0);
    EXPECT_LE(lab.feasible(load, kOracle).missed, 5);
    EXPECT_GT(lab.feasible(load, kPriority).missed, 5) << "the load would be no test";
  }
}

TEST(Contest, OnlyADeadlineInterrupts) {
  Lab lab(5);
  const LoadShape load = poisson(Durations::bimodal, 0.9);
  EXPECT_GT(lab(load, kOracle).jumps, 0);
  EXPECT_GT(lab(load, kDeadline).jumps, 0);
  for (const Contender& contender : {kFifo, kShortest, kPriority, without_preemption(kOracle)})
    EXPECT_EQ(lab(load, contender).jumps, 0) << contender.name;
}

TEST(Contest, EvenARoughGuessOfWhatIsShortIsWorthALot) {
  Lab lab(5);
  LoadShape load = all_at_once(Durations::heavy_tailed);
  load.estimate_error = 4;
  EXPECT_LT(lab(load, kShortest).mean_slowdown, lab(load, kFifo).mean_slowdown / 2);
  EXPECT_LT(lab(all_at_once(Durations::heavy_tailed), kShortest).mean_slowdown,
            lab(load, kShortest).mean_slowdown);
}

TEST(Contest, ShortestFirstLeavesTheLongestForTheEnd) {
  Lab lab(5);
  const LoadShape load = all_at_once(Durations::heavy_tailed);
  EXPECT_GT(lab(load, kShortest).makespan, lab(load, kFifo).makespan);
}

TEST(Contest, NoMakespanBeatsTheBound) {
  Lab lab(3);
  for (const Durations durations : {Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = all_at_once(durations);
    for (const Contender& contender : {kFifo, kShortest, kOracle})
      EXPECT_GE(lab(load, contender).makespan, lab.least_makespan(load));
  }
}

}  // namespace
}  // namespace corokit::bench
