// The reference solution. A run consists of three layers of coroutines. All of them belong to the task that awaits the
// run, except for perform().
//
//   run_all()   once for each run: awaits collect() under the global timeout, then ends what is left
//   run_one()   once for each task: waits for a permit, then for the end of the task
//   perform()   once for each task, spawned: runs the task from its permit to its answer
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace corokit {

struct MatrixOrchestrator::State {
  explicit State(std::size_t max_concurrent)
      : slots(std::make_shared<Semaphore>(std::min(max_concurrent, Semaphore::max_permits()))),
        messages(broadcast::channel<std::string>(kBacklog).tx) {}

  static constexpr std::size_t kBacklog = 1024;  // the number of messages that a subscriber may be behind

  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  broadcast::Sender<std::string> messages;
};

namespace {

using Kind = OrchestratorError::Kind;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

/// How the spawned part of a task ended. The permit travels with the result and goes back when the report is destroyed,
/// so no task starts before the run has noticed the end of the task before it.
struct Report {
  Report(OwnedSemaphorePermit permit, std::optional<TaskResult> ending)
      : slot(std::move(permit)), result(std::move(ending)) {}
  OwnedSemaphorePermit slot;
  std::optional<TaskResult> result;  // none if the task never started
};

Task<Report> perform(OwnedSemaphorePermit slot, Instant since, AsyncTask task, std::uint32_t id,
                     CancellationToken token) {
  // The token is checked here: nothing can happen between this line and the first line of the task.
  if (token.is_cancelled()) co_return Report(std::move(slot), std::nullopt);
  AsyncTask::Answer answer = co_await task(id, token);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  co_return Report(std::move(slot),
                   TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count())));
}

/// The tasks that a run has started. Its destructor aborts those that still run.
class StartedTasks {
 public:
  StartedTasks() = default;
  StartedTasks(const StartedTasks&) = delete;
  StartedTasks& operator=(const StartedTasks&) = delete;
  ~StartedTasks() { abort(); }

  /// Returns: the handle of the new task. It is valid until the next call.
  JoinHandle<Report>& start(Task<Report> work) {
    members_.push_back(spawn(std::move(work)));
    return members_.back();
  }

  /// Aborts the tasks that still run, and waits until they are gone.
  Task<void> abort_and_join() {
    abort();
    for (JoinHandle<Report>& member : members_)
      if (!member.is_finished()) static_cast<void>(co_await member);
  }

 private:
  void abort() noexcept {
    for (JoinHandle<Report>& member : members_) member.abort();
  }

  std::vector<JoinHandle<Report>> members_;
};

using Ending = Result<std::optional<TaskResult>, OrchestratorError>;

Task<Ending> run_one(const std::shared_ptr<Semaphore>& slots, CancellationToken token, StartedTasks& started,
                     AsyncTask task, std::uint32_t id) {
  auto slot = co_await Semaphore::acquire_owned(slots);
  if (!slot) {
    co_await token.cancelled();  // cancel() closes the semaphore, and then cancels the token
    co_return std::nullopt;
  }
  auto& work = started.start(perform(std::move(slot).value(), now(), std::move(task), id, std::move(token)));
  Result<Report, JoinError> report = co_await work;
  if (report) co_return std::move(report->result);
  co_return failure(Kind::task_failed, "task " + std::to_string(id) + ": " + report.error().message());
}

Task<MatrixOrchestrator::Results> collect(FuturesUnordered<Task<Ending>>& endings, CancellationToken token) {
  std::vector<TaskResult> results;
  while (std::optional<Ending> next = co_await endings.next()) {
    // After a cancellation a failure does not end the run: the other tasks may still finish.
    if (!*next && !token.is_cancelled()) co_return Err<OrchestratorError>(std::move(next->error()));
    std::optional<TaskResult> result = std::move(*next).value_or(std::nullopt);
    if (result) results.push_back(std::move(*result));
  }
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  co_return results;
}

Task<MatrixOrchestrator::Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token,
                                          std::vector<AsyncTask> tasks, Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return failure(Kind::timeout, "the global timeout was not positive");

  StartedTasks started;
  FuturesUnordered<Task<Ending>> endings;
  for (std::size_t id = 0; id < tasks.size(); ++id)
    endings.push(run_one(slots, token, started, std::move(tasks[id]), static_cast<std::uint32_t>(id)));
  auto collected = co_await timeout(global_timeout, collect(endings, token));

  endings.clear();  // no task waits for a permit any more, so none starts
  co_await started.abort_and_join();
  if (collected) co_return std::move(*collected);
  if (token.is_cancelled())
    co_return failure(Kind::cancelled, "the orchestrator was cancelled, and the global timeout passed");
  co_return failure(Kind::timeout, "the global timeout passed before all tasks were done");
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks,
                                                          Duration global_timeout) const {
  return run_all(state_->slots, state_->token, std::move(tasks), global_timeout);
}

void MatrixOrchestrator::cancel() const noexcept {
  // The semaphore is closed first: a task that sees the token cancelled can rely on no other task starting.
  state_->slots->close();
  state_->token.cancel();
}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
