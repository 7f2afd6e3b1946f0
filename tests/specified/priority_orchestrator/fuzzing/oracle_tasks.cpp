// What becomes of each task of a run.
#include "oracle.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {
namespace {

void judge_start(const Run& run, std::size_t task, Findings& found) {
  const SeenTask& seen = run.seen.tasks[task];
  const Moment started = seen.started();
  if (seen.calls > 1)
    found.push_back({Promise::giving_way, "a task is begun more than once", run.name(task) + " once",
                     std::to_string(seen.calls) + " times"});
  if (started && started.time < run.arrival(task))
    found.push_back({Promise::ageing, "a task starts before it arrives",
                     run.name(task) + " not before " + at(run.arrival(task)).substr(3), at(started)});
  if (started && run.all.cancelled && run.all.cancelled.before(started))
    found.push_back(
        {Promise::cancellation, "a task starts after cancel()", run.name(task) + " never", at(started)});
}

/// Returns: when a task that listens must hear of the cancellation; kNever if it need not.
Duration to_be_told(const Run& run, std::size_t task) {
  const SeenTask& seen = run.seen.tasks[task];
  const Moment& cancelled = run.all.cancelled;
  const Moment over = run.over();
  if (!run.plan.tasks[task].listens || !seen.started() || !cancelled) return kNever;
  if (cancelled.time <= seen.started().time || (over && over.time <= cancelled.time)) return kNever;
  if (seen.started().time + run.plan.tasks[task].work <= cancelled.time) return kNever;
  return cancelled.time;
}

void judge_life(const Run& run, std::size_t task, Findings& found) {
  const SeenTask& seen = run.seen.tasks[task];
  if (const Duration time = to_be_told(run, task); time != kNever && (!seen.told || seen.told.time != time))
    found.push_back({Promise::cancellation, "a task does not hear of cancel()",
                     run.name(task) + " sees its token cancelled " + at(time), at(seen.told)});
  const Moment over = run.over();
  if (!seen.started() || !over) return;
  if (seen.gone && !seen.finished && seen.gone.time < over.time)
    found.push_back({Promise::cancellation, "a task is dropped while its run goes on",
                     run.name(task) + " finishes", "dropped " + at(seen.gone)});
  const bool is_late = run.seen.returned && over.order == run.seen.returned.order
                           ? !seen.gone || over.before(seen.gone)
                           : !seen.gone || over.time < seen.gone.time;
  if (!is_late) return;
  const bool has_failed = run.seen.results && !*run.seen.results &&
                          run.seen.results->error().kind == PriorityError::Kind::task_failed;
  found.push_back({has_failed ? Promise::cancellation : Promise::timeout,
                   "a task goes on after its run is over", run.name(task) + " is gone by then, " + at(over),
                   at(seen.gone)});
}

}  // namespace

void judge_tasks(const Run& run, Findings& found) {
  for (std::size_t task = 0; task < run.size(); ++task) {
    judge_start(run, task, found);
    judge_life(run, task, found);
  }
}

}  // namespace corokit::specified::fuzzing
