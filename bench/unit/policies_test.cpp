// Tests what the page says about policies. Virtual time gives the same numbers on any machine.
#include "runner.hpp"
#include "tested_policy.hpp"

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

TEST(Policies, EveryTaskGetsItsTimeAfterItsArrival) {
  const auto jobs = generate(poisson(Durations::exponential, 0.9));
  for (const TestedPolicy& policy : {kFifo, kShortest, kPriority, kDeadline, kCombined}) {
    const auto outcomes = run_load(jobs, policy, 4);
    ASSERT_EQ(outcomes.size(), jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      EXPECT_GE(outcomes[i].started, jobs[i].arrival) << policy.name;
      EXPECT_GE(outcomes[i].ended - outcomes[i].started, jobs[i].duration) << policy.name;
    }
  }
}

TEST(Policies, TheWorkersAreNeverMoreThanAllowed) {
  const auto jobs = generate(all_at_once(Durations::exponential));
  const double makespan = measure(run_load(jobs, kFifo, 4)).makespan;
  Duration work{};
  for (const Job& job : jobs) work += job.duration;
  EXPECT_GE(makespan, std::chrono::duration<double>(work).count() / 4);
}

TEST(Policies, TheSameLoadGivesTheSameOutcome) {
  const auto jobs = generate(poisson(Durations::heavy_tailed, 0.9));
  const Metrics first = measure(run_load(jobs, kCombined, 4)), again = measure(run_load(jobs, kCombined, 4));
  EXPECT_EQ(first.mean_turnaround, again.mean_turnaround);
  EXPECT_EQ(first.preemptions, again.preemptions);
}

TEST(Policies, ShortestFirstHasTheBestMeanAmongThoseThatDoNotInterrupt) {
  Runner runner(5);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed})
    for (const LoadShape& load : {poisson(durations, 0.9), all_at_once(durations)}) {
      const double best = runner(load, kShortest).mean_turnaround;
      EXPECT_LT(best, runner(load, kFifo).mean_turnaround);
      EXPECT_LT(best, runner(load, kPriority).mean_turnaround);
      EXPECT_LT(best, runner(load, without_preemption(kDeadline)).mean_turnaround);
    }
}

TEST(Policies, FirstComeFirstServedHasTheShortestLongestWait) {
  Runner runner(5);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = poisson(durations, 0.9);
    for (const TestedPolicy& other : {kShortest, kPriority, kCombined})
      EXPECT_LT(runner(load, kFifo).longest_wait, runner(load, other).longest_wait) << other.name;
  }
}

TEST(Policies, StealingMendsWrongEstimates) {
  Runner runner(5);
  LoadShape load = poisson(Durations::exponential, 0.8);
  load.estimate_error = 4;
  for (const TestedPolicy& policy : {kFifo, kShortest, kPriority, kCombined})
    EXPECT_LT(runner(load, policy).mean_turnaround, runner(load, without_stealing(policy)).mean_turnaround)
        << policy.name;
}

TEST(Policies, TheCombinedPolicyMissesAtMostOneDeadlineInTwentyAt90Percent) {
  Runner runner(10);
  for (const Durations durations : {Durations::exponential, Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = poisson(durations, 0.9);
    EXPECT_EQ(runner.feasible(load, kDeadline).missed, 0);
    EXPECT_LE(runner.feasible(load, kCombined).missed, 5);
    EXPECT_GT(runner.feasible(load, kPriority).missed, 5) << "the load would be no test";
  }
}

TEST(Policies, OnlyADeadlineInterrupts) {
  Runner runner(5);
  const LoadShape load = poisson(Durations::bimodal, 0.9);
  EXPECT_GT(runner(load, kCombined).preemptions, 0);
  EXPECT_GT(runner(load, kDeadline).preemptions, 0);
  for (const TestedPolicy& policy : {kFifo, kShortest, kPriority, without_preemption(kCombined)})
    EXPECT_EQ(runner(load, policy).preemptions, 0) << policy.name;
}

TEST(Policies, EvenARoughGuessOfWhatIsShortIsWorthALot) {
  Runner runner(5);
  LoadShape load = all_at_once(Durations::heavy_tailed);
  load.estimate_error = 4;
  EXPECT_LT(runner(load, kShortest).mean_slowdown, runner(load, kFifo).mean_slowdown / 2);
  EXPECT_LT(runner(all_at_once(Durations::heavy_tailed), kShortest).mean_slowdown,
            runner(load, kShortest).mean_slowdown);
}

TEST(Policies, ShortestFirstLeavesTheLongestForTheEnd) {
  Runner runner(5);
  const LoadShape load = all_at_once(Durations::heavy_tailed);
  EXPECT_GT(runner(load, kShortest).makespan, runner(load, kFifo).makespan);
}

TEST(Policies, NoMakespanBeatsTheBound) {
  Runner runner(3);
  for (const Durations durations : {Durations::bimodal, Durations::heavy_tailed}) {
    const LoadShape load = all_at_once(durations);
    for (const TestedPolicy& policy : {kFifo, kShortest, kCombined})
      EXPECT_GE(runner(load, policy).makespan, runner.least_makespan(load));
  }
}

}  // namespace
}  // namespace corokit::bench
