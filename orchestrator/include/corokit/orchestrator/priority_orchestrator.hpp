#pragma once
#include <corokit/orchestrator/priority_task.hpp>
#include <corokit/result.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corokit {

/// How one task of a run ended.
struct PriorityResult {
  /// What became of the deadline.
  enum class Deadline {
    none,    ///< the task had none
    met,     ///< the task was over by then
    missed,  ///< the task was over later; the deadline may have passed before the task started
  };
  PriorityResult() = default;
  /// The result of the task `id`, before its times are known.
  PriorityResult(std::uint32_t id, std::string text) : task_id(id), result(std::move(text)) {}

  std::uint32_t task_id = 0;           ///< PrioritizedTask::id
  std::string result;                  ///< the value or the error that the task returned
  std::uint64_t duration_ms = 0;       ///< whole milliseconds for which the task had a slot
  Deadline deadline = Deadline::none;  ///< judged by corokit::now() at the end of the task
  std::size_t preemptions = 0;         ///< how often the task gave way
  std::size_t worker = 0;              ///< the worker that the task ended on, from 0
  Instant started{};                   ///< when the task got its first slot
  Instant ended{};                     ///< when the task was over
};

/// Why a run gave no results.
struct PriorityError {
  /// What ended the run.
  enum class Kind {
    invalid_task,  ///< refused before anything started
    timeout,       ///< the global timeout passed first
    cancelled,     ///< cancel() was called while tasks were unfinished
    task_failed,   ///< an exception escaped a task
  };
  /// The error of a run, with one line for people, and the task that it is about.
  PriorityError(Kind why, std::string text, std::optional<std::uint32_t> id = std::nullopt)
      : kind(why), message(std::move(text)), task_id(id) {}

  Kind kind;
  /// One line for people. It names the task and the bound, or contains what the exception said.
  std::string message;
  /// The task, of invalid_task and task_failed; none if there were no tasks.
  std::optional<std::uint32_t> task_id;
  /// The ids of the tasks that gave no result, because they never started, threw or were dropped, in ascending order.
  /// Of no meaning for invalid_task.
  std::vector<std::uint32_t> unfinished;
};

/// How a PriorityOrchestrator decides. The defaults suit most runs.
struct PriorityOptions {
  AnyDuration ageing_step = std::chrono::seconds(10);  ///< positive; see "Ageing"
  AnyDuration margin = std::chrono::milliseconds(10);  ///< 0 to 24 hours; see "Deadlines"
  /// If false, no task is asked to give way, and no task starts that a deadline cannot wait for.
  bool preemption = true;
  /// If set, it is increased by one for each comparison of two tasks. The exercise's test `complexity` checks the cost
  /// by it. It may be used by one run at a time.
  std::uint64_t* comparisons = nullptr;
};

/// Runs tasks in the order of urgency, at most `max_concurrent` at a time.
///
///     PriorityOrchestrator oracle(3);
///     auto results = co_await oracle.run_with_priority(std::move(tasks), executor);
///
/// Workers: there are `max_concurrent`, each with a queue of its own and one slot. The tasks are assigned in the order of
/// urgency, each to the queue with the least estimated work. A free worker takes from its queue
///   1. while a deadline is at risk: the task with the earliest deadline;
///   2. else, if tasks have waited for their priority × ageing_step: the one that came to that point first;
///   3. else the task with the lowest number of priority, then the shortest estimate, then the smallest id.
///
/// Stealing: a worker whose queue is empty takes, by the same rules, from the queue with the most estimated work that
/// waits. With stealing off it stays idle. Stealing is on by default.
///
/// Deadlines: a deadline is at risk if the waiting tasks with deadlines might not all meet them if, from now + margin on,
/// they alone ran, in the order of their deadlines. Running tasks with a deadline count as work before them. While
/// stealing is on, all queues count as one for this, and a free worker takes the task with the earliest deadline from
/// whichever queue it waits in. When a deadline is at risk and every worker is busy, less urgent running tasks are asked
/// to give way: first those without a deadline, then the one with the latest deadline. A task gives way at its next
/// checkpoint: it goes back to its queue, and later goes on where it was. A deadline that has passed puts no task at
/// risk: its task runs by rules 2 and 3, and is reported as missed. While tasks with a deadline are still to arrive, the
/// longest estimate of those that have arrived is added to the margin, as room for another such task.
///
/// Ageing: while no deadline is at risk, a task of priority p starts no later than p × ageing_step after its arrival,
/// plus the work in its queue that came to that point before it, plus one task that is already running. Deadlines at
/// risk may add the work of their tasks.
///
/// Learning: deadlines are judged by corrected estimates. The correction of a priority is the ratio of actual to
/// estimated durations, in which newer tasks count for more: its mean plus twice its deviation, at most 4. The longest
/// time that a task took to give way replaces the margin if it is longer.
///
/// A copy shares the same limit, token and settings: all runs of all copies share one limit, and cancel() ends all of
/// them for good. The order holds within a run.
///
/// Thread-safety: all members may be called at once from any thread.
class PriorityOrchestrator {
 public:
  using Results = Result<std::vector<PriorityResult>, PriorityError>;

  // the bounds of a run and of its tasks
  static constexpr std::size_t kMaxTasks = 10'000;
  static constexpr unsigned kMinPriority = 1;
  static constexpr unsigned kMaxPriority = 10;
  static constexpr Duration kMinDuration = std::chrono::milliseconds(1);
  static constexpr Duration kMaxDuration = std::chrono::seconds(60);

  /// Creates an orchestrator with `max_concurrent` workers.
  ///
  /// Throws: std::invalid_argument for 0 workers, an ageing step that is not positive, or a negative margin.
  explicit PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options = {});
  PriorityOrchestrator(const PriorityOrchestrator&) = default;  // and no move: an orchestrator is never empty
  PriorityOrchestrator& operator=(const PriorityOrchestrator&) = default;
  ~PriorityOrchestrator() = default;

  /// Runs all tasks, each as a task of the calling runtime. The Task keeps the shared state alive, so the orchestrator
  /// may be destroyed before it.
  ///
  /// Resumes: on the awaiting task's executor, when none of its tasks is running and all of their slots are free.
  /// Returns: the results in the order of completion, or one of these errors:
  ///   invalid_task  there are no tasks, or more than kMaxTasks; a priority or an estimate is out of its bounds; or two
  ///                 tasks share an id. No task has started.
  ///   cancelled     cancel() was called before the run or while tasks were unfinished. Tasks that have not started
  ///                 never start; those that have started, also those that have given way, get the chance to finish,
  ///                 within the global timeout. If one of them throws, it is unfinished, and the others go on.
  ///   timeout       the global timeout, counted from the first await, passed before all tasks were done. A timeout that
  ///                 is not positive has passed at once. The tasks that still ran were dropped.
  ///   task_failed   an exception escaped a task. The other tasks were dropped.
  /// Thread-safety: any number of runs may go on at once.
  /// Cancel-safety: dropping the run aborts its tasks; their slots come back as they end.
  /// Complexity: O(n log n) time and O(n) memory for n tasks, whatever the number of workers. A task that gives way
  ///   counts once more each time.
  Task<Results> run_with_priority(std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                                  Duration global_timeout = Duration::max()) const;
  /// The same, for a timeout of any unit, which is converted as AnyDuration says: no conversion overflows.
  template <class Rep, class Period>
  Task<Results> run_with_priority(std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                                  std::chrono::duration<Rep, Period> global_timeout) const {
    return run_with_priority(std::move(tasks), std::move(executor), detail::saturate(global_timeout));
  }

  /// Turns stealing on or off for the runs that begin later.
  void enable_work_stealing(bool enabled) const noexcept;

  /// Asks every task through its token to stop, and lets no more task start, also in later runs. Further calls have no
  /// effect.
  void cancel() const noexcept;

 private:
  struct State;  // each implementation defines its own
  std::shared_ptr<State> state_;
};

}  // namespace corokit
