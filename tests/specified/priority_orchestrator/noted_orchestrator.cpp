#include "noted_orchestrator.hpp"

#include "noted_run.hpp"

namespace corokit::specified {

Task<Results> NotedOrchestrator::run_with_priority(Tasks tasks, PriorityExecutor executor,
                                                   Duration timeout) const {
  std::string of_what = show(tasks.size()) + (tasks.size() == 1 ? " task on " : " tasks on ") +
                        show(workers_) + (workers_ == 1 ? " worker" : " workers") +
                        show_timeout(timeout, kPlenty);
  return noted_run<Results>(
      *check_, check_->name_run(), std::move(of_what),
      PriorityOrchestrator::run_with_priority(std::move(tasks), std::move(executor), timeout), describe);
}

void NotedOrchestrator::cancel(std::string who) const {
  check_->note(std::move(who), "called cancel()");
  PriorityOrchestrator::cancel();
}

void NotedOrchestrator::enable_work_stealing(bool enabled) const {
  check_->note("test", enabled ? "turned work stealing on" : "turned work stealing off");
  PriorityOrchestrator::enable_work_stealing(enabled);
}

}  // namespace corokit::specified
