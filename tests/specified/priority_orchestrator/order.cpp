// With one worker the order is determined, on threads as well, if all tasks arrive at the beginning.
#include "draws.hpp"

namespace corokit::specified {
namespace {

Task<void> one_worker(Check& check, Tasks tasks, WorkOf work_of, std::string what) {
  Recorder recorder(check);
  const Ids expected = ids(in_order(tasks));
  const NotedOrchestrator orchestrator(check, 1);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(recorder.order(), expected, what);
  check.equal(ids(results), expected, "the order of the results, with one worker");
  for (const PriorityResult& result : *results)
    check.equal(result.result, name_of(result.task_id), "the result of task " + show(result.task_id));
  no_task_left(check, recorder);
}

/// In the subject: priorities 7, 1, 10, 4. The estimates say otherwise.
Task<void> by_priority(Check& check) {
  std::vector<unsigned> priorities{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  shuffle(check, priorities);
  priorities.resize(static_cast<std::size_t>(check.draw(2, 10)));
  if (check.is_subject()) priorities = {7, 1, 10, 4};
  Tasks tasks = draw_tasks(check, static_cast<int>(priorities.size()), 8);
  for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].priority = priorities[i];
  const WorkOf work_of = draw_work(check, tasks);
  co_await one_worker(check, std::move(tasks), work_of,
                      "the order in which tasks of priorities " + show(priorities) + " start");
}

/// With right estimates, no task starts before a more urgent one, and there are never more than the limit.
Task<void> several_workers(Check& check) {
  Recorder recorder(check);
  const int workers = either(check, 3, 2, 6);
  Tasks tasks = draw_tasks(check, check.draw(workers + 1, 3 * workers), 8);
  const NotedOrchestrator orchestrator(check, workers);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  no_task_left(check, recorder);
  check.equal(recorder.runtime_tasks(), tasks.size(),
              "tasks of the runtime that ran " + show(tasks.size()) + " tasks: each needs its own");
  check.that(recorder.peak() <= workers,
             show(recorder.peak()) + " tasks run at once, with " + show(workers) + " workers");
  if (!in_virtual_time()) co_return;
  check.equal(recorder.peak(), workers, "the most tasks that ran at once");
  tasks = in_order(std::move(tasks));
  for (std::size_t i = 1; i < tasks.size(); ++i)
    check.that(of(tasks[i - 1].id, results).started <= of(tasks[i].id, results).started,
               "task " + show(tasks[i].id) + " starts before task " + show(tasks[i - 1].id) +
                   ", which is more urgent");
}

/// Each result says what its task answered and when it ran, and the results are in the order of completion.
Task<void> as_they_were(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = draw_tasks(check, check.draw(3, 14), 8);
  const NotedOrchestrator orchestrator(check, check.draw(1, 4));
  const Results results = co_await orchestrator.run_with_priority(
      tasks, complaining(stubborn(recorder, draw_work(check, tasks))), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  Instant last{};
  for (const PriorityResult& result : *results) {
    const std::uint32_t id = result.task_id;
    check.equal(
        result.result, complains(id) ? complaint_of(id) : name_of(id),
        "the result of task " + show(id) + (complains(id) ? ", which answers with an error string" : ""));
    if (!in_virtual_time()) continue;
    const Seen seen = recorder.seen(id);
    check.equal(result.started - seen.started, Duration(0),
                "`started` of task " + show(id) + ", less its start");
    check.equal(result.ended - seen.ended, Duration(0), "`ended` of task " + show(id) + ", less its end");
    check.equal(result.duration_ms, static_cast<std::uint64_t>(seen.in_slot / 1ms),
                "duration_ms of task " + show(id) + ", which had a slot for " + show(seen.in_slot));
    check.equal(result.preemptions, 0U, "how often task " + show(id) + " gave way, by its result");
    check.that(last <= seen.ended, "the results are not in the order of completion: task " + show(id) +
                                       " comes after a task that ended later");
    last = seen.ended;
  }
}

/// A single task gives a single result, whatever it answers.
Task<void> single_task(Check& check) {
  Recorder recorder(check);
  const Tasks tasks{PrioritizedTask(static_cast<std::uint32_t>(either(check, 9, 0, 20)), 10, 6ms - 1ns)};
  const std::uint32_t id = tasks[0].id;
  const NotedOrchestrator orchestrator(check, check.draw(1, 4));
  const Results results =
      co_await orchestrator.run_with_priority(tasks, complaining(stubborn(recorder)), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(of(id, results).result, complains(id) ? complaint_of(id) : name_of(id), "the single result");
  check.equal(of(id, results).preemptions, 0U, "the number of times that a single task gave way");
  if (in_virtual_time())
    check.equal(of(id, results).duration_ms, 5U,
                "duration_ms of a task that takes a nanosecond less than 6 ms");
}

/// Two runs of two copies have one limit together. If k × limit + 1 tasks of equal length belong to each, a slot that
/// one run leaves empty while the other has work makes both last longer.
Task<void> one_limit(Check& check) {
  Recorder recorder(check);
  const int limit = either(check, 3, 2, 5);
  const int each = limit * check.draw(1, 3) + 1;
  const Duration length = draw_ms(check, 2, 6);
  const NotedOrchestrator orchestrator(check, limit);
  const NotedOrchestrator copy = orchestrator;
  const Instant begin = now();
  const auto count = static_cast<std::uint32_t>(each);
  JoinHandle<Results> first =
      spawn(orchestrator.run_with_priority(alike(1, count, 5, length), stubborn(recorder), kPlenty));
  JoinHandle<Results> second =
      spawn(copy.run_with_priority(alike(1'000, count, 5, length), stubborn(recorder), kPlenty));
  succeeded(check, co_await returned(check, std::move(first)));
  succeeded(check, co_await returned(check, std::move(second)));
  check.equal(recorder.started(), 2 * each, "tasks that start in two runs");
  check.that(recorder.peak() <= limit, "two runs of one orchestrator run " + show(recorder.peak()) +
                                           " tasks at once, and its limit is " + show(limit));
  if (!in_virtual_time()) co_return;
  check.equal(now() - begin, (2 * each + limit - 1) / limit * length,
              "the time of two runs with " + show(each) + " tasks of " + show(length) +
                  " each, which share " + show(limit) + " slots");
  co_await slots_are_back(check, orchestrator, limit);
}

/// In the subject: 9, 3 and 7 ms. Estimates count, not real durations.
Task<void> by_estimate(Check& check) {
  const auto priority = static_cast<unsigned>(check.draw(1, 10));
  Tasks tasks = draw_tasks(check, either(check, 3, 2, 12), 8);
  for (PrioritizedTask& task : tasks) task.priority = priority;
  if (check.is_subject())
    for (std::size_t i = 0; i < 3; ++i) tasks[i].estimated_duration = std::vector{9ms, 3ms, 7ms}[i];
  const WorkOf contrary = [](const PrioritizedTask& task) { return 10ms - task.estimated_duration; };
  std::vector<Duration> estimates;
  for (const PrioritizedTask& task : tasks) estimates.push_back(task.estimated_duration);
  co_await one_worker(check, std::move(tasks), contrary,
                      "the order of tasks of one priority, with estimates of " + show(estimates));
}

/// Estimates that differ by less than a millisecond count as well, and where they are equal, ids count.
Task<void> by_id(Check& check) {
  const int count = either(check, 20, 5, 25);
  Tasks tasks = draw_tasks(check, count, 2);
  const bool is_equal = check.is_subject() || check.draw(0, 1) == 0;
  for (PrioritizedTask& task : tasks) {
    task.priority = 5;
    if (is_equal || check.draw(0, 1) == 0) task.estimated_duration = 1ms;
  }
  co_await one_worker(
      check, std::move(tasks), as_estimated,
      "the order of tasks that differ only in their ids, or in their ids and by less than 1 ms");
}

}  // namespace

COROKIT_SPECIFIED_TEST(priority_order) {
  check.run(by_priority(check));
  check.run(several_workers(check));
}

COROKIT_SPECIFIED_PART(priority_order, edge_single_task) {
  check.run(single_task(check));
}

COROKIT_SPECIFIED_PART(priority_order, edge_results) {
  check.run(as_they_were(check));
}

COROKIT_SPECIFIED_PART(priority_order, edge_several_runs) {
  check.run(one_limit(check));
}

COROKIT_SPECIFIED_TEST(shortest_first) {
  check.run(by_estimate(check));
}

COROKIT_SPECIFIED_PART(shortest_first, edge_all_equal) {
  check.run(by_id(check));
}

}  // namespace corokit::specified
