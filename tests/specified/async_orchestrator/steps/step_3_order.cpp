// Waits for the next permit and the next result at once; durations. No timeout.
// Passes: basic_execution, semaphore_limit, broadcast, futures_unordered
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
  const Instant since = now();
  AsyncTask::Answer answer = co_await task(id, token);
  const auto took = std::chrono::floor<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  co_return TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count()));
}

Task<Results> collect(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      JoinSet<TaskResult>& spawned) {
  std::vector<TaskResult> results;
  std::uint32_t next = 0;
  while (next < tasks.size() || !spawned.empty()) {
    std::optional<Result<TaskResult, JoinError>> ended;
    std::optional<Result<OwnedSemaphorePermit, SemaphoreClosed>> slot;
    if (next == tasks.size()) {
      ended = co_await spawned.join_next();
    } else if (spawned.empty()) {
      slot = co_await Semaphore::acquire_owned(slots);
    } else {
      auto first = co_await select(biased, spawned.join_next(), Semaphore::acquire_owned(slots));
      if (first.index() == 0) ended = std::move(std::get<0>(first));
      if (first.index() == 1) slot = std::move(std::get<1>(first));
    }
    if (slot) {
      spawned.spawn(perform(std::move(**slot), std::move(tasks[next]), next, token));
      ++next;
    }
    if (ended && !*ended) co_return failure(Kind::task_failed, ended->error().message());
    if (ended) results.push_back(std::move(**ended));
  }
  co_return results;
}

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration) {
  JoinSet<TaskResult> spawned;
  Results results = co_await collect(std::move(slots), std::move(token), std::move(tasks), spawned);
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
