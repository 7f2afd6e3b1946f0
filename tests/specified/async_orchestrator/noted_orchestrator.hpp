#pragma once
#include "recorder.hpp"

namespace corokit::specified {

/// A MatrixOrchestrator that notes for the timeline what is called, and how its runs end.
class NotedOrchestrator : public MatrixOrchestrator {
 public:
  NotedOrchestrator(Check& check, int limit)
      : MatrixOrchestrator(static_cast<std::size_t>(limit)), check_(&check), limit_(limit) {}

  /// The tasks are those of `recorder`.
  Task<Results> run(Recorder& recorder, std::vector<AsyncTask> tasks, Duration timeout) const;
  /// `who` calls it: the test, or a task.
  void cancel(std::string who = "test") const;
  std::size_t broadcast(std::string message) const;
  corokit::broadcast::Receiver<std::string> subscribe() const;

 private:
  Check* check_;
  int limit_;
};

}  // namespace corokit::specified
