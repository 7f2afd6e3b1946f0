// Does: has a task wait for a notification that nobody sends.
// Expect: failed failed failed failed passed failed failed
// Says: waits in Notify::notified
// Exercise: async_orchestrator
#include "async_orchestrator.hpp"

#include <corokit/sync/notify.hpp>

namespace corokit {

struct MatrixOrchestrator::State {
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(128).tx;
};

MatrixOrchestrator::MatrixOrchestrator(std::size_t) : state_(std::make_shared<State>()) {}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask>, Duration) const {
  Notify nobody;
  co_await nobody.notified();
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
