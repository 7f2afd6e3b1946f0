#pragma once
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace corokit::bench {

/// How one task of a load fared. Times count from the beginning of the load.
struct Outcome {
  Outcome() = default;

  Duration arrival{};
  Duration duration{};  ///< what it takes if nobody is in its way
  Duration started{};
  Duration ended{};
  std::optional<Duration> deadline;
  std::size_t preemptions = 0;
};

/// How a whole load fared. Times are in seconds.
struct Metrics {
  double mean_turnaround = 0;  ///< from arrival to end
  double p99_turnaround = 0;   ///< 99 of 100 tasks were over by then
  double mean_slowdown = 0;    ///< turnaround by duration: 1 is as if alone
  double makespan = 0;         ///< from the first arrival to the last end
  double longest_wait = 0;     ///< from arrival to the first slot: starvation shows here
  double missed = 0;           ///< share of the deadlines, in percent
  double jumps = 0;            ///< times that a running task gave way, in 1,000 tasks
};

/// Complexity: O(n log n). Returns: all 0 of no outcomes.
Metrics measure(const std::vector<Outcome>& outcomes);

/// The mean of each. Requires: not empty.
Metrics mean_of(const std::vector<Metrics>& runs);

/// The value that `share` of the values do not exceed (the nearest rank). Requires: 0 < share ≤ 1.
/// Returns: 0 of none.
double percentile(std::vector<double> values, double share);

}  // namespace corokit::bench
