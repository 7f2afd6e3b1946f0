#include "oracle.hpp"

#include "check.hpp"

namespace corokit::specified::fuzzing {

std::vector<Finding> judge(const Scenario& scenario, const Seen& seen) {
  std::vector<Finding> found;
  judge_permits(scenario, seen, found);
  judge_tasks(scenario, seen, found);
  judge_ends(scenario, seen, found);
  judge_results(scenario, seen, found);
  return found;
}

Moment cancellation_of(const Scenario& scenario, const Seen& seen, std::size_t run) {
  return orchestrator_of(scenario, run) == 0 ? seen.cancelled : Moment();
}

Moment over(const SeenRun& run) {
  if (run.returned && (!run.dropped || run.returned.before(run.dropped))) return run.returned;
  return run.dropped;
}

std::string name_of(const Scenario& scenario, std::size_t run) {
  if (scenario.runs[run].is_last) return "the run after it";
  const bool is_alone = scenario.runs.size() == 1 || scenario.runs[1].is_last;
  return is_alone ? "the run" : "run " + std::to_string(run + 1);
}

std::string name_of(const Scenario& scenario, std::size_t run, std::size_t task) {
  const std::string of_run = name_of(scenario, run);
  return "task " + std::to_string(task) + (of_run == "the run" ? "" : " of " + of_run);
}

std::string at(Duration time) {
  return "at " + show_duration(time);
}

std::string at(const Moment& moment) {
  return moment ? at(moment.time) : "never";
}

}  // namespace corokit::specified::fuzzing
