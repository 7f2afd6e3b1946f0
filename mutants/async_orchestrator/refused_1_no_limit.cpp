// Wrong: starts all tasks at once; only the constructor looks at max_concurrent.
// Plausible: "the runtime has a fixed number of threads, which is limit enough".
// Killed-by: SemaphoreLimit
// Under: simulation
// Expect: wrong
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/time/timeout.hpp>

#include <chrono>
#include <stdexcept>

namespace corokit {

struct MatrixOrchestrator::State {
  CancellationToken token;
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(1024).tx;
};

namespace {

using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

Task<TaskResult> perform(AsyncTask task, std::uint32_t id, CancellationToken token) {
  const Instant since = now();
  AsyncTask::Answer answer = co_await task(id, std::move(token));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  co_return TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count()));
}

Task<Results> collect(JoinSet<TaskResult>& running, CancellationToken token) {
  std::vector<TaskResult> results;
  while (auto joined = co_await running.join_next()) {
    if (*joined) results.push_back(std::move(**joined));
    if (!*joined && !token.is_cancelled()) co_return failure(Kind::task_failed, joined->error().message());
  }
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  co_return results;
}

Task<Results> run_all(CancellationToken token, std::vector<AsyncTask> tasks, Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  if (global_timeout <= Duration::zero()) co_return failure(Kind::timeout, "there was no time at all");
  JoinSet<TaskResult> running;
  for (std::uint32_t id = 0; id < tasks.size(); ++id) running.spawn(perform(std::move(tasks[id]), id, token));
  auto collected = co_await timeout(global_timeout, collect(running, token));
  running.abort_all();
  while (co_await running.join_next()) {
  }
  if (collected) co_return std::move(*collected);
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "cancelled, and time was up");
  co_return failure(Kind::timeout, "the time was up before all tasks were done");
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) : state_(std::make_shared<State>()) {
  if (max_concurrent == 0) throw std::invalid_argument("an orchestrator needs max_concurrent > 0");
}

Task<Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks, Duration global_timeout) const {
  return run_all(state_->token, std::move(tasks), global_timeout);
}

void MatrixOrchestrator::cancel() const noexcept {
  state_->token.cancel();
}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
