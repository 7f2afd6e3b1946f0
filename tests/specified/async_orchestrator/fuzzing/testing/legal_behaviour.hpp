#pragma once
// The contract as a program that behaves in any way that it allows, to test the oracle with.
#include "fuzzing/scenario.hpp"
#include "fuzzing/seen.hpp"

#include <cstddef>
#include <functional>

namespace corokit::specified::fuzzing {

/// Returns: a number below the bound, which is at least 2.
using Choice = std::function<std::size_t(std::size_t bound)>;

/// Returns: one legal behaviour in a scenario. `choose` decides wherever the contract leaves a choice.
Seen behave(const Scenario& scenario, const Choice& choose);

/// Calls `with` for each legal behaviour. Requires: there are few of them.
void for_each_behaviour(const Scenario& scenario, const std::function<void(const Seen&)>& with);

}  // namespace corokit::specified::fuzzing
