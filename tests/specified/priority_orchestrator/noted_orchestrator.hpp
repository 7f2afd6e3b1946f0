#pragma once
#include "recorder.hpp"

namespace corokit::specified {

/// A PriorityOrchestrator that notes for the timeline what is called, and how its runs end.
class NotedOrchestrator : public PriorityOrchestrator {
 public:
  NotedOrchestrator(Check& check, int workers, PriorityOptions options = {})
      : PriorityOrchestrator(static_cast<std::size_t>(workers), options), check_(&check), workers_(workers) {}

  Task<Results> run_with_priority(Tasks tasks, PriorityExecutor executor,
                                  Duration timeout = Duration::max()) const;
  /// `who` calls it: the test, or a task.
  void cancel(std::string who = "test") const;
  void enable_work_stealing(bool enabled) const;

 private:
  Check* check_;
  int workers_;
};

}  // namespace corokit::specified
