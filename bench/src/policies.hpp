#pragma once
#include "report.hpp"

#include <functional>

namespace corokit::bench {

/// Plays the orchestrator's policies against each other, in virtual time: the same numbers on any machine.
/// `quick`: fewer and smaller loads. `progress`: told what comes next.
Part compare_policies(bool quick, const std::function<void(const std::string&)>& progress);

}  // namespace corokit::bench
