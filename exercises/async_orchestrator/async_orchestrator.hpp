#pragma once
// Given. MatrixOrchestrator is declared in the first of these headers: read it. The others are what a
// solution may be built from; it may include any other header of <corokit/…> as well, except for the
// runtimes.
#include <corokit/orchestrator/matrix_orchestrator.hpp>

#include <corokit/join_set.hpp>                 // many spawned tasks: join_next(), abort_all()
#include <corokit/select.hpp>                   // the first of several operations
#include <corokit/spawn.hpp>                    // a task of its own, and its JoinHandle
#include <corokit/sync/broadcast.hpp>           // every receiver gets every message
#include <corokit/sync/cancellation_token.hpp>  // asks work to stop
#include <corokit/sync/semaphore.hpp>           // permits that go back by themselves
#include <corokit/time/sleep.hpp>               // now(), sleep()
#include <corokit/time/timeout.hpp>             // an operation, or the end of the time
#include <corokit/unordered.hpp>                // many operations, in the order in which they end
