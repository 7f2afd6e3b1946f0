#pragma once
#include "bars.hpp"
#include "programs.hpp"
#include "report.hpp"

#include <string>
#include <vector>

namespace corokit::peers {

/// Returns: a report with a part for the bars, then one for each suite of workloads.
bench::Report present(const Comparison& comparison, const std::vector<Program>& programs,
                      const std::vector<Bar>& bars);

}  // namespace corokit::peers
