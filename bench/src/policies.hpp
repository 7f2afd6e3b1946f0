#pragma once
#include "report.hpp"

#include <functional>

namespace corokit::bench {

/// Compares the policies of the orchestrator in virtual time, so the numbers are the same on any machine. With `quick` it
/// runs fewer and smaller loads. It calls `progress` with a name for what it measures next.
Part compare_policies(bool quick, const std::function<void(const std::string&)>& progress);

}  // namespace corokit::bench
