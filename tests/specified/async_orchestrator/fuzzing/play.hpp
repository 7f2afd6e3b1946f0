#pragma once
#include "check.hpp"
#include "scenario.hpp"
#include "seen.hpp"

#include <corokit/task.hpp>

namespace corokit::specified::fuzzing {

/// Plays a scenario, and notes in `seen` what happens. Where the first orchestrator is not cancelled, as many tasks as it has
/// permits follow in a run of their own, which is added to `scenario`.
/// Requires: `scenario` and `seen` outlive the simulation.
Task<void> play(Check& check, Scenario& scenario, Seen& seen);

}  // namespace corokit::specified::fuzzing
