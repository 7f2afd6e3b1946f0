#include "metrics.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace corokit::bench {
namespace {

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

Metrics measure(const std::vector<Outcome>& outcomes) {
  Metrics metrics;
  if (outcomes.empty()) return metrics;
  std::vector<double> turnarounds;
  Duration first = outcomes.front().arrival, last = outcomes.front().ended;
  double deadlines = 0, missed = 0;
  for (const Outcome& outcome : outcomes) {
    turnarounds.push_back(in_seconds(outcome.ended - outcome.arrival));
    metrics.mean_turnaround += turnarounds.back();
    metrics.mean_slowdown += turnarounds.back() / in_seconds(outcome.duration);
    metrics.longest_wait = std::max(metrics.longest_wait, in_seconds(outcome.started - outcome.arrival));
    metrics.preemptions += static_cast<double>(outcome.preemptions);
    first = std::min(first, outcome.arrival);
    last = std::max(last, outcome.ended);
    if (!outcome.deadline) continue;
    ++deadlines;
    if (outcome.ended > *outcome.deadline) ++missed;
  }
  const auto count = static_cast<double>(outcomes.size());
  metrics.mean_turnaround /= count;
  metrics.mean_slowdown /= count;
  metrics.p99_turnaround = percentile(std::move(turnarounds), 0.99);
  metrics.makespan = in_seconds(last - first);
  metrics.missed = deadlines == 0 ? 0 : 100 * missed / deadlines;
  metrics.preemptions *= 1000 / count;
  return metrics;
}

Metrics mean_of(const std::vector<Metrics>& runs) {
  Metrics sum;
  constexpr double Metrics::*kAll[] = {
      &Metrics::mean_turnaround, &Metrics::p99_turnaround, &Metrics::mean_slowdown, &Metrics::makespan,
      &Metrics::longest_wait,    &Metrics::missed,         &Metrics::preemptions};
  for (const auto member : kAll) {
    for (const Metrics& run : runs) sum.*member += run.*member;
    sum.*member /= static_cast<double>(runs.size());
  }
  return sum;
}

}  // namespace corokit::bench
