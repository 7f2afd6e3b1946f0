// Another right answer: the results come through a channel.
//
// What differs from the reference: no coroutine waits for a JoinHandle. A dispatcher takes the permits in order and
// spawns the tasks. Each task sends its report into an mpsc channel before it gives its permit back, so the channel
// holds the reports in the order of completion. A collector reads until the last sender is gone. Dispatcher and
// collector are two branches of one try_join(), so the first failure ends both. A JoinSet holds the tasks, only to abort
// them. Its cost: an exception has to be caught and sent, or its report would be missing silently.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
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
using Report = Result<TaskResult, OrchestratorError>;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

std::string what_is(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

/// Runs a task to its end, and reports how it ended.
Task<Report> report_of(AsyncTask task, std::uint32_t id, Instant since, CancellationToken token) {
  try {
    AsyncTask::Answer answer = co_await task(id, token);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
    std::string text = answer ? std::move(*answer) : std::move(answer.error());
    co_return TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count()));
  } catch (...) {
    co_return failure(Kind::task_failed,
                      "task " + std::to_string(id) + ": " + what_is(std::current_exception()));
  }
}

/// The spawned task. It holds its permit until its report is in the channel.
Task<void> perform(OwnedSemaphorePermit slot, Instant since, AsyncTask task, std::uint32_t id,
                   CancellationToken token, mpsc::Sender<Report> reports) {
  if (token.is_cancelled()) co_return;  // never started
  Report report = co_await report_of(std::move(task), id, since, std::move(token));
  auto sent = co_await reports.send(std::move(report));
  static_cast<void>(sent);  // if it failed the run is over, and needs no report
}

/// Starts the tasks, each as soon as it has a permit. Its own sender ends with it; those of the tasks remain.
Task<Result<void, OrchestratorError>> dispatch(std::shared_ptr<Semaphore> slots, CancellationToken token,
                                               std::vector<AsyncTask> tasks, mpsc::Sender<Report> reports,
                                               JoinSet<void>& started) {
  std::uint32_t id = 0;
  for (AsyncTask& task : tasks) {
    auto slot = co_await Semaphore::acquire_owned(slots);  // the semaphore is never closed
    started.spawn(perform(std::move(slot).value(), now(), std::move(task), id++, token, reports));
  }
  co_return Result<void, OrchestratorError>();
}

/// Reads reports until the last sender is gone.
Task<Results> collect(mpsc::Receiver<Report> reports, CancellationToken token) {
  std::vector<TaskResult> results;
  while (std::optional<Report> report = co_await reports.recv()) {
    if (*report) results.push_back(std::move(**report));
    if (!*report && !token.is_cancelled()) co_return Err<OrchestratorError>(std::move(report->error()));
  }
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  co_return results;
}

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return failure(Kind::timeout, "the global timeout was not positive");

  JoinSet<void> started;
  auto [sender, receiver] = mpsc::channel<Report>(16);
  auto both = try_join(dispatch(std::move(slots), token, std::move(tasks), std::move(sender), started),
                       collect(std::move(receiver), token));
  auto in_time = co_await timeout(global_timeout, std::move(both));

  started.abort_all();
  while (co_await started.join_next()) {
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
