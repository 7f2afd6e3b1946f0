#pragma once
#include <corokit/orchestrator/async_task.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace corokit {

/// How one task of a run ended.
struct TaskResult {
  TaskResult() = default;
  /// The result of the task `id`, which took `milliseconds`.
  TaskResult(std::uint32_t id, std::string text, std::uint64_t milliseconds)
      : task_id(id), result(std::move(text)), duration_ms(milliseconds) {}

  std::uint32_t task_id = 0;      ///< its place in the vector given to run(), from 0
  std::string result;             ///< what it answered, be it a value or an error
  std::uint64_t duration_ms = 0;  ///< whole milliseconds, from its permit to its end
};

/// Why a run gave no results.
struct OrchestratorError {
  /// What ended the run.
  enum class Kind {
    timeout,      ///< the global timeout passed first
    cancelled,    ///< cancel() was called while tasks were unfinished
    task_failed,  ///< an exception escaped a task
  };
  /// The error of a run, with one line for people.
  OrchestratorError(Kind why, std::string text) : kind(why), message(std::move(text)) {}

  Kind kind;
  std::string message;  ///< one line for people; for task_failed it holds what the exception said
};

/// Runs tasks, at most so many at once, and gives their results in the order of completion.
///
///     MatrixOrchestrator orchestrator(3);
///     auto results = co_await orchestrator.run(std::move(tasks), 5s);
///
/// A copy shares the same semaphore, token and channel: the limit is one for all runs of all copies, and
/// cancel() is for all of them, and for good.
/// Thread-safety: all members may be called at once from any thread.
class MatrixOrchestrator {
 public:
  using Results = Result<std::vector<TaskResult>, OrchestratorError>;

  /// Throws: std::invalid_argument for 0: a semaphore without permits waits for ever.
  explicit MatrixOrchestrator(std::size_t max_concurrent);
  MatrixOrchestrator(const MatrixOrchestrator&) = default;  // and no move: an orchestrator is never empty
  MatrixOrchestrator& operator=(const MatrixOrchestrator&) = default;
  ~MatrixOrchestrator() = default;

  /// Runs all tasks, each as a task of the calling runtime, as soon as one of the permits is free for it.
  /// They get them in order of submission. The Task keeps what it needs of the orchestrator.
  ///
  /// Returns: the results in the order of completion; of no tasks, none, whatever else holds. Or
  ///   cancelled    cancel() came while tasks were unfinished, or before: those that had not started never
  ///                start; those that had get the chance to finish, within the global timeout.
  ///   timeout      the global timeout, counted from the first await, passed before the tasks were done; one
  ///                that is not positive has passed before it begins. What still ran was dropped.
  ///   task_failed  an exception escaped a task. The others were dropped.
  ///   When it returns, none of its tasks is running, and every permit is back.
  /// Thread-safety: any number of runs at once.
  /// Cancel-safety: dropping it aborts its tasks; their permits come back as they end.
  Task<Results> run(std::vector<AsyncTask> tasks, Duration global_timeout) const;

  /// Asks every task, through its token, to stop, and starts no more. Idempotent; a run that comes later
  /// starts nothing.
  void cancel() const noexcept;

  /// Sends a message to every subscriber. Returns: how many there are; 0 is no error.
  std::size_t broadcast(std::string message) const;
  /// Receives what is broadcast from here on. A subscriber who falls far behind is told how much it missed.
  broadcast::Receiver<std::string> subscribe() const;

 private:
  struct State;  // each implementation's own
  std::shared_ptr<State> state_;
};

}  // namespace corokit
