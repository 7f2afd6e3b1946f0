#pragma once
#include "metrics.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace corokit::peers {

/// A metric of a program over all runs.
struct Summary {
  double median = 0;
  double spread = 0;  ///< the difference of the largest and the smallest value, divided by the median
  std::size_t runs = 0;
};

/// Returns: the median and the spread of the values.
/// Requires: there is at least one value.
Summary summarise(std::vector<double> values);

/// A metric of all programs.
struct Row {
  std::string metric;
  std::string unit;
  std::vector<Summary> programs;  ///< in the order of the programs; one without the workload has 0 runs

  const Summary& ours() const { return programs.front(); }
};

/// Collects the metrics of all runs. The first program is corokit's.
class Comparison {
 public:
  /// `tokio` has the indices of the programs that are tokio.
  Comparison(std::size_t programs, std::vector<std::size_t> tokio);

  void add(std::size_t program, const Metric& metric);

  /// Returns: the rows, in the order in which their metrics were first added.
  std::vector<Row> rows() const;

  /// Returns: the value of the better tokio in this run; 0 if none has one.
  double tokio_of(const Row& row) const;
  /// Returns: our value divided by that of tokio: below 1 ours is better. NaN if either is missing.
  double ratio(const Row& row) const;

 private:
  struct Samples {
    std::string unit;
    std::vector<std::vector<double>> values;
  };

  std::size_t programs_;
  std::vector<std::size_t> tokio_;
  std::vector<std::string> order_;
  std::map<std::string, Samples> samples_;
};

/// Returns: whether less is better in this metric, as in most.
bool counts(const Row& row);
/// Returns: whether the metric is a time. The mean is taken of times only.
bool is_time(const Row& row);

}  // namespace corokit::peers
