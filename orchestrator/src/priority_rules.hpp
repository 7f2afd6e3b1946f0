#pragma once
// What PriorityOrchestrator promises about bounds and order, as functions: every implementation asks the same.
#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "priority_ranking.hpp"

namespace corokit::detail {

/// Why the tasks of a run are refused, if they are. Complexity: O(n).
inline std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  const auto refused = [](const PrioritizedTask& task, const std::string& why) {
    return PriorityError(PriorityError::Kind::invalid_task, "task " + std::to_string(task.id) + ": " + why,
                         task.id);
  };
  if (tasks.empty())
    return PriorityError(PriorityError::Kind::invalid_task, "no tasks: a run takes from 1 to 10000");
  if (tasks.size() > Bounds::kMaxTasks)
    return refused(tasks[Bounds::kMaxTasks], "one too many: a run takes from 1 to 10000");
  std::unordered_set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second)
      return refused(task, "two tasks have this id, it must be unique in a run");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task, "its priority is " + std::to_string(task.priority) + ", it must be from 1 to 10");
    const Duration estimate = task.estimated_duration;
    if (estimate < Bounds::kMinDuration || estimate > Bounds::kMaxDuration)
      return refused(task, "its estimated duration is " + std::to_string(estimate.count()) +
                               " ns, it must be from 1 ms to 60 s");
  }
  return std::nullopt;
}

/// Rules 2 and 3 of the class, or what another policy puts in their place. Of a job they ask for its task, its
/// number, its arrival, and how much of its estimate is left.
struct PriorityRules {
  explicit PriorityRules(const PriorityOptions& chosen) : options(chosen) {}

  template <class Job>
  RankKey urgency(const Job& job) const {
    using Policy = PriorityOptions::Policy;
    const auto left = job.left().count();
    if (options.policy == Policy::fifo)
      return {job.arrival.time_since_epoch().count(), static_cast<std::int64_t>(job.number), 0};
    if (options.policy == Policy::shortest) return {left, job.task.id, 0};
    return {job.task.priority, left, job.task.id};
  }
  /// From when on it goes before those that are more urgent.
  template <class Job>
  Instant overdue(const Job& job) const {
    if (options.policy != PriorityOptions::Policy::oracle) return Instant::max();
    const Duration step = std::min(options.ageing_step, Duration::max() / PriorityOrchestrator::kMaxPriority);
    return saturating_add(job.arrival, step * job.task.priority);
  }
  template <class Job>
  RankKey age(const Job& job) const {
    return {overdue(job).time_since_epoch().count(), job.task.id, 0};
  }

  PriorityOptions options;
};

}  // namespace corokit::detail
