#include "recorder.hpp"

namespace corokit::specified {
namespace {

/// No deadline is missed in a set of tasks that can be scheduled with time to spare, whatever the priorities.
Task<void> nothing_is_late(Check& check, Tasks tasks, std::size_t workers, std::string what) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(workers);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty);
  if (!each_once(check, recorder, tasks, results) || !in_virtual_time()) co_return;
  Ids late;
  for (const PriorityResult& result : *results)
    if (result.deadline == Deadline::missed) late.push_back(result.task_id);
  check.equal(late, Ids{}, what);
}

/// Two tasks with deadlines have to go first at some time, between tasks that are more urgent.
Task<void> at_risk(Check& check) {
  const Instant begin = now();
  Tasks tasks = alike(1, 6, 1, 20ms);
  tasks.emplace_back(91, 9, 30ms, begin + 70ms);
  tasks.emplace_back(92, 10, 20ms, begin + 110ms);
  co_await nothing_is_late(check, std::move(tasks), 1,
                           "the missed deadlines, of two that can wait for a while");
}

/// The deadline of the more urgent task is the later one.
Task<void> earliest_first(Check& check) {
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 2, 100ms, begin + 230ms), PrioritizedTask(2, 8, 100ms, begin + 120ms)};
  co_await nothing_is_late(check, std::move(tasks), 1,
                           "the missed deadlines, of two that earliest deadline first meets");
}

/// Each deadline alone could wait for long; all together they cannot.
Task<void> many_together(Check& check) {
  const Instant begin = now();
  Tasks tasks = alike(1, 10, 1, 10ms);
  for (std::uint32_t i = 0; i < 8; ++i) tasks.emplace_back(50 + i, 10, 20ms, begin + 120ms);
  co_await nothing_is_late(
      check, std::move(tasks), 2,
      "the missed deadlines, of eight at the same time, each of which could wait if it were alone");
}

/// A deadline is a point in time of now(), whenever the run began; the end of the task counts.
Task<void> as_reported(Check& check) {
  Recorder recorder(check);
  co_await sleep(3ms);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 10ms, begin + 10min), PrioritizedTask(2, 2, 10ms),
                    PrioritizedTask(3, 3, 20ms, begin + 15ms), PrioritizedTask(4, 4, 1ms, begin + 1h)};
  const PriorityOrchestrator orchestrator(4);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  const std::map<std::uint32_t, Deadline> expected{
      {1, Deadline::met}, {2, Deadline::none}, {3, Deadline::missed}, {4, Deadline::met}};
  for (const auto& [id, deadline] : expected)
    check.that(of(id, results).deadline == deadline, "the deadline of task " + show(id) +
                                                         " is not reported as it was: " +
                                                         (deadline == Deadline::none  ? "none"
                                                          : deadline == Deadline::met ? "met"
                                                                                      : "missed"));
}

}  // namespace

COROKIT_SPECIFIED_TEST(deadlines) {
  check.run(at_risk(check));
  check.run(earliest_first(check));
  check.run(many_together(check));
  check.run(as_reported(check));
}

}  // namespace corokit::specified
