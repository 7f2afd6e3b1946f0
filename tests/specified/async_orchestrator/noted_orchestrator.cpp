#include "noted_orchestrator.hpp"

#include "noted_run.hpp"

namespace corokit::specified {

Task<Results> NotedOrchestrator::run(Recorder& recorder, std::vector<AsyncTask> tasks,
                                     Duration timeout) const {
  const std::size_t count = tasks.size();
  std::string of_what = std::to_string(count) + (count == 1 ? " task" : " tasks") + ", at most " +
                        std::to_string(limit_) + " at once" + show_timeout(timeout, kPlenty);
  return noted_run<Results>(*check_, recorder.run, std::move(of_what),
                            MatrixOrchestrator::run(std::move(tasks), timeout), describe);
}

void NotedOrchestrator::cancel(std::string who) const {
  check_->note(std::move(who), "called cancel()");
  MatrixOrchestrator::cancel();
}

std::size_t NotedOrchestrator::broadcast(std::string message) const {
  std::string sent = "sent " + show(message);
  const std::size_t heard = MatrixOrchestrator::broadcast(std::move(message));
  check_->note("test", std::move(sent) + " to " + std::to_string(heard) + " subscribers");
  return heard;
}

corokit::broadcast::Receiver<std::string> NotedOrchestrator::subscribe() const {
  check_->note("test", "subscribed");
  return MatrixOrchestrator::subscribe();
}

}  // namespace corokit::specified
