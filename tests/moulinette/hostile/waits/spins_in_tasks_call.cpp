// Does: has a task loop for ever, without giving way.
// Expect: hung hung hung hung passed hung hung
// Says: killed in schedule 1
// Exercise: async_orchestrator
#include "async_orchestrator.hpp"

namespace corokit {

struct MatrixOrchestrator::State {
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(128).tx;
};

MatrixOrchestrator::MatrixOrchestrator(std::size_t) : state_(std::make_shared<State>()) {}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask>, Duration) const {
  for (volatile int i = 0;; i = 1) {
  }
  co_return std::vector<TaskResult>();
}

void MatrixOrchestrator::cancel() const noexcept {}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
