#pragma once
#include "bars.hpp"
#include "programs.hpp"
#include "report.hpp"

#include <string>
#include <vector>

namespace corokit::peers {

/// A report on a comparison: a part for the bars, then one for each family of workloads.
bench::Report present(const Comparison& comparison, const std::vector<Program>& programs,
                      const std::vector<Bar>& bars);

}  // namespace corokit::peers
