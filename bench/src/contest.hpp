#pragma once
#include "load.hpp"
#include "metrics.hpp"

#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace corokit::bench {

/// A way to schedule.
struct Contender {
  using Policy = PriorityOptions::Policy;
  Contender(std::string called, Policy by, bool gives_way = true, bool steals = true)
      : name(std::move(called)), policy(by), preemption(gives_way), stealing(steals) {}

  std::string name;
  Policy policy;
  bool preemption;  ///< running tasks may be asked to give way; only deadlines ever ask
  bool stealing;
};

inline const Contender kFifo("FIFO", Contender::Policy::fifo);
inline const Contender kShortest("SJF", Contender::Policy::shortest);
inline const Contender kPriority("priority", Contender::Policy::priority);
inline const Contender kDeadline("EDF", Contender::Policy::deadline);
inline const Contender kOracle("oracle", Contender::Policy::oracle);

/// The same with one thing switched off.
Contender without_preemption(Contender contender);
Contender without_stealing(Contender contender);

/// Plays a load in virtual time. A task reaches a checkpoint every 10 ms.
/// Throws: std::runtime_error if the orchestrator refuses the load, or the simulation comes to no end.
/// Thread-safety: any thread; several at once.
std::vector<Outcome> play(const std::vector<Job>& jobs, const Contender& contender, std::size_t workers,
                          std::uint64_t schedule_seed = 1);

}  // namespace corokit::bench
