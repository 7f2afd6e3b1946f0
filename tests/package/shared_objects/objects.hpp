#pragma once
#include <corokit/task.hpp>

/// A task that asks the runtime it runs on for more: it spawns another, sleeps, and returns 42.
using Work = corokit::Task<int> (*)();

/// In object `runner`: makes a runtime, and runs `work` there.
extern "C" int run(Work work);
/// In object `worker`.
extern "C" Work get_work();
