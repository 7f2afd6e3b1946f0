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
    none,    ///< it had none
    met,     ///< it was over by then
    missed,  ///< it was over later; its deadline may have passed before it started
  };
  PriorityResult() = default;
  /// The result of the task `id`, before its times are known.
  PriorityResult(std::uint32_t id, std::string text) : task_id(id), result(std::move(text)) {}

  std::uint32_t task_id = 0;      ///< PrioritizedTask::id
  std::string result;             ///< what it answered, be it a value or an error
  std::uint64_t duration_ms = 0;  ///< whole milliseconds in a slot; time that it had given way is not in it
  Deadline deadline = Deadline::none;  ///< judged by corokit::now() at its end
  std::size_t preemptions = 0;         ///< how often it gave way
  std::size_t worker = 0;              ///< which worker it ended on, from 0
  Instant started{};                   ///< when it got its first slot
  Instant ended{};
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
  std::string
      message;  ///< one line for people: names the task and the bound, or holds what the exception said
  std::optional<std::uint32_t>
      task_id;  ///< of invalid_task and task_failed; an empty list has no task to name
  std::vector<std::uint32_t> unfinished;  ///< those that gave no result: never started, or dropped. Ascending
};

/// How a PriorityOrchestrator decides. The benchmark compares policies; who only runs tasks changes nothing.
struct PriorityOptions {
  /// The order in which tasks get slots.
  enum class Policy {
    oracle,    ///< all that PriorityOrchestrator promises
    priority,  ///< priority, then shortest estimate: no ageing, no deadlines
    shortest,  ///< shortest estimate
    fifo,      ///< order of arrival, then of submission
    deadline,  ///< always the earliest deadline; those without one last, by priority
  };
  Duration ageing_step = std::chrono::seconds(10);  ///< positive, see "Ageing"
  Duration margin = std::chrono::milliseconds(10);  ///< from 0 to a day, see "Deadlines"
  /// False: nobody is asked to give way; so none starts that a deadline cannot wait for.
  bool preemption = true;
  Policy policy = Policy::oracle;
  /// If set, counts how often two tasks are compared. For one run at a time.
  std::uint64_t* comparisons = nullptr;
};

/// Runs tasks by urgency, at most so many at once.
///
///     PriorityOrchestrator oracle(3);
///     auto results = co_await oracle.run_with_priority(std::move(tasks), executor);
///
/// Workers: there are `max_concurrent`, each with a queue of its own and one slot. Tasks are dealt in order
/// of urgency, each to the queue with the least estimated work. A worker that is free takes from its queue
///   1. while a deadline is at risk: the earliest deadline;
///   2. else, if one has waited for its priority × ageing_step: whichever came to that point first;
///   3. else the lowest number of priority, then the shortest estimate, then the smallest id.
/// Stealing: a worker whose queue is empty takes, by the same order, from the queue with the most estimated
/// work that waits. With stealing off it stays idle. It is on unless turned off.
///
/// Deadlines: one is at risk if the tasks that wait with a deadline, run from now + margin on by nothing but
/// their deadlines, might not all meet them; those that run already count as work before them. While
/// stealing is on all queues count as one for this, and a free worker takes the earliest deadline wherever
/// it waits. When one is at risk and every worker is busy, running tasks that are less urgent (those without
/// a deadline first, then the latest deadline) are asked to give way. One that does so, at its next
/// checkpoint, goes back to its queue, and goes on later where it was. A deadline that has passed puts
/// nobody at risk: its task runs in the order of 2 and 3, and is reported as missed. While tasks with a
/// deadline are still to come, the longest of those that came is added to the margin: room for another.
///
/// Ageing: while no deadline is at risk, a task of priority p starts no later than p × ageing_step after it
/// arrived, plus the work of its queue that came to that point before it, plus one task that runs already.
/// Deadlines at risk may add the work of their tasks.
///
/// Learning: how long tasks of a priority took by their estimates, newer ones counting for more, corrects the
/// estimates by which deadlines are judged: by the mean and, for caution, twice the deviation, at most to
/// the fourfold. The longest time that a task took to give way replaces the margin, if it is longer.
///
/// A copy shares the same limit, token and settings: the limit is one for all runs of all copies, and
/// cancel() is for all of them, and for good. The order holds within a run. Thread-safety: all members may be
/// called at once from any thread.
class PriorityOrchestrator {
 public:
  using Results = Result<std::vector<PriorityResult>, PriorityError>;

  static constexpr std::size_t kMaxTasks = 10'000;
  static constexpr unsigned kMinPriority = 1;
  static constexpr unsigned kMaxPriority = 10;
  static constexpr Duration kMinDuration = std::chrono::milliseconds(1);
  static constexpr Duration kMaxDuration = std::chrono::seconds(60);

  /// Throws: std::invalid_argument for 0 workers, an ageing step that is not positive, or a negative margin.
  explicit PriorityOrchestrator(std::size_t max_concurrent, PriorityOptions options = {});
  PriorityOrchestrator(const PriorityOrchestrator&) = default;  // and no move: an orchestrator is never empty
  PriorityOrchestrator& operator=(const PriorityOrchestrator&) = default;
  ~PriorityOrchestrator() = default;

  /// Runs all tasks, each as a task of the calling runtime. The Task keeps what it needs of the orchestrator.
  ///
  /// Returns: the results in the order of completion. Or
  ///   invalid_task  no tasks, or more than kMaxTasks; a priority or an estimate out of its bounds; an id
  ///   that
  ///                 two tasks share. Nothing started.
  ///   cancelled     cancel() came while tasks were unfinished, or before: those that had not started never
  ///                 start; those that had, also those that had given way, get the chance to finish, within
  ///                 the global timeout.
  ///   timeout       the global timeout, counted from the first await, passed before the tasks were done; one
  ///                 that is not positive has passed before it begins. What still ran was dropped.
  ///   task_failed   an exception escaped a task. The others were dropped.
  ///   When it returns, none of its tasks is running, and every slot is free.
  /// Thread-safety: any number of runs at once.
  /// Cancel-safety: dropping it aborts its tasks; their slots come back as they end.
  /// Complexity: O(n log n) for n tasks and O(n) memory, whatever the number of workers; a task that gives
  /// way
  ///   counts once more each time.
  Task<Results> run_with_priority(std::vector<PrioritizedTask> tasks, PriorityExecutor executor,
                                  Duration global_timeout = Duration::max()) const;

  /// Whether idle workers take from the queues of others, in runs that begin later.
  void enable_work_stealing(bool enabled) const noexcept;

  /// Asks every task, through its token, to stop, and starts no more. Idempotent; a run that comes later
  /// starts nothing.
  void cancel() const noexcept;

 private:
  struct State;  // each implementation's own
  std::shared_ptr<State> state_;
};

}  // namespace corokit
