#include "bars.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace corokit::peers {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The rows, by name.
class Found {
 public:
  explicit Found(const Comparison& comparison) : comparison_(comparison), rows_(comparison.rows()) {}

  /// Returns: our value of a metric; NaN if there is none.
  double ours(const std::string& metric) const {
    const Row* row = find(metric);
    return row && row->ours().runs != 0 ? row->ours().median : kNone;
  }
  double theirs(const std::string& metric) const {
    const Row* row = find(metric);
    const double tokio = row ? comparison_.tokio_of(*row) : 0;
    return tokio > 0 ? tokio : kNone;
  }
  /// Returns: the sum of our values of some metrics, divided by that of tokio.
  double share(const std::vector<std::string>& metrics) const {
    double mine = 0, tokio = 0;
    for (const std::string& metric : metrics) {
      mine += ours(metric);
      tokio += theirs(metric);
    }
    return mine / tokio;
  }

 private:
  const Row* find(const std::string& metric) const {
    const auto row =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& one) { return one.metric == metric; });
    return row == rows_.end() ? nullptr : &*row;
  }

  const Comparison& comparison_;
  std::vector<Row> rows_;
};

double worst_ratio(const Comparison& comparison) {
  double worst = kNone;
  for (const Row& row : comparison.rows())
    if (counts(row)) worst = std::fmax(worst, comparison.ratio(row));  // fmax ignores NaN
  return worst;
}

void add_bars_of_mode(std::vector<Bar>& all, const Found& found, const std::string& mode) {
  const auto most = [&](const std::string& what, double measured, double wanted) {
    all.push_back({what + ", " + mode, measured, wanted, false});
  };
  const std::string wave = "sleep_1m_wave." + mode;
  most("sleep_1m_simple: processor time for tokio's", found.share({"sleep_1m_simple." + mode + ".cpu"}), 0.5);
  most("sleep_1m_wave: processor time for tokio's", found.share({wave + ".setup_cpu", wave + ".fire_cpu"}),
       0.5);
  // The cost is linear, except that caches hold a hundred thousand tasks but not a million.
  most("orch_fu: a task among a million for one among 100,000",
       found.ours("orch_fu_1m." + mode) / found.ours("orch_fu." + mode), 1.5);
}

}  // namespace

std::vector<Bar> bars(const Comparison& comparison) {
  std::vector<Bar> all;
  all.push_back(
      {"no workload slower than tokio: the worst, ours for theirs", worst_ratio(comparison), 1, false});
  all.push_back({"times as fast as tokio, geometric mean", times_as_fast(comparison), 3, true});
  const Found found(comparison);
  for (const char* mode : {"mt", "ct"}) add_bars_of_mode(all, found, mode);
  return all;
}

double times_as_fast(const Comparison& comparison) {
  struct Sum {
    double logarithms = 0;
    int metrics = 0;
  };
  std::map<std::string, Sum> workloads;
  for (const Row& row : comparison.rows()) {
    const double ratio = comparison.ratio(row);
    if (!is_time(row) || !(ratio > 0)) continue;
    const MetricName name(row.metric);
    Sum& sum = workloads[name.workload + "." + name.mode];
    sum.logarithms += std::log(ratio);
    ++sum.metrics;
  }
  if (workloads.empty()) return kNone;
  double all = 0;
  for (const auto& [name, sum] : workloads) all += sum.logarithms / sum.metrics;
  return std::exp(-all / static_cast<double>(workloads.size()));
}

std::vector<Row> slower_rows(const Comparison& comparison) {
  std::vector<Row> slower;
  for (const Row& row : comparison.rows())
    if (counts(row) && comparison.ratio(row) > 1) slower.push_back(row);
  std::sort(slower.begin(), slower.end(),
            [&](const Row& a, const Row& b) { return comparison.ratio(a) > comparison.ratio(b); });
  return slower;
}

}  // namespace corokit::peers
