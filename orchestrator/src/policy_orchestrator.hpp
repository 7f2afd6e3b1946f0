#pragma once
#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "priority_job.hpp"
#include "priority_policy.hpp"

namespace corokit::detail {

/// One run of the reference solution, which defines this.
Task<PriorityOrchestrator::Results> run_all(std::shared_ptr<PriorityShared> shared, bool is_stealing,
                                            std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                                            Duration global_timeout);

/// The reference solution under any policy, for the benchmark and for tests. With PriorityPolicy::combined it does the
/// same as PriorityOrchestrator, by the same code.
///
/// Errors, thread-safety and cancel-safety are those of PriorityOrchestrator.
class PolicyOrchestrator {
 public:
  using Results = PriorityOrchestrator::Results;

  PolicyOrchestrator(std::size_t max_concurrent, PriorityPolicy policy, const PriorityOptions& options = {})
      : shared_(std::make_shared<PriorityShared>(max_concurrent, options, policy)) {}

  Task<Results> run_with_priority(std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                                  Duration global_timeout = Duration::max()) const {
    return run_all(shared_, shared_->is_stealing, std::move(tasks), std::move(executor), global_timeout);
  }
  void enable_work_stealing(bool enabled) const noexcept { shared_->is_stealing = enabled; }
  void cancel() const noexcept { shared_->token.cancel(); }

 private:
  std::shared_ptr<PriorityShared> shared_;
};

}  // namespace corokit::detail
