#include "oracle.hpp"

#include "check.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {

Findings judge(const Scenario& scenario, const Seen& seen) {
  Findings found;
  judge_slots(scenario, seen, found);
  for (std::size_t place = 0; place < seen.runs.size(); ++place) {
    const Run run(scenario, seen, place);
    if (!run.seen.begun) continue;
    judge_tasks(run, found);
    judge_order(run, found);
    judge_queues(run, found);
    judge_deadlines(run, found);
    judge_ends(run, found);
    judge_results(run, found);
  }
  return found;
}

bool Run::is_exact() const {
  return std::ranges::all_of(plan.tasks, [](const PlannedTask& task) { return task.work == task.estimate; });
}

bool Run::has_deadlines() const {
  return std::ranges::any_of(plan.tasks, [](const PlannedTask& task) { return task.deadline.has_value(); });
}

bool Run::has_releases() const {
  return std::ranges::any_of(plan.tasks, [](const PlannedTask& task) { return task.release > Duration(0); });
}

std::string Run::name() const {
  if (plan.is_last) return "the run after it";
  return is_alone() ? "the run" : "run " + std::to_string(place + 1);
}

std::string Run::name(std::size_t task) const {
  return "task " + std::to_string(id_of(plan, task)) + (name() == "the run" ? "" : " of " + name());
}

std::string at(Duration time) {
  return "at " + show_duration(time);
}

std::string at(const Moment& moment) {
  return moment ? at(moment.time) : "never";
}

bool waits(const Run& run, std::size_t task, Duration time) {
  const SeenTask& seen = run.seen.tasks[task];
  const bool is_there = run.plan.tasks[task].release == Duration(0) || run.arrival(task) < time;
  if (!is_there || (seen.gone && seen.gone.time <= time)) return false;
  for (const InSlot& slot : seen.slots)
    if (slot.from.time < time && (!slot.to || slot.to.time >= time)) return false;
  return true;
}

}  // namespace corokit::specified::fuzzing
