// Another right answer: one loop around one select().
//
// What differs from the reference: a run is a state machine. Each round waits for whatever comes first (the end of a
// task, the cancellation, the timeout, or a permit for the next task) and handles it. A branch that has no purpose in a
// round waits for ever. The select is biased so that the ends of tasks come first: they are in the FuturesUnordered
// before anything else can happen. Its cost: the branches that lose are dropped, so the run goes to the end of the
// semaphore's queue whenever one of its tasks ends. With several runs on one orchestrator the reference is fairer.
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>

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

/// What a task returns: its permit, which goes back when this is destroyed, and its result, unless it never started.
struct Report {
  Report(OwnedSemaphorePermit permit, std::optional<TaskResult> ending)
      : slot(std::move(permit)), result(std::move(ending)) {}
  OwnedSemaphorePermit slot;
  std::optional<TaskResult> result;
};

using Ended = Result<Report, JoinError>;

Task<Report> perform(OwnedSemaphorePermit slot, Instant since, AsyncTask task, std::uint32_t id,
                     CancellationToken token) {
  if (token.is_cancelled()) co_return Report(std::move(slot), std::nullopt);
  AsyncTask::Answer answer = co_await task(id, std::move(token));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
  std::string text = answer ? std::move(*answer) : std::move(answer.error());
  co_return Report(std::move(slot),
                   TaskResult(id, std::move(text), static_cast<std::uint64_t>(took.count())));
}

/// A branch that is switched off waits for this.
Task<void> never() {
  const CancellationToken nobody_cancels_this;
  co_await nobody_cancels_this.cancelled();
}

class Run {
 public:
  Run(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks)
      : slots_(std::move(slots)), token_(std::move(token)), tasks_(std::move(tasks)) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { abort(); }

  Task<Results> run_all(Instant deadline) {
    while (wants_to_start() || !running_.empty()) {
      auto event = co_await select(biased, next_end(), cancellation(), sleep_until(deadline), next_slot());
      if (event.index() == 0 && !take(std::get<0>(event))) break;
      if (event.index() == 1) cancelled_ = true;
      if (event.index() == 2) {
        outcome_ = failure(Kind::timeout, "the global timeout passed before all tasks were done");
        break;
      }
      if (event.index() == 3) start(std::move(std::get<3>(event)));
    }
    abort();
    while (co_await running_.next()) {
    }
    if (cancelled_ || (outcome_ && token_.is_cancelled()))
      co_return failure(Kind::cancelled, "the orchestrator was cancelled");
    co_return std::move(outcome_);
  }

  static Err<OrchestratorError> failure(Kind kind, std::string message) {
    return Err<OrchestratorError>(OrchestratorError(kind, std::move(message)));
  }

 private:
  bool wants_to_start() const noexcept { return !cancelled_ && started_.size() < tasks_.size(); }

  Task<Ended> next_end() {
    if (running_.empty()) co_await never();
    std::optional<Ended> ended = co_await running_.next();
    co_return std::move(*ended);
  }

  Task<void> cancellation() {
    if (cancelled_) co_await never();
    co_await token_.cancelled();
  }

  Task<OwnedSemaphorePermit> next_slot() {
    if (!wants_to_start()) co_await never();
    auto slot = co_await Semaphore::acquire_owned(slots_);
    co_return std::move(*slot);  // the semaphore is never closed
  }

  void start(OwnedSemaphorePermit slot) {
    const std::size_t id = started_.size();
    auto work =
        perform(std::move(slot), now(), std::move(tasks_[id]), static_cast<std::uint32_t>(id), token_);
    JoinHandle<Report> handle = spawn(std::move(work));
    started_.push_back(handle.abort_handle());
    running_.push(std::move(handle));
  }

  /// Returns: whether the run goes on.
  bool take(Ended& ended) {
    if (ended && ended->result) outcome_->push_back(std::move(*ended->result));
    if (ended || token_.is_cancelled()) return true;
    outcome_ = failure(Kind::task_failed, "a task threw: " + ended.error().message());
    return false;
  }

  void abort() noexcept {
    for (const AbortHandle& handle : started_) handle.abort();
  }

  const std::shared_ptr<Semaphore> slots_;
  const CancellationToken token_;
  std::vector<AsyncTask> tasks_;
  std::vector<AbortHandle> started_;
  FuturesUnordered<JoinHandle<Report>> running_;
  Results outcome_;
  bool cancelled_ = false;
};

Task<Results> run_all(std::shared_ptr<Semaphore> slots, CancellationToken token, std::vector<AsyncTask> tasks,
                      Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return Run::failure(Kind::timeout, "the global timeout was not positive");
  const Instant deadline = sleep(global_timeout).deadline();
  Run run(std::move(slots), std::move(token), std::move(tasks));
  Results results = co_await run.run_all(deadline);
  co_return results;
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
