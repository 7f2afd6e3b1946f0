// Does: spawns tasks for ever, of sixteen mebibytes each.
// Expect: failed failed failed failed passed failed failed
// Says: std::bad_alloc
// Exercise: async_orchestrator
#include "async_orchestrator.hpp"

#include <corokit/yield.hpp>

namespace corokit {

struct MatrixOrchestrator::State {
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(128).tx;
};

MatrixOrchestrator::MatrixOrchestrator(std::size_t) : state_(std::make_shared<State>()) {}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask>, Duration) const {
  const auto keep = [](std::unique_ptr<char[]>) -> Task<> { co_await yield_now(); };
  for (;;) spawn(keep(std::make_unique_for_overwrite<char[]>(1U << 24U))).detach();
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
