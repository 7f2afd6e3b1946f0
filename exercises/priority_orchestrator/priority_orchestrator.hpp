#pragma once
// Given. PriorityOrchestrator is declared in the first of these headers, and what its tasks are given in
// <corokit/orchestrator/priority_task.hpp>: read both. The others are what a solution may be built from; it may
// include any other header of <corokit/…> as well, except for the runtimes.
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <corokit/orchestrator/estimates.hpp>     // estimates that learn
#include <corokit/orchestrator/latest_start.hpp>  // until when deadlines can wait
#include <corokit/select.hpp>                     // the first of several operations
#include <corokit/spawn.hpp>                      // a task of its own, and its JoinHandle
#include <corokit/sync/cancellation_token.hpp>    // asks work to stop
#include <corokit/sync/mpsc.hpp>                  // messages from many to one
#include <corokit/sync/notify.hpp>                // something has changed: look again
#include <corokit/sync/oneshot.hpp>               // one value, from one to one: a slot, say
#include <corokit/sync/semaphore.hpp>             // permits that go back by themselves
#include <corokit/time/sleep.hpp>                 // now(), sleep(), sleep_until()
#include <corokit/time/timeout.hpp>               // an operation, or the end of the time
#include <corokit/unordered.hpp>                  // many operations, in the order in which they end
