#pragma once
#include <corokit/orchestrator/priority_orchestrator.hpp>

namespace corokit::detail {

/// In which order jobs get their slots. PriorityOrchestrator promises `combined`; the benchmark compares it with the
/// others, which are rules of textbooks.
enum class PriorityPolicy {
  combined,  ///< all rules of PriorityOrchestrator
  priority,  ///< by priority, then by the shortest estimate; without ageing, and without regard to deadlines
  shortest,  ///< by the shortest estimate
  fifo,      ///< by arrival, then in the order of submission
  deadline,  ///< always the earliest deadline; jobs without a deadline come last, by priority
};

/// The user's options, and the policy.
struct PrioritySettings : PriorityOptions {
  PrioritySettings(const PriorityOptions& chosen, PriorityPolicy by) : PriorityOptions(chosen), policy(by) {}

  PriorityPolicy policy;
};

}  // namespace corokit::detail
