#include "scenario.hpp"

#include "check.hpp"

namespace corokit::specified::fuzzing {
namespace {

std::string in_words(const PlannedTask& task) {
  std::string text = "priority " + std::to_string(task.priority) + ", " + show_duration(task.estimate);
  if (task.work != task.estimate) text += " that take " + show_duration(task.work);
  if (task.release > Duration(0)) text += ", arrives after " + show_duration(task.release);
  if (task.deadline) text += ", due after " + show_duration(*task.deadline);
  if (task.step > Duration(0)) text += ", a checkpoint each " + show_duration(task.step);
  if (task.answers == Answers::error) text += ", gives an error string";
  if (task.answers == Answers::exception) text += ", throws";
  if (task.listens) text += ", or " + show_duration(task.clean_up) + " after cancel()";
  return text;
}

std::string in_words(const PlannedRun& run) {
  std::string text = "tasks: ";
  for (std::size_t first = 0, next = 0; first < run.tasks.size(); first = next) {
    while (next < run.tasks.size() && run.tasks[next] == run.tasks[first]) ++next;
    text += (first > 0 ? ", #" : "#") + std::to_string(id_of(run, first));
    if (next - first > 1)
      text += (next - first > 2 ? " to #" : " and #") + std::to_string(id_of(run, next - 1));
    text += " " + in_words(run.tasks[first]);
  }
  text += "; timeout " + show_duration(run.timeout);
  if (run.dropped) text += "; dropped at " + show_duration(*run.dropped);
  return text;
}

}  // namespace

std::string in_words(const Scenario& scenario) {
  std::string text = std::to_string(scenario.workers) + (scenario.workers == 1 ? " worker" : " workers");
  if (!scenario.steals) text += " without stealing";
  if (!scenario.interrupts) text += ", without preemption";
  if (scenario.ageing_step != Scenario::kNoAgeing)
    text += "; ageing step " + show_duration(scenario.ageing_step);
  bool has_deadlines = false;
  for (const PlannedRun& run : scenario.runs)
    for (const PlannedTask& task : run.tasks) has_deadlines = has_deadlines || task.deadline;
  if (has_deadlines) text += "; margin " + show_duration(scenario.margin);
  for (std::size_t run = 0; run < scenario.runs.size(); ++run) {
    const PlannedRun& planned = scenario.runs[run];
    if (planned.is_last) continue;
    if (run > 0) text += "; run 2";
    if (run > 0 || planned.begin > Duration(0))
      text += (run > 0 ? ", from " : "; from ") + show_duration(planned.begin) + " on";
    text += "; " + in_words(planned);
  }
  if (scenario.cancel) text += "; cancel at " + show_duration(*scenario.cancel);
  return text;
}

}  // namespace corokit::specified::fuzzing
