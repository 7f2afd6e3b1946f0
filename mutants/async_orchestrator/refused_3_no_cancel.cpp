// Wrong: ignores cancellation: cancel() does nothing, no token is cancelled, and all tasks start.
// Plausible: everything else works, and cancellation looks like an optional extra.
// Killed-by: Cancellation, GracefulShutdown
// Under: simulation
// Expect: wrong
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>

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

/// The results of a run, in the order in which they were written.
using Ledger = Mutex<std::vector<TaskResult>>;

/// Writes the result before it gives the permit back.
Task<void> perform(OwnedSemaphorePermit slot, Instant since, AsyncTask task, std::uint32_t id,
                   CancellationToken token, std::shared_ptr<Ledger> ledger) {
  const OwnedSemaphorePermit held = std::move(slot);
  AsyncTask::Answer answer = co_await task(id, std::move(token));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  auto results = co_await ledger->lock();
  results->emplace_back(id, std::move(text), static_cast<std::uint64_t>(took.count()));
}

/// Returns: what a task threw, if one did.
Task<std::optional<std::string>> perform_all(std::shared_ptr<Semaphore> slots, CancellationToken token,
                                             std::vector<AsyncTask> tasks, std::shared_ptr<Ledger> ledger,
                                             JoinSet<void>& running) {
  std::uint32_t id = 0;
  for (AsyncTask& task : tasks) {
    auto slot = co_await Semaphore::acquire_owned(slots);
    if (auto joined = running.try_join_next(); joined && !*joined) co_return joined->error().message();
    running.spawn(perform(std::move(*slot), now(), std::move(task), id++, token, ledger));
  }
  while (auto joined = co_await running.join_next())
    if (!*joined) co_return joined->error().message();
  co_return std::nullopt;
}

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero()) co_return failure(Kind::timeout, "there was no time at all");
  const auto ledger = std::make_shared<Ledger>(std::vector<TaskResult>{});
  JoinSet<void> running;
  auto work = perform_all(std::move(slots), token, std::move(tasks), ledger, running);
  auto thrown = co_await timeout(global_timeout, std::move(work));
  running.abort_all();
  while (co_await running.join_next()) {
  }
  if (!thrown) co_return failure(Kind::timeout, "the time was up before all tasks were done");
  if (*thrown) co_return failure(Kind::task_failed, **thrown);
  auto results = co_await ledger->lock();
  co_return std::move(*results);
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("an orchestrator needs max_concurrent > 0");
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
