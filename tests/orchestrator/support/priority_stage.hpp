#pragma once
// What the tests of the PriorityOrchestrator share: executors that leave a trace.
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "support/stage.hpp"

namespace corokit::test {

using PriorityResults = PriorityOrchestrator::Results;
using PriorityKind = PriorityError::Kind;
using Deadline = PriorityResult::Deadline;
using Policy = PriorityOptions::Policy;
using TaskList = std::vector<PrioritizedTask>;
using Ids = std::vector<std::uint32_t>;

/// What tasks did, and when. For tests in virtual time, where all tasks share one thread.
struct Trace {
  struct Start {
    std::uint32_t id;
    Instant time;
  };
  Stage stage;
  std::vector<Start> starts;  // also those after having given way, if that took time

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

/// Sleeps through its work, with a checkpoint after each step, except for the last.
inline PriorityExecutor worker(Trace& trace, Duration step, WorkOf work_of = as_estimated) {
  return [&trace, step, work_of](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(trace.stage);
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

/// Sleeps through its work, and never looks whether it should give way.
inline PriorityExecutor stubborn(Trace& trace, WorkOf work_of = as_estimated) {
  return worker(trace, 1h, std::move(work_of));
}

/// A stage for any number of threads: each task sleeps for as long as estimated, with checkpoints.
inline PriorityExecutor actor(Stage& stage, Duration step = 1h) {
  return [&stage, step](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(stage);
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

/// Many alike: ids from 0.
inline TaskList alike(std::size_t count, unsigned priority, Duration estimate) {
  TaskList tasks;
  for (std::uint32_t id = 0; id < count; ++id) tasks.emplace_back(id, priority, estimate);
  return tasks;
}

inline PriorityOptions with_policy(Policy policy) {
  PriorityOptions options;
  options.policy = policy;
  return options;
}

inline PriorityOptions with_ageing(Duration step) {
  PriorityOptions options;
  options.ageing_step = step;
  return options;
}

}  // namespace corokit::test
