// Wrong: each task gets an OS thread and a runtime of its own; run() blocks the thread that calls it.
// Plausible: without coroutines, work runs in parallel this way.
// Killed-by: BasicExecution
// Under: simulation
// Expect: refused
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/time/timeout.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <thread>

namespace corokit {

struct MatrixOrchestrator::State {
  explicit State(std::size_t max_concurrent) : slots(static_cast<std::ptrdiff_t>(max_concurrent)) {}
  std::counting_semaphore<> slots;
  CancellationToken token;
  broadcast::Sender<std::string> messages = broadcast::channel<std::string>(1024).tx;
};

namespace {

using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

OrchestratorError failure(Kind kind, std::string message) {
  return OrchestratorError(kind, std::move(message));
}

/// What the threads of a run share.
struct Board {
  std::mutex mutex;
  std::vector<TaskResult> results;
  std::optional<OrchestratorError> error;

  void fail(OrchestratorError why) {
    const std::lock_guard lock(mutex);
    if (!error) error = std::move(why);
  }
};

/// The body of a thread, which already has its permit.
void perform(Board& board, AsyncTask task, std::uint32_t id, CancellationToken token, Instant deadline) {
  const Instant since = now();
  try {
    auto answer =
        block_on([](Instant until, Task<AsyncTask::Answer> work) -> Task<Result<AsyncTask::Answer, Elapsed>> {
          co_return co_await timeout_at(until, std::move(work));
        }(deadline, task(id, std::move(token))));
    if (!answer) return board.fail(failure(Kind::timeout, "the time was up before all tasks were done"));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - since);
    std::string text = *answer ? std::move(**answer) : std::move(answer->error());
    const std::lock_guard lock(board.mutex);
    board.results.emplace_back(id, std::move(text), static_cast<std::uint64_t>(took.count()));
  } catch (const std::exception& error) {
    board.fail(failure(Kind::task_failed, error.what()));
  } catch (...) {
    board.fail(failure(Kind::task_failed, "an exception that is not a std::exception"));
  }
}

void run_on_threads(Board& board, std::counting_semaphore<>& slots, const CancellationToken& token,
                    std::vector<AsyncTask>& tasks, Duration global_timeout) {
  const auto until = std::chrono::steady_clock::now() + global_timeout;
  const Instant deadline{until.time_since_epoch()};
  std::vector<std::jthread> threads;
  for (std::uint32_t id = 0; id < tasks.size(); ++id) {
    if (!slots.try_acquire_until(until))
      return board.fail(failure(Kind::timeout, "no time to start all tasks"));
    if (token.is_cancelled()) return slots.release();
    threads.emplace_back([&board, &slots, &token, &task = tasks[id], id, deadline] {
      perform(board, std::move(task), id, token, deadline);
      slots.release();
    });
  }
}

Task<Results> run_all(std::shared_ptr<std::counting_semaphore<>> slots, CancellationToken token,
                      std::vector<AsyncTask> tasks, Duration global_timeout) {
  if (tasks.empty()) co_return std::vector<TaskResult>{};
  if (global_timeout <= Duration::zero())
    co_return Err<OrchestratorError>(failure(Kind::timeout, "no time at all"));
  Board board;
  run_on_threads(board, *slots, token, tasks, global_timeout);
  if (token.is_cancelled()) co_return Err<OrchestratorError>(failure(Kind::cancelled, "cancelled"));
  if (board.error) co_return Err<OrchestratorError>(std::move(*board.error));
  co_return std::move(board.results);
}

}  // namespace

MatrixOrchestrator::MatrixOrchestrator(std::size_t max_concurrent) {
  if (max_concurrent == 0) throw std::invalid_argument("an orchestrator needs max_concurrent > 0");
  state_ = std::make_shared<State>(max_concurrent);
}

Task<Results> MatrixOrchestrator::run(std::vector<AsyncTask> tasks, Duration global_timeout) const {
  const std::shared_ptr<std::counting_semaphore<>> slots(state_, &state_->slots);
  return run_all(slots, state_->token, std::move(tasks), global_timeout);
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
