#pragma once
#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/turn.hpp>

#include "executor.hpp"

#include <cstdint>

namespace corokit::detail {

/// What the workers of each executor have: a place that one thread at a time fills.
///
/// A thread that fills it runs the worker's tasks. It leaves the place for the time of a block_in_place(), in which it
/// offers it, as a job of the blocking pool. Whoever takes the job off the pool's queue fills the place from then on:
///   - a thread of the pool, which stays: it does not wait for the one that blocks, nor that one for it;
///   - the thread itself, at the end of its function, if the place is offered then;
///   - a destructor that stops the workers, and after which nobody fills the place any more.
/// A thread that finds its place filled goes on with its turn as a guest: what it wakes goes to the shared queue. When
/// the turn is over, it becomes a thread of the pool. So there is always one thread a worker besides those that block,
/// and no thread waits for another one.
///
/// The members of a worker belong to the thread that fills the place; the lock of the pool passes them on.
struct WorkerPlace : BlockingJob {
  /// `fill`: fills the place on a thread of the pool. With true, for a job that is cancelled, it does nothing.
  WorkerPlace(std::uint32_t number, void (*fill)(BlockingJob&, bool) noexcept) noexcept
      : index(number), rng(number + 1) {
    run = fill;
  }
  WorkerPlace(const WorkerPlace&) = delete;
  WorkerPlace& operator=(const WorkerPlace&) = delete;

  const std::uint32_t index;
  Rng rng;
  TurnCounts counts;
};

/// The context of a thread that fills the place of a worker.
struct WorkerContext : Context {
  WorkerContext(Scheduler& executor, TimerWheel& wheel, WorkerPlace& of) noexcept : place(&of), home(of) {
    scheduler = &executor;
    timers = &wheel;
    rng = Rng(of.rng.next());
  }

  WorkerPlace* place;  // null while the thread has left its place
  WorkerPlace& home;   // the one that it left
};

/// Returns: the place that the calling thread fills, of a worker of `executor`; null if it fills none.
inline WorkerPlace* current_place(const Scheduler& executor) noexcept {
  Context* const context = current_context();
  if (!context || context->scheduler != &executor || !context->timers) return nullptr;
  return static_cast<WorkerContext*>(context)->place;
}

}  // namespace corokit::detail
