#pragma once
// Judges which worker ran which task, of runs in which all tasks arrive at the beginning and none gives way.
#include "draws.hpp"

namespace corokit::specified {

/// Checks that no worker runs two tasks at once, by what the results say, and that only `workers` workers are named.
void one_at_a_time(Check& check, const std::vector<PriorityResult>& results, std::size_t workers);

/// The queues of the workers after the tasks have been dealt out in the order of urgency, each to the worker with the
/// least estimated work. Estimates have to be odd: two workers never have equally much.
class Dealing {
 public:
  Dealing(const Tasks& tasks, std::size_t workers);

  /// Returns: what is wrong with a run without stealing; empty if nothing is.
  std::string fault_without(const std::vector<PriorityResult>& results, Instant begin) const;
  /// Returns: what is wrong with a run with stealing, as a run with queues and as a run with one queue for all; empty
  ///   if it is right as one of them.
  std::string fault_with_stealing(const std::vector<PriorityResult>& results) const;

 private:
  using Queue = std::vector<PrioritizedTask>;  // in the order of urgency

  std::string fault_of_queues(const std::vector<PriorityResult>& by_start) const;
  std::string fault_of_one_queue(const std::vector<PriorityResult>& by_start) const;

  Tasks all_;
  std::vector<Queue> queues_;
};

}  // namespace corokit::specified
