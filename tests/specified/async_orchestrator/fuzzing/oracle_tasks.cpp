// When a task may start, when it hears of a cancellation, and when it is gone.
#include "oracle.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {
namespace {

/// One task of a run.
class OneTask {
 public:
  OneTask(const Scenario& scenario, const Seen& seen, std::size_t run, std::size_t task,
          std::vector<Finding>& found)
      : plan_(scenario.runs[run].tasks[task]),
        run_(seen.runs[run]),
        task_(run_.tasks[task]),
        cancelled_(cancellation_of(scenario, seen, run)),
        over_(over(run_)),
        name_(name_of(scenario, run, task)),
        place_(task),
        found_(found) {}

  void judge() {
    if (!task_.started) return;
    called();
    started_in_time();
    told_in_time();
    gone_in_time();
  }

 private:
  void add(Promise promise, const char* what, std::string expected, std::string got) {
    found_.push_back({promise, what, std::move(expected), std::move(got)});
  }

  void called() {
    if (task_.calls == 1 && task_.id == place_) return;
    add(Promise::results, "a task is not called once, with its place",
        name_ + " is called once, with its place",
        std::to_string(task_.calls) + " calls, the last with " + std::to_string(task_.id));
  }

  void started_in_time() {
    if (!run_.begun || task_.started.before(run_.begun))
      return add(Promise::results, "a task starts before its run is awaited", name_ + " starts later",
                 at(task_.started));
    if (cancelled_ && cancelled_.before(task_.started))
      return add(Promise::cancellation, "a task starts after cancel()",
                 name_ + " never starts, as cancel() comes " + at(cancelled_), at(task_.started));
    const bool is_late =
        over_ && (run_.dropped ? over_.time < task_.started.time : over_.before(task_.started));
    if (is_late)
      add(Promise::timeout, "a task starts when its run is over",
          name_ + " never starts, as its run ends " + at(over_), at(task_.started));
  }

  void told_in_time() {
    if (!plan_.listens) return;
    const Duration end_of_work = task_.started.time + plan_.work;
    const bool ends_by_then = over_ && cancelled_ && over_.time <= cancelled_.time;
    const bool must_hear = cancelled_ && end_of_work > cancelled_.time && !ends_by_then &&
                           (!task_.gone || cancelled_.before(task_.gone));
    if (must_hear && !(task_.told && task_.told.time == cancelled_.time))
      return add(Promise::cancellation, "a started task does not see its token cancelled at once",
                 name_ + " sees it " + at(cancelled_), at(task_.told));
    const bool is_right = !task_.told || (cancelled_ && !task_.told.before(cancelled_)) ||
                          (over_ && over_.time == task_.told.time);
    if (!is_right)
      add(Promise::cancellation, "a task sees its token cancelled, and nobody called cancel()",
          name_ + " sees nothing", at(task_.told));
  }

  void gone_in_time() {
    const Duration natural = natural_end(plan_, task_, cancelled_);
    const bool is_cut = over_ && over_.time < natural;
    const Duration due = is_cut ? over_.time : natural;
    const bool outlives =
        run_.returned && over_.order == run_.returned.order && (!task_.gone || over_.before(task_.gone));
    if (outlives)
      return add(of_run(due), "a task still runs when its run has returned", name_ + " is gone " + at(due),
                 at(task_.gone));
    if (task_.gone && task_.gone.time == due) return;
    if (!task_.gone || task_.gone.time > due)
      return add(of_run(due), "a task ends too late", name_ + " is gone " + at(due), at(task_.gone));
    const bool after_cancel = cancelled_ && cancelled_.time <= task_.gone.time;
    add(after_cancel ? Promise::shutdown : Promise::results, "a task is dropped before it has finished",
        name_ + " ends " + at(due), at(task_.gone));
  }

  /// The promise that the run of the task breaks if the task is not gone when it is due.
  Promise of_run(Duration due) const {
    const bool was_asked = cancelled_ && cancelled_.time <= due;
    const auto unless_asked = [was_asked](Promise promise) {
      return was_asked ? Promise::cancellation : promise;
    };
    if (!run_.results) return run_.threw.empty() ? unless_asked(Promise::timeout) : Promise::shutdown;
    if (*run_.results) return unless_asked(Promise::results);
    const bool timed_out = run_.results->error().kind == OrchestratorError::Kind::timeout;
    return timed_out ? unless_asked(Promise::timeout) : Promise::shutdown;
  }

  const PlannedTask& plan_;
  const SeenRun& run_;
  const SeenTask& task_;
  const Moment cancelled_;
  const Moment over_;
  const std::string name_;
  const std::size_t place_;
  std::vector<Finding>& found_;
};

}  // namespace

Duration natural_end(const PlannedTask& task, const SeenTask& seen, const Moment& cancelled) {
  const Duration end_of_work = seen.started.time + task.work;
  if (!task.listens || !cancelled || cancelled.time > end_of_work) return end_of_work;
  if (cancelled.time == end_of_work && !seen.told) return end_of_work;
  return std::max(cancelled.time, seen.started.time) + task.clean_up;
}

void judge_tasks(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found) {
  for (std::size_t run = 0; run < seen.runs.size(); ++run)
    for (std::size_t task = 0; task < seen.runs[run].tasks.size(); ++task)
      OneTask(scenario, seen, run, task, found).judge();
}

}  // namespace corokit::specified::fuzzing
