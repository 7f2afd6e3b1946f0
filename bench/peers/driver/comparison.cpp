#include "comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corokit::peers {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Summary summarise(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  Summary summary;
  summary.runs = values.size();
  summary.median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  if (summary.median != 0) summary.spread = (values.back() - values.front()) / std::abs(summary.median);
  return summary;
}

Comparison::Comparison(std::size_t programs, std::vector<std::size_t> tokio)
    : programs_(programs), tokio_(std::move(tokio)) {}

void Comparison::add(std::size_t program, const Metric& metric) {
  const auto [place, is_new] =
      samples_.try_emplace(metric.name, Samples{metric.unit, std::vector<std::vector<double>>(programs_)});
  if (is_new) order_.push_back(metric.name);
  place->second.values.at(program).push_back(metric.value);
}

std::vector<Row> Comparison::rows() const {
  std::vector<Row> rows;
  for (const std::string& name : order_) {
    const Samples& samples = samples_.at(name);
    Row row{name, samples.unit, {}};
    for (const auto& values : samples.values)
      row.programs.push_back(values.empty() ? Summary{} : summarise(values));
    rows.push_back(std::move(row));
  }
  return rows;
}

double Comparison::tokio_of(const Row& row) const {
  double best = 0;
  for (const std::size_t program : tokio_) {
    const Summary& summary = row.programs[program];
    if (summary.runs != 0 && (best == 0 || summary.median < best)) best = summary.median;
  }
  return best;
}

double Comparison::ratio(const Row& row) const {
  const double tokio = tokio_of(row);
  if (row.ours().runs == 0 || !(tokio > 0)) return kNone;
  return row.ours().median / tokio;
}

bool counts(const Row& row) {
  return row.unit != "%";
}

bool is_time(const Row& row) {
  return counts(row) && row.unit != "B/task";
}

}  // namespace corokit::peers
