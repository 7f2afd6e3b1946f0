#pragma once
#include <map>
#include <string>
#include <vector>

namespace corokit::peers {

/// Published values of tokio, in a metric in which less is better.
struct Published {
  double debian = 0;  ///< the value of the version that Debian ships
  double best = 0;    ///< the better value of that version and of the newest one, which cannot be built here

  /// Returns: a factor of at most 1 that turns a value of Debian's version into an estimate for the better one.
  double scale() const noexcept { return best < debian ? best / debian : 1; }
};

using Figures = std::map<std::string, Published>;

/// Reads figures.json.
///
/// Throws: std::runtime_error with a message that says what is wrong.
Figures read_figures(const std::string& text);

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
