#include "comparison.hpp"
#include "bars.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <cmath>

namespace corokit::peers {
namespace {

constexpr std::size_t kOurs = 0, kTokio = 1, kJemalloc = 2, kAsio = 3;

Comparison four_programs() {
  return Comparison(4, {kTokio, kJemalloc});
}

Row only_row(const Comparison& comparison) {
  const auto rows = comparison.rows();
  EXPECT_EQ(rows.size(), 1u);
  return rows.at(0);
}

const Bar& find(const std::vector<Bar>& all, const std::string& beginning) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Bar& bar) {
    return bar.name.compare(0, beginning.size(), beginning) == 0;
  });
  if (found == all.end()) throw std::logic_error("no bar " + beginning);
  return *found;
}

TEST(Summary, IsTheMedianAndTheSpread) {
  EXPECT_EQ(summarise({3, 1, 2}).median, 2);
  EXPECT_EQ(summarise({4, 1, 2, 3}).median, 2.5);
  EXPECT_EQ(summarise({10, 8, 12}).spread, 0.4);
  EXPECT_EQ(summarise({7}).spread, 0);
  EXPECT_EQ(summarise({0, 0}).spread, 0);
}

TEST(Comparison, RatioIsToTheBetterTokioAndNobodyElse) {
  Comparison comparison = four_programs();
  comparison.add(kOurs, {"same.mt", "ns/op", 30});
  comparison.add(kTokio, {"same.mt", "ns/op", 60});
  comparison.add(kJemalloc, {"same.mt", "ns/op", 40});
  comparison.add(kAsio, {"same.mt", "ns/op", 1});
  EXPECT_EQ(comparison.ratio(only_row(comparison)), 0.75);
}

TEST(Comparison, HasNoRatioWhereSomebodyIsMissing) {
  Comparison only_ours = four_programs(), only_tokio = four_programs();
  only_ours.add(kOurs, {"same.mt", "ns/op", 30});
  only_tokio.add(kTokio, {"same.mt", "ns/op", 30});
  EXPECT_TRUE(std::isnan(only_ours.ratio(only_row(only_ours))));
  EXPECT_TRUE(std::isnan(only_tokio.ratio(only_row(only_tokio))));
}

TEST(Comparison, KeepsTheOrderInWhichMetricsCame) {
  Comparison comparison = four_programs();
  for (const char* metric : {"z.mt", "a.mt", "z.mt"}) comparison.add(kOurs, {metric, "ns/op", 1});
  const auto rows = comparison.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].metric, "z.mt");
  EXPECT_EQ(rows[0].ours().runs, 2u);
}

TEST(Bars, MeanCountsAWorkloadOnceHoweverManyMetricsItHas) {
  Comparison comparison = four_programs();
  const auto add = [&](const char* metric, const char* unit, double ours, double tokio) {
    comparison.add(kOurs, {metric, unit, ours});
    comparison.add(kTokio, {metric, unit, tokio});
  };
  add("one.mt", "ns/op", 1, 4);       // 4 times as fast
  add("two.mt.call", "ns/op", 1, 2);  // 2 and 8 times, 4 on average
  add("two.mt.done", "ns/op", 1, 8);
  add("share.mt.seen", "%", 1, 1000);  // not a time
  add("mem.mt", "B/task", 1, 1000);    // not a time either
  EXPECT_NEAR(times_as_fast(comparison), 4, 1e-9);
  EXPECT_TRUE(std::isnan(times_as_fast(four_programs())));
}

TEST(Bars, SlowerRowsAreSortedByTheirRatio) {
  Comparison comparison = four_programs();
  for (const auto& [metric, tokio] : {std::pair{"a_bit.mt", 70.}, std::pair{"twice.mt", 40.}}) {
    comparison.add(kOurs, {metric, "ns/op", 80});
    comparison.add(kTokio, {metric, "ns/op", tokio});
  }
  comparison.add(kOurs, {"fine.mt", "ns/op", 1});
  comparison.add(kTokio, {"fine.mt", "ns/op", 2});
  const auto slower = slower_rows(comparison);
  ASSERT_EQ(slower.size(), 2u);
  EXPECT_EQ(slower[0].metric, "twice.mt");
  const Bar worst = find(bars(comparison), "no workload slower");
  EXPECT_EQ(worst.measured, 2);
  EXPECT_FALSE(worst.holds());
}

TEST(Bars, ProcessorTimeOfAWaveIsThatOfBothItsParts) {
  Comparison comparison = four_programs();
  for (const auto& [metric, ours, tokio] : {std::tuple{"sleep_1m_wave.mt.setup_cpu", 100., 300.},
                                            std::tuple{"sleep_1m_wave.mt.fire_cpu", 300., 500.}}) {
    comparison.add(kOurs, {metric, "cpu-ns/op", ours});
    comparison.add(kTokio, {metric, "cpu-ns/op", tokio});
  }
  const auto all = bars(comparison);
  const Bar& wave = find(all, "sleep_1m_wave: processor time for tokio's, mt");
  EXPECT_EQ(wave.measured, 0.5);
  EXPECT_TRUE(wave.holds());
  EXPECT_FALSE(find(all, "sleep_1m_wave: processor time for tokio's, ct").is_measured());
}

TEST(Bars, LinearMeansThatAMillionCostNoMoreEach) {
  Comparison comparison = four_programs();
  comparison.add(kOurs, {"orch_fu.mt", "ns/op", 100});
  comparison.add(kOurs, {"orch_fu_1m.mt", "ns/op", 160});
  const auto all = bars(comparison);
  const Bar& linear = find(all, "orch_fu: a task among a million for one among 100,000, mt");
  EXPECT_EQ(linear.measured, 1.6);
  EXPECT_FALSE(linear.holds());
}

}  // namespace
}  // namespace corokit::peers
