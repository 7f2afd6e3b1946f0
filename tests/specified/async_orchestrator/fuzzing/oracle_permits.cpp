// At most as many tasks as there are permits, the next one as soon as a permit is free, and in the order of submission.
#include "oracle.hpp"

#include <algorithm>
#include <array>

namespace corokit::specified::fuzzing {
namespace {

/// A task starts or is gone, or a run begins.
struct Change {
  Moment moment;
  int present = 0;  // 1: one task more; -1: one less
  std::size_t run = 0;
  std::size_t task = 0;
};

std::vector<Change> changes_on(const Scenario& scenario, const Seen& seen, std::size_t orchestrator) {
  std::vector<Change> changes;
  for (std::size_t run = 0; run < seen.runs.size(); ++run) {
    if (orchestrator_of(scenario, run) != orchestrator) continue;
    if (seen.runs[run].begun) changes.push_back({seen.runs[run].begun, 0, run, 0});
    for (std::size_t task = 0; task < seen.runs[run].tasks.size(); ++task) {
      const SeenTask& one = seen.runs[run].tasks[task];
      if (one.started) changes.push_back({one.started, 1, run, task});
      if (one.started && one.gone) changes.push_back({one.gone, -1, run, task});
    }
  }
  std::ranges::sort(changes, {}, [](const Change& change) { return change.moment.order; });
  return changes;
}

/// Whether tasks of a run wait for permits at the end of a moment.
bool is_waiting(const SeenRun& run, const Moment& cancelled, Duration time) {
  const Moment end = over(run);
  return run.begun && run.begun.time <= time && (!end || end.time > time) &&
         (!cancelled || cancelled.time > time);
}

class Permits {
 public:
  Permits(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found)
      : scenario_(scenario), seen_(seen), found_(found), next_(seen.runs.size()) {}

  void judge(std::size_t orchestrator) {
    int present = 0;
    const std::vector<Change> changes = changes_on(scenario_, seen_, orchestrator);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const Change& change = changes[i];
      present += change.present;
      if (change.present > 0) started(change, present);
      const bool is_end_of_moment =
          i + 1 == changes.size() || changes[i + 1].moment.time > change.moment.time;
      if (is_end_of_moment && present < scenario_.limit) nobody_waits(orchestrator, change.moment.time);
    }
  }

 private:
  void started(const Change& change, int present) {
    const std::string name = name_of(scenario_, change.run, change.task);
    if (present > scenario_.limit)
      found_.push_back({Promise::limit, "more tasks run at once than the limit allows",
                        "at most " + std::to_string(scenario_.limit) + " tasks at once",
                        std::to_string(present) + ", when " + name + " starts " + at(change.moment)});
    // When all permits are with tasks that run, none is on its way to a task that was submitted before.
    const auto& tasks = seen_.runs[change.run].tasks;
    std::size_t& next = next_[change.run];  // no task before this one waits
    while (next < change.task && tasks[next].started && !change.moment.before(tasks[next].started)) ++next;
    const bool is_overtaken =
        next < change.task && (present == scenario_.limit || !may_lag(change, tasks[next]));
    if (is_overtaken)
      found_.push_back(
          {Promise::limit, "tasks do not start in the order of submission",
           name_of(scenario_, change.run, next) + " starts before " + name,
           name + " starts " + at(change.moment) + ", the other one " + at(tasks[next].started)});
  }

  /// Whether a task may start after one that was submitted later: in the same moment, or not at all if the run is over or
  /// cancelled in that moment.
  bool may_lag(const Change& change, const SeenTask& earlier) const {
    if (earlier.started) return earlier.started.time == change.moment.time;
    const Moment end = over(seen_.runs[change.run]);
    const Moment cancelled = cancellation_of(scenario_, seen_, change.run);
    return (end && end.time == change.moment.time) || (cancelled && cancelled.time == change.moment.time);
  }

  void nobody_waits(std::size_t orchestrator, Duration time) {
    for (std::size_t run = 0; run < seen_.runs.size(); ++run) {
      if (orchestrator_of(scenario_, run) != orchestrator) continue;
      if (!is_waiting(seen_.runs[run], cancellation_of(scenario_, seen_, run), time)) continue;
      const auto& tasks = seen_.runs[run].tasks;
      const auto waiting = std::ranges::find_if(
          tasks, [time](const SeenTask& task) { return !task.started || task.started.time > time; });
      if (waiting == tasks.end()) continue;
      const bool is_last = scenario_.runs[run].is_last;
      const auto place = static_cast<std::size_t>(waiting - tasks.begin());
      found_.push_back({is_last ? Promise::shutdown : Promise::limit,
                        is_last ? "not all permits are back when the runs are over"
                                : "a permit is free, and the next task does not start",
                        name_of(scenario_, run, place) + " starts " + at(time), at(waiting->started)});
    }
  }

  const Scenario& scenario_;
  const Seen& seen_;
  std::vector<Finding>& found_;
  std::vector<std::size_t> next_;
};

}  // namespace

void judge_permits(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found) {
  Permits permits(scenario, seen, found);
  permits.judge(0);
  if (!scenario.shares && scenario.runs.size() > 1) permits.judge(1);
}

}  // namespace corokit::specified::fuzzing
