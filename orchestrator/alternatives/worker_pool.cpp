// Another right answer: a few workers share the list of tasks.
//
// What differs from the reference: a run spawns as many workers as there are permits, and each performs one task after
// another. Whoever has the lock of the list waits for the next permit and takes the next task, so permits and tasks keep
// the same order. A worker adds its result to a shared list before it gives the permit back. Its cost: two locks, and idle
// workers where another run holds the permits.
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/select.hpp>
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
      : limit(std::min(max_concurrent, Semaphore::max_permits())),
        slots(std::make_shared<Semaphore>(limit)),
        messages(broadcast::channel<std::string>(1024).tx) {}

  const std::size_t limit;
  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  broadcast::Sender<std::string> messages;
};

namespace {

using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;
using Failure = std::optional<OrchestratorError>;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

TaskResult result_of(std::uint32_t id, AsyncTask::Answer answer, Instant since) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  return TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count()));
}

/// What the workers of one run share.
struct Work {
  explicit Work(std::vector<AsyncTask> all) : tasks(std::move(all)) {}
  std::vector<AsyncTask> tasks;
  Mutex<std::uint32_t> next{0};  // the task that starts next
  Mutex<std::vector<TaskResult>> results;
};

/// A task, and the permit to perform it.
struct Turn {
  Turn(OwnedSemaphorePermit permit, std::uint32_t task) : slot(std::move(permit)), id(task) {}
  OwnedSemaphorePermit slot;
  std::uint32_t id;
};

/// Returns: the next task; none if there is no other, or none may start.
Task<std::optional<Turn>> next_turn(Work& work, std::shared_ptr<Semaphore> slots, CancellationToken token) {
  auto next = co_await work.next.lock();
  if (*next == work.tasks.size()) co_return std::nullopt;
  auto first = co_await select(token.cancelled(), Semaphore::acquire_owned(std::move(slots)));
  if (first.index() == 0) co_return std::nullopt;
  std::optional<Turn> turn(std::in_place, std::move(*std::get<1>(first)), (*next)++);
  co_return turn;
}

Task<void> worker(std::shared_ptr<Work> work, std::shared_ptr<Semaphore> slots, CancellationToken token) {
  for (;;) {
    const std::optional<Turn> turn = co_await next_turn(*work, slots, token);
    if (!turn || token.is_cancelled()) co_return;
    const Instant since = now();
    AsyncTask::Answer answer = co_await work->tasks[turn->id](turn->id, token);
    TaskResult result = result_of(turn->id, std::move(answer), since);
    auto results = co_await work->results.lock();
    results->push_back(std::move(result));
  }
}

/// Waits until all workers are done, or one has failed.
Task<Failure> all_done(JoinSet<void>& workers, CancellationToken token) {
  Failure failed;
  while (auto ended = co_await workers.join_next()) {
    if (*ended || token.is_cancelled()) continue;
    failed.emplace(Kind::task_failed, "a task threw: " + ended->error().message());
    break;
  }
  co_return failed;
}

Task<Results> run_all(std::size_t limit, std::shared_ptr<Semaphore> slots, CancellationToken token,
                      std::vector<AsyncTask> tasks, Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return failure(Kind::timeout, "the global timeout was not positive");

  JoinSet<void> workers;
  auto work = std::make_shared<Work>(std::move(tasks));
  for (std::size_t left = std::min(limit, work->tasks.size()); left > 0; --left)
    workers.spawn(worker(work, slots, token));
  auto failed = co_await timeout(global_timeout, all_done(workers, token));

  workers.abort_all();
  while (co_await workers.join_next()) {
  }
  if (!failed) co_return failure(Kind::timeout, "the global timeout passed before all tasks were done");
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  if (*failed) co_return Err<OrchestratorError>(std::move(**failed));
  co_return std::move(work->results.get_mut());
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks, Duration global_timeout) const {
  return run_all(state_->limit, state_->slots, state_->token, std::move(tasks), global_timeout);
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
