#pragma once
#include "contest.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace corokit::bench {

/// Measures contenders on loads, each pair once: every contender plays the very same loads.
/// Thread-safety: one thread; it uses all processors itself.
class Lab {
 public:
  /// `repeats`: loads of a shape, which differ by their seeds.
  explicit Lab(std::size_t repeats) : repeats_(repeats) {}

  /// The mean over the loads of this shape.
  Metrics operator()(const LoadShape& shape, const Contender& contender);
  /// The same over loads of which earliest-deadline-first, preemptive and with exact estimates, misses
  /// nothing.
  Metrics feasible(const LoadShape& shape, const Contender& contender);
  /// A makespan that no schedule can beat: the work divided by the workers, or the longest of the tasks.
  double least_makespan(const LoadShape& shape) const;

 private:
  using Seeds = std::vector<std::uint64_t>;

  Metrics mean(LoadShape shape, const Contender& contender, const Seeds& seeds);
  Seeds all_seeds(const LoadShape& shape) const;
  const Seeds& feasible_seeds(LoadShape shape);

  const std::size_t repeats_;
  std::map<std::string, Metrics> known_;
  std::map<std::string, Seeds> feasible_;
};

}  // namespace corokit::bench
