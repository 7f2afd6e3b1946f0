#pragma once
// Given. The first header below declares MatrixOrchestrator: read it. The others declare what a solution can be
// built from. A solution may include any header of <corokit/…> except runtime.hpp and simulation.hpp.
#include <corokit/orchestrator/matrix_orchestrator.hpp>

#include <corokit/join_set.hpp>                 // many spawned tasks: join_next(), abort_all()
#include <corokit/select.hpp>                   // the first of several operations
#include <corokit/spawn.hpp>                    // a task of its own, and its JoinHandle
#include <corokit/sync/broadcast.hpp>           // every receiver gets every message
#include <corokit/sync/cancellation_token.hpp>  // asks work to stop
#include <corokit/sync/semaphore.hpp>           // permits that give themselves back
#include <corokit/time/sleep.hpp>               // now(), sleep()
#include <corokit/time/timeout.hpp>             // an operation with a time limit
#include <corokit/unordered.hpp>                // many operations, in the order in which they end
