#pragma once
#include "load.hpp"
#include "metrics.hpp"
#include "policy_orchestrator.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corokit::bench {

/// A policy of the orchestrator, with or without preemption and stealing.
struct TestedPolicy {
  TestedPolicy(std::string called, detail::PriorityPolicy by) : name(std::move(called)), policy(by) {}

  std::string name;
  detail::PriorityPolicy policy;
  bool preemption = true;  ///< running tasks may be asked to give way; only deadlines at risk make them
  bool stealing = true;
};

inline const TestedPolicy kFifo("FIFO", detail::PriorityPolicy::fifo);
inline const TestedPolicy kShortest("SJF", detail::PriorityPolicy::shortest);
inline const TestedPolicy kPriority("priority", detail::PriorityPolicy::priority);
inline const TestedPolicy kDeadline("EDF", detail::PriorityPolicy::deadline);
inline const TestedPolicy kCombined("combined", detail::PriorityPolicy::combined);

/// The same policy with one thing switched off.
TestedPolicy without_preemption(TestedPolicy policy);
TestedPolicy without_stealing(TestedPolicy policy);

/// Runs a load in virtual time. Each task reaches a checkpoint every 10 ms.
///
/// Returns: the outcome of each task, by its id.
/// Throws: std::runtime_error if the orchestrator refuses the load, or the simulation does not end.
/// Thread-safety: may be called at once from any thread.
std::vector<Outcome> run_load(const std::vector<Job>& jobs, const TestedPolicy& policy, std::size_t workers,
                              std::uint64_t schedule_seed = 1);

}  // namespace corokit::bench
