#pragma once
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace corokit {

/// Learns, for each priority, how long tasks take compared with their estimates: the mean of this ratio, and how far
/// measurements are from it.
///
/// Thread-safety: one thread.
/// Complexity: O(1).
/// Source: the retransmission timer of TCP (mean and deviation, RFC 6298).
class Estimates {
 public:
  /// Returns: how long a task is likely to take at most. An estimate that was right so far stays as it is; the less
  ///   the estimates of a priority can be trusted, the more is added.
  Duration cautious(unsigned priority, Duration estimate) const {
    const Ratio& ratio = ratios_[ratios_[priority].seen > 0 ? priority : kAll];
    const double factor = std::min(ratio.mean + kCaution * ratio.deviation, kLimit);
    return Duration(static_cast<Duration::rep>(static_cast<double>(estimate.count()) * factor));
  }
  /// A task of this priority and estimate has taken `actual`.
  void learn(unsigned priority, Duration estimate, Duration actual) {
    const double measured = static_cast<double>(actual.count()) / static_cast<double>(estimate.count());
    for (const std::size_t i : {std::size_t{priority}, kAll})
      ratios_[i].learn(std::clamp(measured, 1.0 / kLimit, kLimit));
  }

 private:
  static constexpr double kLimit = 4;     // the greatest factor by which an estimate counts as wrong
  static constexpr double kCaution = 2;   // how many deviations are added
  static constexpr double kWeight = 0.1;  // the least weight of the newest measurement
  static constexpr std::size_t kAll = 0;  // the ratio of all priorities, used for those without measurements

  struct Ratio {
    double mean = 1;
    double deviation = 0;
    int seen = 0;
    void learn(double measured) {
      ++seen;  // the estimate itself counts as a first measurement
      const double weight = std::max(kWeight, 1.0 / (seen + 1));
      deviation += weight * (std::abs(measured - mean) - deviation);
      mean += weight * (measured - mean);
    }
  };
  std::array<Ratio, 11> ratios_;
};

}  // namespace corokit
