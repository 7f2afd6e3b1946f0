#pragma once
// What the tests of PriorityOrchestrator share: a Trace of what tasks do, and executors whose tasks leave one.
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "policy_orchestrator.hpp"
#include "support/recorder.hpp"

namespace corokit::test {

using PriorityResults = PriorityOrchestrator::Results;
using PriorityKind = PriorityError::Kind;
using Deadline = PriorityResult::Deadline;
using detail::PolicyOrchestrator;
using Policy = detail::PriorityPolicy;
using TaskList = std::vector<PrioritizedTask>;
using Ids = std::vector<std::uint32_t>;

/// What tasks did, and when.
///
/// Thread-safety: one thread. It is for tests in virtual time, where all tasks share one.
struct Trace {
  struct Start {
    std::uint32_t id;
    Instant time;
  };
  Recorder recorder;
  std::vector<Start> starts;  // also those of tasks that go on after they had to wait

  Ids order() const {
    Ids ids;
    for (const Start& start : starts) ids.push_back(start.id);
    return ids;
  }
};

using WorkOf = std::function<Duration(const PrioritizedTask&)>;

inline Duration as_estimated(const PrioritizedTask& task) {
  return task.estimated_duration;
}

/// Each task sleeps for as long as it works, with a checkpoint after each step but the last.
inline PriorityExecutor worker(Trace& trace, Duration step, WorkOf work_of = as_estimated) {
  return [&trace, step, work_of](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(trace.recorder);
    trace.starts.push_back({task.id, now()});
    Duration left = work_of(task);
    while (left > step) {
      co_await sleep(step);
      left -= step;
      const Instant before = now();
      co_await context.checkpoint();
      if (now() != before) trace.starts.push_back({task.id, now()});
    }
    co_await sleep(left);
    co_return "agent " + std::to_string(task.id);
  };
}

/// Each task sleeps for as long as it works, and never reaches a checkpoint.
inline PriorityExecutor stubborn(Trace& trace, WorkOf work_of = as_estimated) {
  return worker(trace, 1h, std::move(work_of));
}

/// Each task sleeps for as long as estimated, with a checkpoint after each step. For any number of threads.
inline PriorityExecutor recorded_worker(Recorder& recorder, Duration step = 1h) {
  return [&recorder, step](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(recorder);
    for (Duration left = task.estimated_duration; left > Duration(0); left -= step) {
      co_await sleep(std::min(left, step));
      co_await context.checkpoint();
    }
    co_return "agent " + std::to_string(task.id);
  };
}

inline Ids ids(const PriorityResults& results) {
  Ids all;
  for (const PriorityResult& result : *results) all.push_back(result.task_id);
  return all;
}

inline Ids sorted(Ids list) {
  std::sort(list.begin(), list.end());
  return list;
}

inline const PriorityResult& of(std::uint32_t id, const PriorityResults& results) {
  const auto found = std::find_if(results->begin(), results->end(),
                                  [id](const PriorityResult& result) { return result.task_id == id; });
  if (found == results->end()) throw std::out_of_range("no result of task " + std::to_string(id));
  return *found;
}

/// Returns: `count` tasks that differ only by their ids, which count from 0.
inline TaskList alike(std::size_t count, unsigned priority, Duration estimate) {
  TaskList tasks;
  for (std::uint32_t id = 0; id < count; ++id) tasks.emplace_back(id, priority, estimate);
  return tasks;
}

inline PriorityOptions with_ageing(Duration step) {
  PriorityOptions options;
  options.ageing_step = step;
  return options;
}

}  // namespace corokit::test
