// The stub, with a channel.
// Passes: broadcast
#include "async_orchestrator.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit {

struct MatrixOrchestrator::State {
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(1024).tx;
};

MatrixOrchestrator::MatrixOrchestrator([[maybe_unused]] std::size_t max_concurrent)
    : state_(std::make_shared<State>()) {}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run([[maybe_unused]] std::vector<AsyncTask> tasks,
                                                          [[maybe_unused]] Duration global_timeout) const {
  throw std::logic_error("run() is yours to write");
}

void MatrixOrchestrator::cancel() const noexcept {}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
