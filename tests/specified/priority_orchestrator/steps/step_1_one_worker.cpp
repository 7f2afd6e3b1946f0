// All tasks in the order of urgency, one after another.
// Passes: shortest_first
#include "priority_orchestrator.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
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

Task<PriorityOrchestrator::Results> run_all(std::vector<PrioritizedTask> tasks, PriorityExecutor executor) {
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

PriorityOrchestrator::PriorityOrchestrator([[maybe_unused]] std::size_t max_concurrent,
                                           [[maybe_unused]] PriorityOptions options)
    : state_(std::make_shared<State>()) {}

Task<PriorityOrchestrator::Results> PriorityOrchestrator::run_with_priority(
    std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
    [[maybe_unused]] Duration global_timeout) const {
  return run_all(std::move(tasks), std::move(executor));
}

void PriorityOrchestrator::enable_work_stealing([[maybe_unused]] bool enabled) const noexcept {}

void PriorityOrchestrator::cancel() const noexcept {}

}  // namespace corokit
