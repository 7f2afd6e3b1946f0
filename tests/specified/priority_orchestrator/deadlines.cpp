// The times of each scenario are multiples of a unit, `u`, and so is the margin: 10 of them.
#include "draws.hpp"

namespace corokit::specified {
namespace {

/// A run of `tasks`, each of which takes as long as estimated.
struct Scenario {
  Tasks tasks;
  int workers = 1;
  bool stealing = true;
  bool has_checkpoints = true;
  PriorityOptions options = {};
};

/// Runs a scenario.
/// Returns: the results; none if the run went wrong, or if time is real, where no test can foretell it.
Task<std::optional<Results>> play(Check& check, Recorder& recorder, Duration u, const Scenario& scenario) {
  PriorityOptions options = scenario.options;
  options.margin = 10 * u;
  const NotedOrchestrator orchestrator(check, scenario.workers, options);
  orchestrator.enable_work_stealing(scenario.stealing);
  const PriorityExecutor executor = scenario.has_checkpoints ? worker(recorder, u) : stubborn(recorder);
  Results results = co_await orchestrator.run_with_priority(scenario.tasks, executor, kPlenty);
  if (!each_once(check, recorder, scenario.tasks, results) || !in_virtual_time()) co_return std::nullopt;
  co_return std::move(results);
}

/// No deadline is missed in a set of tasks that can be scheduled with time to spare, whatever the priorities.
Task<void> nothing_is_late(Check& check, Duration u, const Scenario& scenario, std::string what) {
  Recorder recorder(check);
  if (!co_await play(check, recorder, u, scenario)) co_return;
  Ids late;
  for (const PrioritizedTask& task : scenario.tasks)
    if (task.deadline && recorder.seen(task.id).ended > *task.deadline) late.push_back(task.id);
  check.equal(late, Ids{}, what);
}

/// Two tasks with deadlines have to go first at some time, between tasks that are more urgent.
Task<void> at_risk(Check& check) {
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(1, 6, 1, 20 * u);
  tasks.emplace_back(91, 9, 30 * u, begin + 70 * u);
  tasks.emplace_back(92, 10, 20 * u, begin + 110 * u);
  const Scenario scenario{.tasks = std::move(tasks)};
  co_await nothing_is_late(check, u, scenario, "the missed deadlines, of two that can wait for a while");
}

/// The deadline of the more urgent task is the later one.
Task<void> earliest_first(Check& check) {
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 2, 100 * u, begin + 230 * u),
              PrioritizedTask(2, 8, 100 * u, begin + 120 * u)};
  const Scenario scenario{.tasks = std::move(tasks)};
  co_await nothing_is_late(check, u, scenario,
                           "the missed deadlines, of two that earliest deadline first meets");
}

/// Each deadline alone could wait for long; all together they cannot.
Task<void> many_together(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(1, 10, 1, 10 * u);
  for (std::uint32_t i = 0; i < 8; ++i) tasks.emplace_back(50 + i, 10, 20 * u, begin + 120 * u);
  const Scenario scenario{.tasks = std::move(tasks), .workers = 2};
  co_await nothing_is_late(
      check, u, scenario,
      "the missed deadlines, of eight at the same time, each of which could wait if it were alone");
}

/// The task was dealt to the worker that runs one long task; the other worker has many short ones in its own queue.
Task<void> from_any_queue(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  Tasks tasks = alike(100, 20, 2, 5 * u);
  tasks.emplace_back(1, 1, 97 * u);
  tasks.emplace_back(2, 10, 10 * u, now() + 70 * u);
  const Scenario scenario{.tasks = std::move(tasks), .workers = 2, .has_checkpoints = false};
  co_await nothing_is_late(check, u, scenario,
                           "the missed deadlines, of one that waits in the queue of another worker");
}

/// With stealing off, one worker was dealt all tasks but one, and has to do them alone.
Task<void> one_worker_of_two(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(100, 60, 2, 2 * u);
  tasks.emplace_back(1, 1, 500 * u);
  for (std::uint32_t i = 0; i < 4; ++i) tasks.emplace_back(50 + i, 10, 20 * u, begin + 120 * u);
  const Scenario scenario{.tasks = std::move(tasks), .workers = 2, .stealing = false};
  co_await nothing_is_late(check, u, scenario,
                           "the missed deadlines, of four that one worker has to meet alone");
}

/// With stealing off, a deadline at risk is for the worker whose queue its task is in: no other takes the task.
Task<void> from_its_own_queue(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  Tasks tasks = alike(100, 20, 2, 5 * u);
  tasks.emplace_back(1, 1, 97 * u);
  tasks.emplace_back(2, 10, 10 * u, now() + 70 * u);
  const Scenario scenario{
      .tasks = std::move(tasks), .workers = 2, .stealing = false, .has_checkpoints = false};
  if (const auto results = co_await play(check, recorder, u, scenario))
    check.equal(of(2, *results).worker, of(1, *results).worker,
                "with stealing off, the worker of a task whose deadline is at risk while its worker is busy");
}

/// A running task with a deadline counts as work before the others: three tasks have to share one slot.
Task<void> after_those_that_run(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 1, 100 * u, begin + 104 * u), PrioritizedTask(2, 1, 200 * u)};
  for (std::uint32_t i = 0; i < 3; ++i) tasks.emplace_back(50 + i, 10, 20 * u, begin + 105 * u);
  const Scenario scenario{.tasks = std::move(tasks), .workers = 2};
  co_await nothing_is_late(check, u, scenario,
                           "the missed deadlines, of one that runs and three that wait for the other slot");
}

/// While a task with a deadline is still to arrive, there is room for another one as long as the longest so far.
Task<void> one_is_to_come(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 1, 200 * u), PrioritizedTask(2, 9, 30 * u, begin + 100 * u),
              PrioritizedTask(3, 9, 30 * u, begin + 100 * u, begin + 55 * u)};
  const Scenario scenario{.tasks = std::move(tasks)};
  co_await nothing_is_late(check, u, scenario,
                           "the missed deadlines, of two tasks of 30, due at 100, one of which comes at 55");
}

/// All tasks have waited for too long, but a deadline at risk comes first.
Task<void> before_the_aged(Check& check) {
  if (!in_virtual_time()) co_return;
  const Duration u = draw_unit(check);
  Tasks tasks = alike(1, 20, 1, 10 * u);
  tasks.emplace_back(91, 10, 20 * u, now() + 100 * u);
  const Scenario scenario{.tasks = std::move(tasks), .options = with_ageing(u)};
  co_await nothing_is_late(
      check, u, scenario, "the missed deadlines, of one among tasks that have waited for their ageing steps");
}

/// A task that has its slot is at risk no more: the other deadline, which is far away, still is no reason to hurry.
Task<void> not_of_those_that_run(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(100, 20, 1, 5 * u);
  tasks.emplace_back(1, 9, 50 * u, begin + 60 * u);
  tasks.emplace_back(2, 10, 10 * u, begin + 1'000'000 * u);
  const Scenario scenario{.tasks = std::move(tasks), .workers = 2, .has_checkpoints = false};
  if (!co_await play(check, recorder, u, scenario)) co_return;
  const Duration waited = recorder.seen(2).started - begin;
  check.that(waited >= 50 * u, "a task whose deadline is far starts after " + show(waited) +
                                   ", before more urgent ones, because a task with a near deadline runs");
}

/// Tasks whose deadlines have passed while they waited are no work before other deadlines.
Task<void> passed_while_they_waited(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(100, 5, 2, 10 * u);
  for (PrioritizedTask& task : tasks) {
    task.deadline = begin + 50 * u;
    task.release = begin + u;
  }
  tasks.emplace_back(1, 1, 60 * u);
  tasks.emplace_back(2, 10, 10 * u, begin + 1'000'000 * u);
  const Scenario scenario{.tasks = std::move(tasks), .has_checkpoints = false};
  if (co_await play(check, recorder, u, scenario))
    check.equal(recorder.order().back(), 2U,
                "the last task to start: the least urgent, whose deadline is far, after those that are late");
}

/// Tasks that are over are no work before other deadlines.
Task<void> not_of_those_that_are_over(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = alike(100, 40, 1, u);
  for (PrioritizedTask& due : alike(200, 20, 2, 5 * u)) {
    due.deadline = begin + 390 * u;
    tasks.push_back(due);
  }
  tasks.emplace_back(1, 3, 300 * u);  // from 140 on
  tasks.emplace_back(2, 10, 20 * u, begin + 400 * u);
  const Scenario scenario{.tasks = std::move(tasks)};
  if (!co_await play(check, recorder, u, scenario)) co_return;
  const Duration waited = recorder.seen(2).started - begin;
  check.that(367 * u <= waited && waited <= 371 * u,
             "a task that can wait for " + show(370 * u) + " starts after " + show(waited) +
                 ", when twenty tasks that were due before it are over");
}

/// Task 3 misses its deadline, because the task that is asked to give way for it has no checkpoint. From then on nobody
/// has to give way for it, nor for the deadlines that come later and can wait.
Task<void> no_reason_to_give_way(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant later = begin + check.draw(31, 60) * u;
  const Tasks tasks{PrioritizedTask(1, 9, 100 * u), PrioritizedTask(2, 1, 100 * u),
                    PrioritizedTask(3, 5, 10 * u, begin + 30 * u, begin + u),
                    PrioritizedTask(4, 5, 10 * u, begin + 400 * u, later),
                    PrioritizedTask(5, 5, 10 * u, begin + 400 * u, later)};
  const auto executor = [polite = worker(recorder, u), rude = stubborn(recorder)](
                            const PrioritizedTask& task, const PriorityContext& context) {
    return task.id == 1 ? rude(task, context) : polite(task, context);
  };
  const NotedOrchestrator orchestrator(check, 2, with_margin(10 * u));
  const Results results = co_await orchestrator.run_with_priority(tasks, executor, kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.that(of(3, results).deadline == Deadline::missed, "a missed deadline is not reported as missed");
  check.equal(of(2, results).preemptions, 0U,
              "how often a task gave way when one deadline had passed and the others could wait");
}

/// A slot is with another run of the same orchestrator when a task is over earlier than expected.
Task<void> while_another_run_has_the_slot(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  Recorder others(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, u), PrioritizedTask(2, 1, u),
                    PrioritizedTask(3, 1, 20 * u, begin + 60 * u),
                    PrioritizedTask(4, 2, 20 * u, begin + 100 * u, begin + 4 * u)};
  const WorkOf work_of = [u](const PrioritizedTask& task) {
    return task.id == 3 ? 5 * u : task.estimated_duration;
  };
  const Tasks other{PrioritizedTask(9, 1, 60 * u)};
  const NotedOrchestrator orchestrator(check, 1, with_margin(10 * u));
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(tasks, worker(recorder, u, work_of), kPlenty));
  co_await sleep(3 * u);
  const Results between = co_await orchestrator.run_with_priority(other, worker(others, u), kPlenty);
  const Results results = co_await returned(check, std::move(run));
  if (!each_once(check, others, other, between) || !each_once(check, recorder, tasks, results)) co_return;
  check.that(of(4, results).deadline == Deadline::met,
             "a deadline is missed, although there was time when the other run gave the slot back");
}

/// A deadline that can wait puts no task first.
Task<void> far_away(Check& check) {
  Recorder recorder(check);
  Tasks tasks = draw_tasks(check, check.draw(3, 12), 5);
  for (PrioritizedTask& task : tasks)
    if (const int kind = check.draw(0, 3); kind > 0)
      task.deadline = kind == 1 ? Instant::max() : now() + 1h + draw_ms(check, 0, 1'000'000);
  const NotedOrchestrator orchestrator(check, 1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.equal(recorder.order(), ids(in_order(tasks)),
                "the order of tasks, some of which have deadlines that can wait for an hour");
}

/// A worker is free after each unit, and takes the task when its deadline is at risk, neither sooner nor later.
Task<void> in_the_nick_of_time(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Duration estimate = check.draw(5, 30) * u;
  const Duration margin = either(check, 10, 0, 40) * u;
  const Duration wait = check.draw(10, 60) * u;
  const Instant begin = now();
  Tasks tasks = alike(100, 150, 1, u);
  tasks.emplace_back(1, 10, estimate, begin + wait + margin + estimate);
  PriorityOptions options = with_margin(margin);
  options.preemption = check.draw(0, 1) == 0;  // no difference: nobody has a checkpoint
  const NotedOrchestrator orchestrator(check, 1, options);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  const Duration waited = recorder.seen(1).started - begin;
  const std::string what = "a task of " + show(estimate) + ", due after " + show(wait + margin + estimate) +
                           ", starts after " + show(waited) + ", with a margin of " + show(margin);
  check.that(waited <= wait + u, what + ": it was at risk before");
  check.that(waited >= wait - 3 * u, what + ": it was not at risk yet");
}

/// Several workers share the work: what is due can wait until they would need all the time that is left.
Task<void> shared_by_workers(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const int workers = either(check, 4, 2, 5);
  const auto count = static_cast<std::uint32_t>(workers);
  const Instant begin = now();
  Tasks tasks = alike(1'000, 2 * count, 9, 20 * u);  // 40 units for each worker
  for (PrioritizedTask& task : tasks) task.deadline = begin + 120 * u;
  for (const PrioritizedTask& urgent : alike(1, 5 * count, 1, 10 * u)) tasks.push_back(urgent);
  const NotedOrchestrator orchestrator(check, workers, with_margin(10 * u));
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, u), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  Ids order = recorder.order();
  order.resize(std::size_t{5} * count);
  check.that(std::all_of(order.begin(), order.end(), [](std::uint32_t id) { return id < 1'000; }),
             "tasks with deadlines start before more urgent ones, although " + show(workers) +
                 " workers need less than half of the time that is left");
}

/// A deadline is a point in time of now(), whenever the run began; the end of the task counts.
Task<void> as_reported(Check& check) {
  Recorder recorder(check);
  co_await sleep(draw_ms(check, 3, 30));
  const Instant begin = now();
  const Duration late = draw_odd(check, 1, 9);
  const Tasks tasks{PrioritizedTask(1, 1, 10ms, begin + 10min), PrioritizedTask(2, 2, 10ms),
                    PrioritizedTask(3, 3, 20ms, begin + 20ms - late), PrioritizedTask(4, 4, 1ms, begin + 1h)};
  const NotedOrchestrator orchestrator(check, 4);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  const std::map<std::uint32_t, Deadline> expected{
      {1, Deadline::met}, {2, Deadline::none}, {3, Deadline::missed}, {4, Deadline::met}};
  for (const auto& [id, deadline] : expected)
    check.equal(of(id, results).deadline, deadline,
                "the deadline of task " + show(id) + " (0: none, 1: met, 2: missed)");
}

/// A task that ends at its deadline has met it.
Task<void> at_the_last_moment(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration estimate = draw_odd(check, 1, 20);
  const Tasks tasks{PrioritizedTask(1, 5, estimate, now() + estimate)};
  const NotedOrchestrator orchestrator(check, 2);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.that(of(1, results).deadline == Deadline::met, "a task that ends at its deadline has not met it");
}

/// Deadlines that have passed are not at risk: their tasks run in the order of urgency.
Task<void> passed_deadlines(Check& check) {
  Recorder recorder(check);
  co_await sleep(draw_ms(check, 1, 5));
  Tasks tasks = draw_tasks(check, either(check, 4, 3, 10), 5);
  for (PrioritizedTask& task : tasks)
    if (task.id != tasks[0].id) task.deadline = now() - draw_ms(check, 0, 3'000);
  const NotedOrchestrator orchestrator(check, 1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  for (const PrioritizedTask& task : tasks)
    check.that((of(task.id, results).deadline == Deadline::missed) == task.deadline.has_value(),
               "a deadline that had passed before the run is not reported as missed");
  check.equal(recorder.order(), ids(in_order(tasks)),
              "the order of tasks, some of which have deadlines that have passed");
}

}  // namespace

COROKIT_SPECIFIED_TEST(deadlines) {
  check.run(at_risk(check));
  check.run(earliest_first(check));
  check.run(many_together(check));
  check.run(from_any_queue(check));
  check.run(one_worker_of_two(check));
  check.run(from_its_own_queue(check));
  check.run(after_those_that_run(check));
  check.run(one_is_to_come(check));
  check.run(before_the_aged(check));
  check.run(while_another_run_has_the_slot(check));
  check.run(as_reported(check));
  check.run(at_the_last_moment(check));
}

COROKIT_SPECIFIED_PART(deadlines, edge_distant_deadline) {
  check.run(far_away(check));
  check.run(not_of_those_that_run(check));
  check.run(not_of_those_that_are_over(check));
  check.run(in_the_nick_of_time(check));
  check.run(shared_by_workers(check));
}

COROKIT_SPECIFIED_PART(deadlines, edge_passed_deadline) {
  check.run(passed_deadlines(check));
  check.run(passed_while_they_waited(check));
  check.run(no_reason_to_give_way(check));
}

}  // namespace corokit::specified
