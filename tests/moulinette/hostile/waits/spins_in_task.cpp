// Does: has a task give way for ever, and never end.
// Expect: failed failed failed failed passed failed failed
// Says: the schedule took too many steps: task 2 had 1000 of the last 1000 turns, in yield_now
// Exercise: async_orchestrator
#include "async_orchestrator.hpp"

#include <corokit/yield.hpp>

namespace corokit {

struct MatrixOrchestrator::State {
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(128).tx;
};

MatrixOrchestrator::MatrixOrchestrator(std::size_t) : state_(std::make_shared<State>()) {}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask>, Duration) const {
  for (;;) co_await yield_now();
}

void MatrixOrchestrator::cancel() const noexcept {}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
