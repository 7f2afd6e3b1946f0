// The results of a run: one for each task, with what it answered, in the order of completion.
#include "oracle.hpp"

#include "check.hpp"

#include <algorithm>
#include <chrono>

namespace corokit::specified::fuzzing {
namespace {

/// Returns: for each task, how many tasks of all runs on the orchestrator run at once when it starts, itself included.
/// When all permits are with tasks that run, those that are gone have given theirs back, and so are completed.
bool all_permits_are_used(const Scenario& scenario, const Seen& seen, std::size_t orchestrator,
                          const Moment& moment) {
  int present = 0;
  for (std::size_t run = 0; run < seen.runs.size(); ++run) {
    if (orchestrator_of(scenario, run) != orchestrator) continue;
    for (const SeenTask& task : seen.runs[run].tasks)
      present += task.started && !moment.before(task.started) && (!task.gone || moment.before(task.gone));
  }
  return present == scenario.limit;
}

class ResultsOfRun {
 public:
  ResultsOfRun(const Scenario& scenario, const Seen& seen, std::size_t run, std::vector<Finding>& found)
      : scenario_(scenario),
        seen_(seen),
        run_(run),
        tasks_(seen.runs[run].tasks),
        results_(**seen.runs[run].results),
        found_(found) {}

  void judge() {
    if (!one_for_each()) return;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      answers(results_[i]);
      if (i > 0) in_order(results_[i - 1], results_[i]);
    }
  }

 private:
  bool one_for_each() {
    std::vector<bool> has(tasks_.size());
    bool is_right = results_.size() == tasks_.size();
    for (const TaskResult& result : results_) {
      is_right = is_right && result.task_id < has.size() && !has[result.task_id];
      if (is_right) has[result.task_id] = true;
    }
    if (is_right) return true;
    std::vector<std::uint32_t> ids;
    for (const TaskResult& result : results_) ids.push_back(result.task_id);
    found_.push_back({Promise::results, "there is not one result for each task",
                      std::to_string(tasks_.size()) + " results of " + name_of(scenario_, run_),
                      "those of the tasks " + show(ids)});
    return false;
  }

  void answers(const TaskResult& result) {
    const SeenTask& task = tasks_[result.task_id];
    const std::string name = name_of(scenario_, run_, result.task_id);
    if (result.result != task.text)
      found_.push_back({Promise::results, "a result is not what the task answered",
                        name + " answers " + show(task.text), show(result.result)});
    const auto took = std::chrono::floor<std::chrono::milliseconds>(task.gone.time - task.started.time);
    if (!std::cmp_equal(result.duration_ms, took.count()))
      found_.push_back({Promise::order, "duration_ms does not count from the permit to the end",
                        std::to_string(took.count()) + " for " + name, std::to_string(result.duration_ms)});
  }

  /// Checks two results that follow each other. Which of two tasks that end in one moment comes first is open, unless the
  /// second could start only because the first was completed.
  void in_order(const TaskResult& earlier, const TaskResult& later) {
    const SeenTask& first = tasks_[earlier.task_id];
    const SeenTask& second = tasks_[later.task_id];
    const bool is_later = first.gone.time > second.gone.time;
    const bool follows =
        !is_later && second.gone.before(first.started) &&
        all_permits_are_used(scenario_, seen_, orchestrator_of(scenario_, run_), first.started);
    if (!is_later && !follows) return;
    const std::string name = name_of(scenario_, run_, later.task_id);
    const std::string other = name_of(scenario_, run_, earlier.task_id);
    found_.push_back(
        {Promise::order, "results are not in the order of completion",
         name + " comes before " + other + ": it ends " + at(second.gone) +
             (follows ? ", and the other one starts with its permit" : ", the other one " + at(first.gone)),
         other + " comes first"});
  }

  const Scenario& scenario_;
  const Seen& seen_;
  const std::size_t run_;
  const std::vector<SeenTask>& tasks_;
  const std::vector<TaskResult>& results_;
  std::vector<Finding>& found_;
};

bool may_have_results(const End& end) {
  return end.outcome == Outcome::results;
}

}  // namespace

void judge_results(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found) {
  for (std::size_t run = 0; run < seen.runs.size(); ++run) {
    const SeenRun& one = seen.runs[run];
    if (!one.results || !*one.results || over(one).order != one.returned.order) continue;
    // Where a run should have failed, nothing is said of its results.
    if (std::ranges::any_of(legal_ends(scenario, seen, run), may_have_results))
      ResultsOfRun(scenario, seen, run, found).judge();
  }
}

}  // namespace corokit::specified::fuzzing
