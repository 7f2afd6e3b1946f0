#pragma once
#include <map>
#include <string>
#include <vector>

namespace corokit::peers {

/// What tokio took elsewhere, in a metric that is better the lower it is.
struct Published {
  double debian = 0;  ///< the version that Debian ships
  double best = 0;    ///< the best of that and of the newest, which cannot be built here

  /// By how much the newest is better: a factor of at most 1 for what the version from Debian takes here.
  double scale() const noexcept { return best < debian ? best / debian : 1; }
};

using Figures = std::map<std::string, Published>;

/// Reads figures.json. Throws: std::runtime_error that says what is wrong with it.
Figures read_figures(const std::string& text);

/// One line of a program under comparison.
struct Metric {
  std::string name;
  std::string unit;
  double value = 0;
};

/// Reads what a program printed: one JSON object a line. Throws: std::runtime_error with the line that is none.
std::vector<Metric> read_metrics(const std::string& output);

/// The parts of "spawn_await_1m.mt" or "cancel_100k_shared.ct.call".
struct MetricName {
  /// Throws: std::runtime_error if it has no mode.
  explicit MetricName(const std::string& name);
  std::string workload;
  std::string mode;   ///< mt or ct
  std::string label;  ///< the name without its mode
};

}  // namespace corokit::peers
