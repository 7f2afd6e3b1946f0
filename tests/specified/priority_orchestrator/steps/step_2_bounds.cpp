// All tasks are checked before the first one starts.
// Passes: shortest_first, bounds
#include "priority_orchestrator.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace corokit {

struct PriorityOrchestrator::State {};

namespace {

class Slot final : public PrioritySlot {
 public:
  bool is_asked() const noexcept override { return false; }
  Task<void> give_way() override {
    throw std::logic_error("give_way() is yours to write");
    co_return;
  }
};

bool is_more_urgent(const PrioritizedTask& a, const PrioritizedTask& b) {
  return std::tuple(a.priority, a.estimated_duration, a.id) <
         std::tuple(b.priority, b.estimated_duration, b.id);
}

/// Returns: why the tasks are refused; none if they are not.
std::optional<PriorityError> refusal(const std::vector<PrioritizedTask>& tasks) {
  using Bounds = PriorityOrchestrator;
  const auto refused = [](const PrioritizedTask& task, const std::string& why) {
    return PriorityError(PriorityError::Kind::invalid_task, "task " + std::to_string(task.id) + ": " + why,
                         task.id);
  };
  if (tasks.empty()) return PriorityError(PriorityError::Kind::invalid_task, "no tasks, of 1 to 10000");
  if (tasks.size() > Bounds::kMaxTasks) return refused(tasks.back(), "one of more than 10000 tasks");
  std::set<std::uint32_t> ids;
  for (const PrioritizedTask& task : tasks) {
    if (!ids.insert(task.id).second) return refused(task, "its id is there twice");
    if (task.priority < Bounds::kMinPriority || task.priority > Bounds::kMaxPriority)
      return refused(task, "its priority is not from 1 to 10");
    if (task.estimated_duration < Bounds::kMinDuration || task.estimated_duration > Bounds::kMaxDuration)
      return refused(task, "its estimate is not from 1 ms to 60 s");
  }
  return std::nullopt;
}

Task<PriorityOrchestrator::Results> run_all(std::vector<PrioritizedTask> tasks, PriorityExecutor executor) {
  if (auto refused = refusal(tasks)) co_return Err<PriorityError>(std::move(*refused));
  std::sort(tasks.begin(), tasks.end(), is_more_urgent);
  std::vector<PriorityResult> results;
  for (const PrioritizedTask& task : tasks) {
    const PriorityContext context(CancellationToken(), std::make_shared<Slot>());
    PriorityExecutor::Answer answer = co_await executor(task, context);
    results.emplace_back(task.id, answer ? std::move(*answer) : std::move(answer.error()));
  }
  co_return results;
}

}  // namespace

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options)
    : state_(std::make_shared<State>()) {
  if (max_concurrent == 0 || Duration(options.ageing_step) <= Duration(0) ||
      Duration(options.margin) < Duration(0))
    throw std::invalid_argument("no workers, no ageing step, or a margin that is negative");
}

Task<PriorityOrchestrator::Results> PriorityOrchestrator::run_with_priority(
    std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
    [[maybe_unused]] Duration global_timeout) const {
  return run_all(std::move(tasks), std::move(executor));
}

void PriorityOrchestrator::enable_work_stealing([[maybe_unused]] bool enabled) const noexcept {}

void PriorityOrchestrator::cancel() const noexcept {}

}  // namespace corokit
