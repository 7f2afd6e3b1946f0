#pragma once
#include "comparison.hpp"

#include <string>
#include <vector>

namespace corokit::peers {

/// Something that we want to reach, and what was measured. NaN: not measured in this run.
struct Bar {
  std::string name;
  double measured = 0;
  double wanted = 0;
  bool at_least = false;  ///< wanted is the least; else the most

  bool is_measured() const noexcept { return measured == measured; }
  bool holds() const noexcept { return at_least ? measured >= wanted : measured <= wanted; }
};

/// All bars but that of the compiler.
std::vector<Bar> bars(const Comparison& comparison);

/// How many times as fast as the best tokio, as a geometric mean of one number a workload and mode: one that has
/// several metrics counts with their mean. NaN without any.
double times_as_fast(const Comparison& comparison);

/// Rows in which ours takes more than the best tokio, the worst first.
std::vector<Row> slower_rows(const Comparison& comparison);

}  // namespace corokit::peers
