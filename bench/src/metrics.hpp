#pragma once
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace corokit::bench {

/// When one task of a load started and ended. Times are counted from the beginning of the load.
struct Outcome {
  Outcome() = default;

  Duration arrival{};
  Duration duration{};  ///< how long the task takes alone
  Duration started{};
  Duration ended{};
  std::optional<Duration> deadline;
  std::size_t preemptions = 0;
};

/// The measures of a load. Times are in seconds.
struct Metrics {
  double mean_turnaround = 0;  ///< from arrival to end
  double p99_turnaround = 0;   ///< the turnaround that 99 % of the tasks do not exceed
  double mean_slowdown = 0;    ///< turnaround divided by duration: 1 if the task never waited
  double makespan = 0;         ///< from the first arrival to the last end
  double longest_wait = 0;     ///< from arrival to the first slot; starvation shows here
  double missed = 0;           ///< the share of the deadlines that were missed, in percent
  double preemptions = 0;      ///< how often a running task gave way, per 1,000 tasks
};

/// Returns: the measures of a load, by the outcomes of its tasks; all are 0 if there are none.
/// Complexity: O(n).
Metrics measure(const std::vector<Outcome>& outcomes);

/// Returns: the mean of each measure.
/// Requires: `runs` is not empty.
Metrics mean_of(const std::vector<Metrics>& runs);

/// Returns: the value that this share of the values does not exceed (the nearest rank); 0 if there are no values.
/// Requires: 0 < share ≤ 1.
double percentile(std::vector<double> values, double share);

}  // namespace corokit::bench
