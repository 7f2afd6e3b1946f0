#pragma once
#include <corokit/orchestrator/async_task.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>

#include <chrono>
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

  std::uint32_t task_id = 0;      ///< the place of the task in the vector given to run(), from 0
  std::string result;             ///< the value or the error that the task returned
  std::uint64_t duration_ms = 0;  ///< from the permit of the task to its end, rounded down
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
  std::string message;  ///< one line for people; that of task_failed contains what the exception said
};

/// Runs tasks, at most `max_concurrent` at a time, and returns their results in the order of completion.
///
///     MatrixOrchestrator orchestrator(3);
///     auto results = co_await orchestrator.run(std::move(tasks), 5s);
///
/// A copy shares the same semaphore, token and channel: all runs of all copies share one limit, and cancel() ends all of
/// them for good.
///
/// Thread-safety: all members may be called at once from any thread.
class MatrixOrchestrator {
 public:
  using Results = Result<std::vector<TaskResult>, OrchestratorError>;

  /// Creates an orchestrator that runs at most `max_concurrent` tasks at a time: any number but 0.
  ///
  /// Throws: std::invalid_argument if `max_concurrent` is 0: no task could ever start.
  explicit MatrixOrchestrator(std::size_t max_concurrent);
  MatrixOrchestrator(const MatrixOrchestrator&) = default;  // and no move: an orchestrator is never empty
  MatrixOrchestrator& operator=(const MatrixOrchestrator&) = default;
  ~MatrixOrchestrator() = default;

  /// Runs all tasks, each as a task of the calling runtime, as soon as a permit is free for it. The tasks get the
  /// permits in the order of submission. The Task keeps the shared state alive, so the orchestrator may be destroyed
  /// before it.
  ///
  /// Resumes: on the awaiting task's executor, when none of its tasks is running and all of their permits are back.
  /// Returns: the results in the order of completion; an empty vector if there are no tasks, even after cancel() or with
  ///   a timeout of 0. Otherwise one of these errors:
  ///   cancelled    cancel() was called before the run or while tasks were unfinished. Tasks that have not started never
  ///                start; those that have started get the chance to finish, within the global timeout, even if one
  ///                of them throws.
  ///   timeout      the global timeout, counted from the first await, passed before all tasks were done. A timeout that
  ///                is not positive has passed at once. The tasks that still ran were dropped.
  ///   task_failed  an exception escaped a task. The other tasks were dropped.
  /// Thread-safety: any number of runs may go on at once.
  /// Cancel-safety: dropping the run aborts its tasks; their permits come back as they end.
  /// Complexity: O(n) time and memory for n tasks; one spawned task each.
  Task<Results> run(std::vector<AsyncTask> tasks, Duration global_timeout) const;
  /// The same, for a timeout of any unit, which is converted as AnyDuration says: no conversion overflows.
  template <class Rep, class Period>
  Task<Results> run(std::vector<AsyncTask> tasks, std::chrono::duration<Rep, Period> global_timeout) const {
    return run(std::move(tasks), detail::saturate(global_timeout));
  }

  /// Asks every task through its token to stop, and lets no more task start, also in later runs. Further calls have no
  /// effect.
  void cancel() const noexcept;

  /// Sends a message to every subscriber.
  ///
  /// Returns: the number of subscribers; 0 is no error.
  std::size_t broadcast(std::string message) const;
  /// Returns: a receiver of all messages that are broadcast from now on. A subscriber that falls behind by more messages
  ///   than the channel keeps is told how many it has missed.
  broadcast::Receiver<std::string> subscribe() const;

 private:
  struct State;  // each implementation defines its own
  std::shared_ptr<State> state_;
};

}  // namespace corokit
