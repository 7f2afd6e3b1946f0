// Which worker runs which task, with stealing off.
#include "oracle.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace corokit::specified::fuzzing {
namespace {

/// Follows how the tasks were dealt out, from the most urgent on. Where two workers have equally much, either is right.
class Queues {
 public:
  explicit Queues(const Run& run) : run_(run) {
    for (const PriorityResult& result : **run.seen.results) worker_of_[result.task_id] = result.worker;
  }

  void judge(Findings& found) {
    std::vector<std::size_t> sorted(run_.size());
    for (std::size_t task = 0; task < run_.size(); ++task) sorted[task] = task;
    std::ranges::sort(sorted, {}, [this](std::size_t task) {
      const PlannedTask& plan = run_.plan.tasks[task];
      return std::tuple(plan.priority, plan.estimate, id_of(run_.plan, task));
    });
    dealt_.assign(static_cast<std::size_t>(run_.scenario.workers), Duration(0));
    free_.assign(dealt_.size(), run_.seen.begun.time);
    for (const std::size_t task : sorted)
      if (!is_right(task, found)) return;
  }

 private:
  bool is_right(std::size_t task, Findings& found) {
    const auto worker = worker_of_.find(id_of(run_.plan, task));
    if (worker == worker_of_.end() || worker->second >= dealt_.size())
      return false;  // judge_results() says so
    Duration& dealt = dealt_[worker->second];
    Duration& free = free_[worker->second];
    const std::string on = run_.name(task) + " on worker " + std::to_string(worker->second);
    if (dealt != *std::ranges::min_element(dealt_)) {
      found.push_back({Promise::stealing, "without stealing, a task is not where it was dealt to",
                       run_.name(task) + " on a worker with the least estimated work", on});
      return false;
    }
    const SeenTask& seen = run_.seen.tasks[task];
    if (seen.started().time != free) {
      found.push_back({Promise::stealing,
                       "without stealing, a worker does not run its tasks one after another",
                       on + " starts " + at(free), at(seen.started())});
      return false;
    }
    dealt += run_.plan.tasks[task].estimate;
    free = seen.gone.time;
    return true;
  }

  const Run& run_;
  std::map<std::uint32_t, std::size_t> worker_of_;
  std::vector<Duration> dealt_;
  std::vector<Duration> free_;
};

}  // namespace

void judge_queues(const Run& run, Findings& found) {
  if (run.scenario.steals || !run.has_results() || !run.is_alone() || run.has_deadlines() ||
      run.has_releases() || run.scenario.ageing_step != Scenario::kNoAgeing)
    return;
  Queues(run).judge(found);
}

}  // namespace corokit::specified::fuzzing
