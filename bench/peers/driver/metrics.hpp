#pragma once
#include <string>
#include <vector>

namespace corokit::peers {

/// A line that a program under comparison has printed.
struct Metric {
  std::string name;
  std::string unit;
  double value = 0;
};

/// Reads the output of a program: a JSON object on each line.
///
/// Throws: std::runtime_error with the line that is not a metric.
std::vector<Metric> read_metrics(const std::string& output);

/// The parts of "spawn_await_1m.mt" or "cancel_100k_shared.ct.call".
struct MetricName {
  /// Throws: std::runtime_error if the name has no mode.
  explicit MetricName(const std::string& name);
  std::string workload;
  std::string mode;   ///< mt or ct
  std::string label;  ///< the name without its mode
};

}  // namespace corokit::peers
