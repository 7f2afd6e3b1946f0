#pragma once
#include "figures.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace corokit::peers {

/// One metric of one program over all runs.
struct Summary {
  double median = 0;
  double spread = 0;  ///< largest less smallest, as a share of the median
  std::size_t runs = 0;
};

/// Requires: at least one value.
Summary summarise(std::vector<double> values);

/// One metric, everybody's.
struct Row {
  std::string metric;
  std::string unit;
  std::vector<Summary> programs;  ///< in the order of the programs; no runs where one lacks the workload

  const Summary& ours() const { return programs.front(); }
};

/// Gathers the metrics of all runs. The first program is ours.
class Comparison {
 public:
  /// `tokio`: which of the `programs` are tokio.
  Comparison(std::size_t programs, std::vector<std::size_t> tokio, Figures figures);

  void add(std::size_t program, const Metric& metric);

  /// In the order in which metrics were added first.
  std::vector<Row> rows() const;

  /// The better tokio of this run; 0 if none has it.
  double tokio_of(const Row& row) const;
  /// What ours takes for each unit that tokio takes: below 1 ours is better. NaN if either is missing.
  double ratio(const Row& row) const;
  /// The same beside the newest tokio, from what it takes less than the one in this run took elsewhere. NaN where it
  /// is not better, or nothing is known.
  double scaled_ratio(const Row& row) const;
  /// The larger, hence stricter, of both.
  double strict_ratio(const Row& row) const;
  /// What the best tokio would take here.
  double best_tokio_of(const Row& row) const;

 private:
  struct Samples {
    std::string unit;
    std::vector<std::vector<double>> values;
  };
  double scale_of(const Row& row) const;

  std::size_t programs_;
  std::vector<std::size_t> tokio_;
  Figures figures_;
  std::vector<std::string> order_;
  std::map<std::string, Samples> samples_;
};

/// Whether a metric is one in which less is better: most are.
bool counts(const Row& row);
/// Whether a metric is a time: what the mean is taken of.
bool is_time(const Row& row);

}  // namespace corokit::peers
