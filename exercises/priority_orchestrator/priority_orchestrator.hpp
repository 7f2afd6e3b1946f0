#pragma once
// Given. The first header below declares PriorityOrchestrator, and <corokit/orchestrator/priority_task.hpp> declares
// its tasks and what they are given: read both. The others declare what a solution can be built from. A solution may
// include any header of <corokit/…> except runtime.hpp and simulation.hpp.
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <corokit/orchestrator/estimates.hpp>     // estimates that learn
#include <corokit/orchestrator/latest_start.hpp>  // until when deadlines can wait
#include <corokit/select.hpp>                     // the first of several operations
#include <corokit/spawn.hpp>                      // a task of its own, and its JoinHandle
#include <corokit/sync/cancellation_token.hpp>    // asks work to stop
#include <corokit/sync/mpsc.hpp>                  // messages from many to one
#include <corokit/sync/notify.hpp>                // tells a waiter that something has changed
#include <corokit/sync/oneshot.hpp>               // one value from one task to another, for example a permit
#include <corokit/sync/semaphore.hpp>             // permits that give themselves back
#include <corokit/time/sleep.hpp>                 // now(), sleep(), sleep_until()
#include <corokit/time/timeout.hpp>               // an operation with a time limit
#include <corokit/unordered.hpp>                  // many operations, in the order in which they end
