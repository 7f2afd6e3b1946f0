#pragma once
#include "comparison.hpp"

#include <string>
#include <vector>

namespace corokit::peers {

/// A goal, and what was measured: NaN if it was not measured in this run.
struct Bar {
  std::string name;
  double measured = 0;
  double wanted = 0;
  bool at_least = false;  ///< if true, `measured` must not be below `wanted`; if false, not above it

  bool is_measured() const noexcept { return measured == measured; }
  bool holds() const noexcept { return at_least ? measured >= wanted : measured <= wanted; }
};

/// Returns: all bars. Each is a ratio of what was measured in this run: a machine has moods, and a ratio of one run has few.
std::vector<Bar> bars(const Comparison& comparison);

/// Returns: how many times as fast as the best tokio corokit is, as the geometric mean over all workloads and modes. A
///   workload with several metrics counts with their mean. NaN if there are none.
double times_as_fast(const Comparison& comparison);

/// Returns: the rows in which corokit takes more than the best tokio, the worst first.
std::vector<Row> slower_rows(const Comparison& comparison);

}  // namespace corokit::peers
