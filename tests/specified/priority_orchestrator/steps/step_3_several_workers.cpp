// A semaphore for all runs: a permit first, then the most urgent task, which is spawned with the permit in its slot.
// Passes: priority_order, shortest_first, bounds
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

struct PriorityOrchestrator::State {
  explicit State(std::size_t permits) : slots(std::make_shared<Semaphore>(permits)) {}
  std::shared_ptr<Semaphore> slots;
};

namespace {

class Slot final : public PrioritySlot {
 public:
  explicit Slot(OwnedSemaphorePermit permit) : permit_(std::move(permit)) {}
  void leave() { permit_.reset(); }
  bool is_asked() const noexcept override { return false; }
  Task<void> give_way() override {
    throw std::logic_error("give_way() is yours to write");
    co_return;
  }

 private:
  std::optional<OwnedSemaphorePermit> permit_;
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

/// The spawned task. Its result is in the channel before its permit is back.
Task<void> perform(std::shared_ptr<Slot> slot, PrioritizedTask task, PriorityExecutor executor,
                   mpsc::UnboundedSender<PriorityResult> results) {
  const Instant started = now();
  PriorityExecutor::Answer answer = co_await executor(task, PriorityContext(CancellationToken(), slot));
  PriorityResult result(task.id, answer ? std::move(*answer) : std::move(answer.error()));
  result.started = started;
  result.ended = now();
  result.duration_ms =
      static_cast<std::uint64_t>((result.ended - result.started) / std::chrono::milliseconds(1));
  static_cast<void>(results.send(std::move(result)));
  slot->leave();
}

Task<PriorityOrchestrator::Results> run_all(std::shared_ptr<Semaphore> slots,
                                            std::vector<PrioritizedTask> tasks, PriorityExecutor executor) {
  if (auto refused = refusal(tasks)) co_return Err<PriorityError>(std::move(*refused));
  std::sort(tasks.begin(), tasks.end(), is_more_urgent);
  auto [sender, receiver] = mpsc::unbounded_channel<PriorityResult>();
  std::vector<JoinHandle<void>> started;
  for (const PrioritizedTask& task : tasks) {
    auto permit = co_await Semaphore::acquire_owned(slots);
    started.push_back(spawn(perform(std::make_shared<Slot>(std::move(*permit)), task, executor, sender)));
  }
  for (JoinHandle<void>& task : started) static_cast<void>(co_await task);
  std::vector<PriorityResult> results;
  while (results.size() < tasks.size()) results.push_back(std::move(*co_await receiver.recv()));
  co_return results;
}

}  // namespace

PriorityOrchestrator::PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options)
    : state_(std::make_shared<State>(std::min(max_concurrent, Semaphore::max_permits()))) {
  if (max_concurrent == 0 || Duration(options.ageing_step) <= Duration(0) ||
      Duration(options.margin) < Duration(0))
    throw std::invalid_argument("no workers, no ageing step, or a margin that is negative");
}

Task<PriorityOrchestrator::Results> PriorityOrchestrator::run_with_priority(
    std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
    [[maybe_unused]] Duration global_timeout) const {
  return run_all(state_->slots, std::move(tasks), std::move(executor));
}

void PriorityOrchestrator::enable_work_stealing([[maybe_unused]] bool enabled) const noexcept {}

void PriorityOrchestrator::cancel() const noexcept {}

}  // namespace corokit
