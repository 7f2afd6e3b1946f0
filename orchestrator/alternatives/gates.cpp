// Another right answer: all tasks are spawned at once, and each waits at a gate of its own.
//
// What differs from the reference: a gate is a oneshot, through which a task gets its permit. One coroutine takes the
// permits in order and opens the gates. Nothing is aborted where the run ends early: a token of the run stops each task
// from within, by run_until_cancelled(). Its cost: a spawned task and a channel for each task that waits.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace corokit {

struct MatrixOrchestrator::State {
  explicit State(std::size_t max_concurrent)
      : slots(std::make_shared<Semaphore>(std::min(max_concurrent, Semaphore::max_permits()))),
        messages(broadcast::channel<std::string>(1024).tx) {}

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

using Gate = oneshot::Receiver<OwnedSemaphorePermit>;
using Key = oneshot::Sender<OwnedSemaphorePermit>;

/// What a task leaves behind. Its permit goes back when this is destroyed.
struct Report {
  explicit Report(std::optional<OwnedSemaphorePermit> permit) : slot(std::move(permit)) {}
  std::optional<OwnedSemaphorePermit> slot;
  std::optional<TaskResult> result;  // none if the task never started, or was stopped
};

Task<std::optional<OwnedSemaphorePermit>> pass(Gate gate) {
  auto slot = co_await gate;
  if (!slot) co_return std::nullopt;  // the gate never opens
  co_return std::move(slot).value();
}

/// Nothing can happen between the look at the token and the first line of the task. Outside of this coroutine it could:
/// run_until_cancelled() may give way before it begins.
Task<std::optional<AsyncTask::Answer>> begin(AsyncTask task, std::uint32_t id, CancellationToken token) {
  if (token.is_cancelled()) co_return std::nullopt;
  AsyncTask::Answer answer = co_await task(id, token);
  co_return answer;
}

Task<Report> perform(Gate gate, AsyncTask task, std::uint32_t id, CancellationToken token,
                     CancellationToken stop) {
  auto passed = co_await stop.run_until_cancelled(pass(std::move(gate)));
  Report report(std::move(passed).value_or(std::nullopt));
  if (!report.slot) co_return report;
  const Instant since = now();
  auto answer = co_await stop.run_until_cancelled(begin(std::move(task), id, token));
  if (answer && *answer) report.result = result_of(id, std::move(**answer), since);
  co_return report;
}

/// Opens the gates in order, each as soon as there is a permit.
Task<Result<void, OrchestratorError>> open(std::vector<Key> keys, std::shared_ptr<Semaphore> slots,
                                           CancellationToken token) {
  for (Key& key : keys) {
    auto first = co_await select(token.cancelled(), Semaphore::acquire_owned(slots));
    if (first.index() == 0) break;
    static_cast<void>(key.send(std::move(*std::get<1>(first))));
  }
  keys.clear();  // the other gates never open
  co_return Result<void, OrchestratorError>();
}

Task<Results> collect(JoinSet<Report>& all, CancellationToken token) {
  std::vector<TaskResult> results;
  while (auto ended = co_await all.join_next()) {
    if (!*ended && !token.is_cancelled())
      co_return failure(Kind::task_failed, "a task threw: " + ended->error().message());
    if (*ended && (*ended)->result) results.push_back(std::move(*(*ended)->result));
  }
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  co_return results;
}

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return failure(Kind::timeout, "the global timeout was not positive");

  JoinSet<Report> all;
  std::vector<Key> keys;
  const CancellationToken stop;
  std::uint32_t id = 0;
  for (AsyncTask& task : tasks) {
    auto [key, gate] = oneshot::channel<OwnedSemaphorePermit>();
    keys.push_back(std::move(key));
    all.spawn(perform(std::move(gate), std::move(task), id++, token, stop));
  }
  auto both = try_join(open(std::move(keys), std::move(slots), token), collect(all, token));
  auto in_time = co_await timeout(global_timeout, std::move(both));

  stop.cancel();
  while (co_await all.join_next()) {
  }
  if (in_time && *in_time) co_return std::get<1>(std::move(**in_time));
  if (in_time) co_return Err<OrchestratorError>(std::move(in_time->error()));
  co_return failure(Kind::timeout, "the global timeout passed before all tasks were done");
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks, Duration global_timeout) const {
  return run_all(state_->slots, state_->token, std::move(tasks), global_timeout);
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
