#pragma once
#include "tested_policy.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace corokit::bench {

/// Measures policies on loads, each pair once. Every policy runs the very same loads.
///
/// Thread-safety: one thread; it uses all processors itself.
class Runner {
 public:
  /// `repeats` is the number of loads of each shape. They differ by their seeds.
  explicit Runner(std::size_t repeats) : repeats_(repeats) {}

  /// Returns: the mean over the loads of this shape.
  /// Throws: std::runtime_error, as run_load() does.
  Metrics operator()(const LoadShape& shape, const TestedPolicy& policy);
  /// Returns: the mean over loads of this shape of which EDF, with preemption and exact estimates, misses no deadline.
  /// Throws: std::runtime_error if too few loads of this shape are like that.
  Metrics feasible(const LoadShape& shape, const TestedPolicy& policy);
  /// Returns: a makespan in seconds that no schedule can beat: the work divided by the workers, or the longest task.
  double least_makespan(const LoadShape& shape) const;

 private:
  using Seeds = std::vector<std::uint64_t>;

  Metrics mean(LoadShape shape, const TestedPolicy& policy, const Seeds& seeds);
  Seeds all_seeds(const LoadShape& shape) const;
  const Seeds& feasible_seeds(LoadShape shape);

  const std::size_t repeats_;
  std::map<std::string, Metrics> known_;
  std::map<std::string, Seeds> feasible_;
};

}  // namespace corokit::bench
