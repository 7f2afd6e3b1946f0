#include "scenario.hpp"

#include "check.hpp"

namespace corokit::specified::fuzzing {
namespace {

std::string in_words(const PlannedTask& task) {
  const std::string work = show_duration(task.work);
  std::string text = work;
  if (task.answers == Answers::error) text = "gives an error string after " + work;
  if (task.answers == Answers::exception) text = "throws after " + work;
  if (task.listens) text += ", or " + show_duration(task.clean_up) + " after cancel()";
  return text;
}

std::string in_words(const PlannedRun& run) {
  std::string text = run.tasks.empty() ? "no tasks" : "tasks: ";
  for (std::size_t first = 0, next = 0; first < run.tasks.size(); first = next) {
    const std::string task = in_words(run.tasks[first]);
    while (next < run.tasks.size() && run.tasks[next] == run.tasks[first]) ++next;
    if (first > 0) text += ", ";
    text += "#" + std::to_string(first);
    if (next - first > 1) text += (next - first > 2 ? " to #" : " and #") + std::to_string(next - 1);
    text += " " + task;
  }
  text += "; timeout " + show_duration(run.timeout);
  if (run.dropped) text += "; dropped at " + show_duration(*run.dropped);
  return text;
}

}  // namespace

std::string in_words(const Scenario& scenario) {
  std::string text = "limit " + std::to_string(scenario.limit);
  for (std::size_t run = 0; run < scenario.runs.size(); ++run) {
    const PlannedRun& planned = scenario.runs[run];
    if (planned.is_last) continue;
    if (run > 0) text += std::string("; run 2 on ") + (scenario.shares ? "a copy" : "another orchestrator");
    if (run > 0 || planned.begin > Duration(0)) text += ", from " + show_duration(planned.begin) + " on";
    text += "; " + in_words(planned);
  }
  if (scenario.cancel) text += "; cancel at " + show_duration(*scenario.cancel);
  return text;
}

}  // namespace corokit::specified::fuzzing
