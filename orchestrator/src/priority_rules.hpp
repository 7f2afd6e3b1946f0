#pragma once
// The bounds and the order that PriorityOrchestrator promises, as functions that all implementations share.
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "priority_policy.hpp"
#include "priority_ranking.hpp"

namespace corokit::detail {

/// Returns: why the tasks of a run are refused; none if they are accepted.
/// Complexity: O(n).
inline std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  const auto refused = [](const PrioritizedTask& task, const std::string& why) {
    return PriorityError(PriorityError::Kind::invalid_task, "task " + std::to_string(task.id) + ": " + why,
                         task.id);
  };
  if (tasks.empty())
    return PriorityError(PriorityError::Kind::invalid_task,
                         "there are no tasks: a run takes from 1 to 10000");
  if (tasks.size() > Bounds::kMaxTasks)
    return refused(tasks[Bounds::kMaxTasks], "this is one task too many: a run takes from 1 to 10000");
  std::unordered_set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second)
      return refused(task, "two tasks have this id; it must be unique in a run");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task, "its priority is " + std::to_string(task.priority) + "; it must be from 1 to 10");
    const Duration estimate = task.estimated_duration;
    if (estimate < Bounds::kMinDuration || estimate > Bounds::kMaxDuration)
      return refused(task, "its estimated duration is " + std::to_string(estimate.count()) +
                               " ns; it must be from 1 ms to 60 s");
  }
  return std::nullopt;
}

/// Rules 2 and 3 of PriorityOrchestrator, or what another policy puts in their place. The rules look at the task, the
/// number and the arrival of a job, and at how much of its estimate is left.
struct PriorityRules {
  explicit PriorityRules(const PrioritySettings& chosen) : options(chosen) {}

  /// The order of rule 3.
  template <class Job>
  RankKey urgency(const Job& job) const {
    using Policy = PriorityPolicy;
    const auto left = job.left().count();
    if (options.policy == Policy::fifo)
      return {job.arrival.time_since_epoch().count(), static_cast<std::int64_t>(job.number), 0};
    if (options.policy == Policy::shortest) return {left, job.task.id, 0};
    return {job.task.priority, left, job.task.id};
  }
  /// Returns: the time from which on the job goes before jobs that are more urgent.
  template <class Job>
  Instant overdue(const Job& job) const {
    if (options.policy != PriorityPolicy::combined) return Instant::max();
    const Duration step =
        std::min<Duration>(options.ageing_step, Duration::max() / PriorityOrchestrator::kMaxPriority);
    return saturating_add(job.arrival, step * job.task.priority);
  }
  /// The order of rule 2.
  template <class Job>
  RankKey age(const Job& job) const {
    return {overdue(job).time_since_epoch().count(), job.task.id, 0};
  }

  PrioritySettings options;
};

}  // namespace corokit::detail
