// The reference solution. A run is three layers of coroutines, all of them on the task that awaits it except
// for perform():
//
//   conduct()   one a run: the global timeout around collect(), and the clearing up
//   attend()    one a task: its place in line, then the wait for its end
//   perform()   one a task, spawned: the task itself, from its permit to its answer
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

  static constexpr std::size_t kBacklog = 1024;  // messages that a subscriber may be behind

  std::shared_ptr<Semaphore> slots;
  CancellationToken token;
  broadcast::Sender<std::string> messages;
};

namespace {

using Kind = OrchestratorError::Kind;

Err<OrchestratorError> failure(Kind kind, std::string message) {
  return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
}

/// How the spawned part of a task ended. The slot travels with the result: whoever drops the one gives back
/// the other, so that no task starts before the end of the one before it was noticed.
struct Report {
  Report(OwnedSemaphorePermit permit, std::optional<TaskResult> ending)
      : slot(std::move(permit)), result(std::move(ending)) {}
  OwnedSemaphorePermit slot;
  std::optional<TaskResult> result;  // none if it never started
};

Task<Report> perform(OwnedSemaphorePermit slot, Instant since, AsyncTask task, std::uint32_t id,
                     CancellationToken token) {
  // The last moment to look: from here to the first line of the task nothing else can happen.
  if (token.is_cancelled()) co_return Report(std::move(slot), std::nullopt);
  AsyncTask::Answer answer = co_await task(id, token);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  co_return Report(std::move(slot),
                   TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count())));
}

/// The tasks that a run has started. They end with it.
class Crew {
 public:
  explicit Crew(std::size_t size) { members_.reserve(size); }  // so that references to members stay good
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { abort(); }

  JoinHandle<Report>& start(Task<Report> work) {
    members_.push_back(spawn(std::move(work)));
    return members_.back();
  }

  /// Ends those that still run, and waits until they are gone.
  Task<void> dismiss() {
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

Task<Ending> attend(const std::shared_ptr<Semaphore>& slots, CancellationToken token, Crew& crew,
                    AsyncTask task, std::uint32_t id) {
  auto slot = co_await Semaphore::acquire_owned(slots);
  if (!slot) co_return std::nullopt;  // cancelled while it was in line
  auto& work = crew.start(perform(std::move(*slot), now(), std::move(task), id, std::move(token)));
  Result<Report, JoinError> report = co_await work;
  if (report) co_return std::move(report->result);
  co_return failure(Kind::task_failed, "task " + std::to_string(id) + ": " + report.error().message());
}

Task<MatrixOrchestrator::Results> collect(FuturesUnordered<Task<Ending>>& line, CancellationToken token) {
  std::vector<TaskResult> results;
  while (std::optional<Ending> next = co_await line.next()) {
    Ending& ending = *next;
    if (ending && ending->has_value()) results.push_back(std::move(**ending));
    // Once it is cancelled, the others may finish all the same.
    if (!ending && !token.is_cancelled()) co_return Err<OrchestratorError>(std::move(ending.error()));
  }
  if (token.is_cancelled()) co_return failure(Kind::cancelled, "the orchestrator was cancelled");
  co_return results;
}

Task<MatrixOrchestrator::Results> conduct(std::shared_ptr<Semaphore> slots, CancellationToken token,
                                          std::vector<AsyncTask> tasks, Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero()) co_return failure(Kind::timeout, "there was no time at all");

  Crew crew(tasks.size());
  FuturesUnordered<Task<Ending>> line;
  for (std::size_t id = 0; id < tasks.size(); ++id)
    line.push(attend(slots, token, crew, std::move(tasks[id]), static_cast<std::uint32_t>(id)));
  auto collected = co_await timeout(global_timeout, collect(line, token));

  line.clear();             // nobody waits for a permit any more, so nobody starts
  co_await crew.dismiss();  // and nobody is at work
  if (collected) co_return std::move(*collected);
  if (token.is_cancelled())
    co_return failure(Kind::cancelled, "the orchestrator was cancelled, and time was up");
  co_return failure(Kind::timeout, "the time was up before all tasks were done");
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("corokit: an orchestrator needs max_concurrent > 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<MatrixOrchestrator::Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks,
                                                          Duration global_timeout) const {
  return conduct(state_->slots, state_->token, std::move(tasks), global_timeout);
}

void MatrixOrchestrator::cancel() const noexcept {
  state_->slots->close();  // first: whoever hears of the cancellation sees that nothing starts any more
  state_->token.cancel();
}

std::size_t MatrixOrchestrator::broadcast(std::string message) const {
  return state_->messages.send(std::move(message)).value_or(0);
}

broadcast::Receiver<std::string> MatrixOrchestrator::subscribe() const {
  return state_->messages.subscribe();
}

}  // namespace corokit
