#include "metrics.hpp"

#include <gtest/gtest.h>
#include <chrono>

namespace corokit::bench {
namespace {

using namespace std::chrono_literals;

Outcome outcome(Duration arrival, Duration started, Duration ended, Duration duration) {
  Outcome made;
  made.arrival = arrival;
  made.started = started;
  made.ended = ended;
  made.duration = duration;
  return made;
}

TEST(Metrics, OfNothingAreZero) {
  EXPECT_EQ(measure({}).mean_turnaround, 0);
  EXPECT_EQ(measure({}).makespan, 0);
}

TEST(Metrics, CountTimesFromTheArrival) {
  const Metrics m = measure({outcome(1s, 1s, 3s, 2s), outcome(2s, 3s, 4s, 1s)});
  EXPECT_DOUBLE_EQ(m.mean_turnaround, 2);
  EXPECT_DOUBLE_EQ(m.mean_slowdown, (1 + 2) / 2.0);
  EXPECT_DOUBLE_EQ(m.longest_wait, 1);
  EXPECT_DOUBLE_EQ(m.makespan, 3) << "from the first arrival to the last end";
}

TEST(Metrics, CountMissesAmongThoseThatHaveADeadline) {
  auto met = outcome(0s, 0s, 2s, 2s), missed = outcome(0s, 2s, 4s, 2s), none = outcome(0s, 4s, 6s, 2s);
  met.deadline = 2s;  // a task that is over at its deadline meets it
  missed.deadline = 3s;
  EXPECT_DOUBLE_EQ(measure({met, missed, none}).missed, 50);
  EXPECT_DOUBLE_EQ(measure({none}).missed, 0);
}

TEST(Metrics, CountPreemptionsInAThousandTasks) {
  auto twice = outcome(0s, 0s, 1s, 1s);
  twice.preemptions = 2;
  EXPECT_DOUBLE_EQ(measure({twice, outcome(0s, 0s, 1s, 1s)}).preemptions, 1000);
}

TEST(Metrics, APercentileIsTheNearestRank) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  EXPECT_EQ(percentile(values, 0.99), 99);
  EXPECT_EQ(percentile(values, 0.5), 50);
  EXPECT_EQ(percentile(values, 1), 100);
  EXPECT_EQ(percentile({7}, 0.01), 7);
  EXPECT_EQ(percentile({}, 0.5), 0);
}

TEST(Metrics, TheTailIsThatOfTheTurnarounds) {
  std::vector<Outcome> outcomes(199, outcome(0s, 0s, 1s, 1s));
  outcomes.push_back(outcome(0s, 0s, 50s, 1s));
  EXPECT_DOUBLE_EQ(measure(outcomes).p99_turnaround, 1);
  outcomes.insert(outcomes.end(), 2, outcome(0s, 0s, 50s, 1s));
  EXPECT_DOUBLE_EQ(measure(outcomes).p99_turnaround, 50);
}

TEST(Metrics, AMeanOfRunsIsTakenOfEach) {
  Metrics a, b;
  a.missed = 1;
  b.missed = 3;
  a.preemptions = 10;
  const Metrics mean = mean_of({a, b});
  EXPECT_DOUBLE_EQ(mean.missed, 2);
  EXPECT_DOUBLE_EQ(mean.preemptions, 5);
}

}  // namespace
}  // namespace corokit::bench
