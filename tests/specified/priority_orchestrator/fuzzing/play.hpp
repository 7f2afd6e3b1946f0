#pragma once
#include "check.hpp"
#include "scenario.hpp"
#include "seen.hpp"

#include <corokit/task.hpp>

namespace corokit::specified::fuzzing {

/// Plays a scenario, and notes in `seen` what happens. If it is not cancelled, as many tasks as there are workers follow in a
/// run of their own, which is added to `scenario`.
/// Requires: `scenario` and `seen` outlive the simulation.
Task<void> play(Check& check, Scenario& scenario, Seen& seen);

}  // namespace corokit::specified::fuzzing
