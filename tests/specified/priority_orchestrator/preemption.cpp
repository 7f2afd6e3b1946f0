// The times of each scenario are multiples of a unit, `u`, and so is the margin: 10 of them. Tasks have a checkpoint
// after each unit.
#include <corokit/time/timeout.hpp>

#include "draws.hpp"

namespace corokit::specified {
namespace {

std::size_t gave_way(std::uint32_t id, const Results& results) {
  return of(id, results).preemptions;
}

/// Runs the tasks, and checks what holds on threads too.
/// Returns: the results, or an error if something was wrong.
Task<Results> run(Check& check, Recorder& recorder, Tasks tasks, int workers, Duration u) {
  const NotedOrchestrator orchestrator(check, workers, with_margin(10 * u));
  Results results = co_await orchestrator.run_with_priority(tasks, complaining(worker(recorder, u)), kPlenty);
  if (!each_once(check, recorder, tasks, results))
    co_return Err<PriorityError>(PriorityError(Kind::task_failed, "the run was not as expected"));
  no_task_left(check, recorder);
  for (const PrioritizedTask& task : tasks)
    check.equal(recorder.worked(task.id), task.estimated_duration,
                "the work of task " + show(task.id) + ", from start to end");
  check.that(recorder.peak() <= workers, "a task goes on without a slot: " + show(recorder.peak()) +
                                             " tasks run at once, with " + show(workers) + " workers");
  co_await slots_are_back(check, orchestrator, workers);
  co_return results;
}

void met(Check& check, std::uint32_t id, const Results& results) {
  check.that(of(id, results).deadline == Deadline::met,
             "the deadline of task " + show(id) +
                 " is missed, although a less urgent running task could have given way to it");
}

/// The subject's example: a task without a deadline gives way to one whose deadline is at risk, and goes on where it was.
Task<void> gives_way(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Duration work = either(check, 60, 40, 70) * u;
  const Duration urgent = either(check, 20, 5, 25) * u;
  const Duration wait = either(check, 20, 5, 35) * u;
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, work),
                    PrioritizedTask(2, 9, urgent, begin + wait + 10 * u + urgent)};
  const Results results = co_await run(check, recorder, tasks, 1, u);
  if (!results || !in_virtual_time()) co_return;
  met(check, 2, results);
  const Duration waited = recorder.seen(2).started - begin;
  check.that(wait - 3 * u <= waited && waited <= wait + u,
             "the first task gives way after " + show(waited) + ", and should after about " + show(wait));
  check.equal(gave_way(1, results), 1U, "how often the first task gave way, by its result");
  check.equal(of(1, results).duration_ms, static_cast<std::uint64_t>(work / 1ms),
              "duration_ms of a task that has given way: its time in a slot");
  check.equal(of(1, results).started - begin, Duration(0), "when the task that has given way first started");
  check.equal(of(1, results).ended - begin, work + urgent, "the time that both tasks take");
}

/// Of several running tasks without a deadline the least urgent one gives way, and the others work on.
Task<void> the_least_urgent_one(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const int workers = check.draw(2, 4);
  Tasks tasks;
  std::vector<unsigned> priorities{1, 3, 6, 8};
  priorities.resize(static_cast<std::size_t>(workers));
  shuffle(check, priorities);
  for (const unsigned priority : priorities) tasks.emplace_back(priority, priority, 60 * u);
  const std::uint32_t least = *std::max_element(priorities.begin(), priorities.end());
  tasks.emplace_back(99, 9, 20 * u, begin + 50 * u, begin + 5 * u);
  const Results results = co_await run(check, recorder, tasks, workers, u);
  if (!results || !in_virtual_time()) co_return;
  met(check, 99, results);
  for (const unsigned priority : priorities)
    check.equal(gave_way(priority, results), priority == least ? 1U : 0U,
                "how often the task of priority " + show(priority) +
                    " gave way, of running tasks of priorities " + show(priorities));
}

/// Tasks 1 and 2 run when task 3 arrives, whose deadline is at risk soon.
Task<void> of_two(Check& check, std::optional<int> due_1, std::optional<int> due_2, std::uint32_t gives) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 1, 100 * u), PrioritizedTask(2, 9, 100 * u),
              PrioritizedTask(3, 10, 20 * u, begin + 60 * u, begin + 5 * u)};
  if (due_1) tasks[0].deadline = begin + *due_1 * u;
  if (due_2) tasks[1].deadline = begin + *due_2 * u;
  const Results results = co_await run(check, recorder, tasks, 2, u);
  if (!results || !in_virtual_time()) co_return;
  met(check, 3, results);
  check.equal(gave_way(gives, results), 1U,
              "how often the less urgent task gave way: the one without a deadline, or with the latest");
  check.equal(gave_way(3 - gives, results), 0U, "how often the more urgent running task gave way");
}

/// The deadline of the running task is the earlier one: the waiting task misses its own, but has to wait.
Task<void> not_to_a_less_urgent_one(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 9, 50 * u, begin + 60 * u),
                    PrioritizedTask(2, 1, 30 * u, begin + 75 * u, begin + 5 * u)};
  const Results results = co_await run(check, recorder, tasks, 1, u);
  if (results && in_virtual_time())
    check.equal(gave_way(1, results), 0U, "how often a task gave way to one with a later deadline");
}

/// A worker is free when the task arrives, so nobody is in its way.
Task<void> to_nobody_if_a_worker_is_free(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant release = begin + check.draw(1, 30) * u;
  const Tasks tasks{PrioritizedTask(1, 5, 60 * u),
                    PrioritizedTask(2, 9, 20 * u, release + check.draw(21, 30) * u, release)};
  const Results results = co_await run(check, recorder, tasks, 2, u);
  if (!results || !in_virtual_time()) co_return;
  check.equal(gave_way(1, results), 0U, "how often a task gave way, although another worker was free");
  check.equal(recorder.seen(2).started - release, Duration(0),
              "the time that a task waits for the free worker");
}

/// Several deadlines come one after another: task 3 gives way several times and loses no progress. Its answer is an error
/// string, which changes nothing.
Task<void> again_and_again(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const int times = either(check, 4, 2, 5);
  Tasks tasks{PrioritizedTask(3, 1, 70 * u)};
  for (int i = 0; i < times; ++i) {
    const Instant release = begin + (20 * i + 5) * u;
    tasks.emplace_back(10U + static_cast<unsigned>(i), 10, 8 * u, release + 20 * u, release);
  }
  const Results results = co_await run(check, recorder, tasks, 1, u);
  if (!results || !in_virtual_time()) co_return;
  check.that(gave_way(3, results) >= 2, "a task that has given way once is not asked to give way again");
  check.that(gave_way(3, results) >= recorder.seen(3).waits,
             "a task that had to wait " + show(recorder.seen(3).waits) + " times gave way " +
                 show(gave_way(3, results)) + " times, by its result");
  check.equal(of(3, results).duration_ms, static_cast<std::uint64_t>(70 * u / 1ms),
              "duration_ms of a task that gave way again and again");
  for (int i = 0; i < times; ++i) met(check, 10U + static_cast<unsigned>(i), results);
}

/// A task with a deadline that has given way goes on in time for it: what is left of it counts in full.
Task<void> goes_on_in_time(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant release = begin + 20 * u;
  Tasks tasks{PrioritizedTask(1, 9, 40 * u, begin + 200 * u),
              PrioritizedTask(2, 9, 20 * u, release + 25 * u, release)};
  for (PrioritizedTask& urgent : alike(100, 250, 1, u)) {
    urgent.release = release + u;
    tasks.push_back(urgent);
  }
  const Results results = co_await run(check, recorder, tasks, 1, u);
  if (!results) co_return;
  check.equal(gave_way(1, results), 1U, "how often the task gave way, by its result");
  check.that(of(1, results).deadline == Deadline::met,
             "a task with a deadline gives way, and goes on too late to meet it");
}

/// With stealing off, a task goes on where it has given way, although another worker is free.
Task<void> stays_with_its_worker(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60 * u), PrioritizedTask(2, 1, 90 * u),
                    PrioritizedTask(3, 9, 20 * u, begin + 50 * u)};
  const WorkOf work_of = [u](const PrioritizedTask& task) {
    return task.id == 2 ? 5 * u : task.estimated_duration;
  };
  const NotedOrchestrator orchestrator(check, 2, with_margin(10 * u));
  orchestrator.enable_work_stealing(false);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, worker(recorder, u, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  met(check, 3, results);
  check.equal(of(1, results).worker, of(3, results).worker,
              "the worker of a task that gave way to another in its queue, with stealing off");
  check.equal(of(1, results).ended - begin, 80 * u, "the end of a task that gave way, with stealing off");
}

/// With stealing on, a task goes on with whichever worker is free first, and its result names that one.
Task<void> goes_on_elsewhere(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 9, 60 * u), PrioritizedTask(2, 1, check.draw(20, 40) * u),
                    PrioritizedTask(3, 5, 60 * u, begin + 77 * u, begin + 5 * u)};
  const Results results = co_await run(check, recorder, tasks, 2, u);
  if (!results) co_return;
  met(check, 3, results);
  check.equal(gave_way(1, results), 1U, "how often the less urgent of two running tasks gave way");
  check.equal(
      of(1, results).worker, of(2, results).worker,
      "the worker that a task ended on, which gave way on one worker and went on when the other was free");
}

/// If no task may be asked to give way, no task starts that a deadline cannot wait for.
Task<void> never_if_so_chosen(Check& check, bool can_wait) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  PriorityOptions options = with_margin(10 * u);
  options.preemption = false;
  const Tasks tasks{PrioritizedTask(1, 1, 60 * u),
                    PrioritizedTask(2, 9, 20 * u, now() + (can_wait ? 120 : 50) * u)};
  const NotedOrchestrator orchestrator(check, 1, options);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, u), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(gave_way(1, results), 0U, "how often a task gave way, although options.preemption is false");
  check.equal(recorder.order(), can_wait ? Ids{1, 2} : Ids{2, 1},
              std::string("the order of tasks if none may give way, and the deadline of the second ") +
                  (can_wait ? "can wait for the first" : "cannot wait for the first"));
}

/// The same for a deadline that is at risk as soon as its task arrives: the running task works on to its end.
Task<void> nor_for_one_that_arrives(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  PriorityOptions options = with_margin(10 * u);
  options.preemption = false;
  const Instant begin = now();
  const Instant release = begin + check.draw(5, 20) * u;
  const Tasks tasks{PrioritizedTask(1, 9, 60 * u),
                    PrioritizedTask(2, 1, 10 * u, release + check.draw(11, 25) * u, release)};
  const NotedOrchestrator orchestrator(check, 1, options);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, u), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(gave_way(1, results), 0U,
              "how often a task gave way to one that arrived, although options.preemption is false");
  check.equal(recorder.seen(2).started - begin, 60 * u,
              "when a task starts that arrived while another ran, if none may give way");
}

/// A task without checkpoints is not interrupted, and the other waits until it is over.
Task<void> no_checkpoint(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60 * u),
                    PrioritizedTask(2, 9, 10 * u, begin + 40 * u, begin + 10 * u)};
  const NotedOrchestrator orchestrator(check, 1, with_margin(10 * u));
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(gave_way(1, results), 0U, "the number of times that a task without checkpoints gave way");
  check.that(recorder.peak() <= 1, "two tasks run at once, with one worker");
  if (!in_virtual_time()) co_return;
  check.that(of(2, results).deadline == Deadline::missed, "a missed deadline is not reported as missed");
  check.equal(recorder.seen(2).started - begin, 60 * u, "when the task starts that has to wait");
}

/// Task 1 has given way to task 2 after about 10 units; task 3 has not started.
Tasks one_gives_way(Instant begin, Duration u) {
  return {PrioritizedTask(1, 1, 60 * u), PrioritizedTask(2, 9, 30 * u, begin + 50 * u),
          PrioritizedTask(3, 5, 60 * u)};
}

/// A task that has given way when cancel() comes has started, so it gets the chance to finish. One that waits has not,
/// and never starts, also if both have deadlines and its own is the earlier one.
Task<void> cancel_the_preempted(Check& check, bool with_deadlines) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Tasks tasks = one_gives_way(begin, u);
  if (with_deadlines) {
    tasks[0].deadline = begin + 97 * u;
    tasks[1].release = begin + 5 * u;
    tasks[2] = PrioritizedTask(3, 5, 5 * u, begin + 80 * u, begin + 5 * u);
  }
  const NotedOrchestrator orchestrator(check, 1, with_margin(10 * u));
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(std::move(tasks), worker(recorder, u), kPlenty));
  co_await until_started(recorder, 2);
  co_await sleep(check.draw(1, 15) * u);
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  if (!in_virtual_time()) co_return;  // on a busy machine all tasks may be over before cancel()
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.worked(1), 60 * u, "the work of a task that had given way when cancel() came");
  check.equal(recorder.worked(2), 30 * u, "the work of a task that ran when cancel() came");
  check.equal(results.error().unfinished, Ids{3}, "the ids that the error calls unfinished");
}

/// Dropping a run ends its tasks, also the one that has given way.
Task<void> dropped(Check& check) {
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const NotedOrchestrator orchestrator(check, 1, with_margin(10 * u));
  const auto in_time = co_await corokit::timeout(
      check.draw(15, 38) * u,
      orchestrator.run_with_priority(one_gives_way(now(), u), worker(recorder, u), kPlenty));
  if (in_virtual_time()) {
    check.that(!in_time, "a run is over in a quarter of the time that its tasks take");
    check.equal(recorder.started(), 2, "tasks that have started when the run is dropped");
  }
  co_await slots_are_back(check, orchestrator, 1);
  for (int i = 0; i < 5'000 && recorder.present() > 0; ++i) co_await sleep(1ms);
  check.equal(recorder.present(), 0, "tasks that are still running after their run was dropped");
}

}  // namespace

COROKIT_SPECIFIED_TEST(preemption) {
  check.run(gives_way(check));
  check.run(the_least_urgent_one(check));
  check.run(of_two(check, std::nullopt, 400, 1));
  check.run(of_two(check, 400, 300, 1));
  check.run(not_to_a_less_urgent_one(check));
  check.run(to_nobody_if_a_worker_is_free(check));
  check.run(again_and_again(check));
  check.run(goes_on_in_time(check));
  check.run(stays_with_its_worker(check));
  check.run(goes_on_elsewhere(check));
}

COROKIT_SPECIFIED_PART(preemption, edge_no_preemption) {
  check.run(never_if_so_chosen(check, false));
  check.run(never_if_so_chosen(check, true));
  check.run(nor_for_one_that_arrives(check));
}

COROKIT_SPECIFIED_PART(preemption, edge_no_checkpoint) {
  check.run(no_checkpoint(check));
}

COROKIT_SPECIFIED_PART(preemption, edge_cancel_while_given_way) {
  check.run(cancel_the_preempted(check, false));
  check.run(cancel_the_preempted(check, true));
}

COROKIT_SPECIFIED_PART(preemption, edge_dropped_run) {
  check.run(dropped(check));
}

}  // namespace corokit::specified
