#include "recorder.hpp"

#include <tuple>

namespace corokit::specified {
namespace {

/// All tasks arrive at the beginning, so their order is determined on threads as well.
Task<void> one_worker(Check& check, Tasks tasks, WorkOf work_of, Ids expected, std::string what) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(1);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(recorder.order(), expected, what);
  check.equal(ids(results), expected, "the order of the results, with one worker");
  for (const PriorityResult& result : *results) {
    check.equal(result.result, name_of(result.task_id), "the result of task " + show(result.task_id));
    check.that(result.deadline == Deadline::none, "a task without a deadline has met or missed one");
  }
  no_task_left(check, recorder);
}

Task<void> by_priority(Check& check) {
  Tasks tasks{PrioritizedTask(11, 7, 3ms), PrioritizedTask(12, 1, 3ms), PrioritizedTask(13, 10, 3ms),
              PrioritizedTask(14, 4, 3ms), PrioritizedTask(15, 2, 3ms)};
  const Ids expected{12, 15, 14, 11, 13};
  co_await one_worker(check, std::move(tasks), as_estimated, expected,
                      "the order in which tasks of priority 7, 1, 10, 4 and 2 start");
}

/// With right estimates, no task starts before a more urgent one.
Task<void> three_workers(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  Tasks tasks;
  for (std::uint32_t id = 0; id < 12; ++id) tasks.emplace_back(id, 1 + (id * 7) % 10, 2ms * (1 + id % 5));
  const PriorityOrchestrator orchestrator(3);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  no_task_left(check, recorder);
  check.equal(recorder.peak(), 3, "the most tasks that ran at once, with 3 workers");
  std::sort(tasks.begin(), tasks.end(), [](const PrioritizedTask& a, const PrioritizedTask& b) {
    return std::tuple(a.priority, a.estimated_duration, a.id) <
           std::tuple(b.priority, b.estimated_duration, b.id);
  });
  for (std::size_t i = 1; i < tasks.size(); ++i)
    check.that(of(tasks[i - 1].id, results).started <= of(tasks[i].id, results).started,
               "task " + show(tasks[i].id) + " starts before task " + show(tasks[i - 1].id) +
                   ", which is more urgent");
}

/// Estimates count, not real durations; where estimates are equal, ids count.
Task<void> by_estimate(Check& check) {
  Tasks tasks{PrioritizedTask(21, 3, 9ms), PrioritizedTask(29, 3, 3ms), PrioritizedTask(23, 3, 7ms),
              PrioritizedTask(24, 3, 3ms), PrioritizedTask(25, 3, 1ms), PrioritizedTask(26, 2, 8ms)};
  const WorkOf contrary = [](const PrioritizedTask& task) { return 10ms - task.estimated_duration; };
  const Ids expected{26, 25, 24, 29, 23, 21};
  co_await one_worker(check, std::move(tasks), contrary, expected,
                      "the order of one urgent task and others with estimates of 9, 3, 7, 3 and 1 ms");
}

}  // namespace

COROKIT_SPECIFIED_TEST(priority_order) {
  check.run(by_priority(check));
  check.run(three_workers(check));
}

COROKIT_SPECIFIED_TEST(shortest_first) {
  check.run(by_estimate(check));
}

}  // namespace corokit::specified
