#include <corokit/time/timeout.hpp>

#include <stdexcept>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

Task<void> single_task(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = alike(9, 1, 10, 5ms);
  const PriorityOrchestrator orchestrator(4);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(of(9, results).preemptions, 0u, "the number of times that a single task gave way");
  if (in_virtual_time()) check.equal(of(9, results).duration_ms, 5u, "its duration_ms");
}

/// A task that answers with an error string has that string as its result.
Task<void> complaint(Check& check) {
  const PriorityExecutor complain([](PrioritizedTask, PriorityContext context) -> Task<Answer> {
    co_await context.checkpoint();
    co_return Err<std::string>("there is no spoon");
  });
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(alike(1, 2, 1, 1ms), complain, kPlenty);
  if (!succeeded(check, results)) co_return;
  for (const PriorityResult& result : *results)
    check.equal(result.result, "there is no spoon", "the result of a task that answers with an error string");
}

/// Deadlines that have passed are not at risk: their tasks run in the order of urgency.
Task<void> passed_deadlines(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 5, 5ms, begin - 1s), PrioritizedTask(2, 4, 5ms),
                    PrioritizedTask(3, 9, 5ms, begin - 2s), PrioritizedTask(4, 1, 5ms, begin)};
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  for (const std::uint32_t id : {1U, 3U, 4U})
    check.that(of(id, results).deadline == Deadline::missed,
               "a deadline that had passed before the run is not reported as missed");
  check.equal(recorder.order(), Ids{4, 2, 1, 3},
              "the order of tasks, some of which have deadlines that have passed");
}

Task<void> all_equal(Check& check) {
  Recorder recorder(check);
  Tasks tasks = alike(100, 20, 5, 1ms);
  std::reverse(tasks.begin(), tasks.end());
  Ids expected;
  for (std::uint32_t id = 100; id < 120; ++id) expected.push_back(id);
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.equal(recorder.order(), expected, "the order of tasks that differ only in their ids");
}

Task<void> no_time(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(2);
  const Results results =
      co_await orchestrator.run_with_priority(alike(5, 3, 1, 1ms), stubborn(recorder), Duration(0));
  failed_as(check, results, Kind::timeout);
  no_task_left(check, recorder);
  co_await slots_are_back(check, orchestrator, 2);
}

/// One of two running tasks throws; the other one ends with the run.
Task<void> exception(Check& check) {
  Recorder recorder(check);
  const PriorityExecutor burst([&recorder](const PrioritizedTask& task, const PriorityContext&) {
    return [](Recorder& on, std::uint32_t id) -> Task<Answer> {
      const Presence presence(on, id);
      if (id != 8) co_await sleep(20s);
      co_await sleep(1ms);
      throw std::runtime_error("deja vu");
    }(recorder, task.id);
  });
  const PriorityOrchestrator orchestrator(2);
  const Results results = co_await orchestrator.run_with_priority(alike(7, 3, 1, 1ms), burst, kPlenty);
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::task_failed)) co_return;
  check.that(results.error().task_id == 8U, "the error of a task that throws does not name the task");
  check.that(results.error().message.find("deja vu") != std::string::npos,
             "the error of a task that throws does not say what it threw");
  co_await slots_are_back(check, orchestrator, 2);
}

/// A task without checkpoints is not interrupted.
Task<void> no_checkpoint(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 9, 10ms, begin + 40ms, begin + 10ms)};
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), 10s);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(of(1, results).preemptions, 0u, "the number of times that a task without checkpoints gave way");
  check.that(recorder.peak() <= 1, "two tasks run at once, with one worker");
  if (in_virtual_time())
    check.that(of(2, results).deadline == Deadline::missed, "a missed deadline is not reported as missed");
}

/// A task that has given way when cancel() comes has started, so it gets the chance to finish.
Task<void> cancel_the_preempted(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 9, 30ms, begin + 50ms),
                    PrioritizedTask(3, 5, 60ms)};
  const PriorityOrchestrator orchestrator(1);
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty));
  co_await until_started(recorder, 2);
  co_await sleep(2ms);
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  if (!in_virtual_time()) co_return;  // on a busy machine all tasks may be over before cancel()
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.worked(1), Duration(60ms), "the work of a task that had given way when cancel() came");
  check.equal(results.error().unfinished, Ids{3}, "the ids that the error calls unfinished");
}

Task<void> more_workers_than_tasks(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = alike(1, 3, 5, 4ms);
  const PriorityOrchestrator orchestrator(16);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (each_once(check, recorder, tasks, results) && in_virtual_time())
    check.equal(now() - begin, Duration(4ms), "the time that three tasks take, with 16 workers");
}

/// With idle workers, each task starts exactly at its release.
Task<void> release(Check& check, bool stealing) {
  if (stealing && !in_virtual_time())
    co_return;  // on a busy machine it is undetermined which worker steals from which
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 5ms, std::nullopt, begin + 40ms), PrioritizedTask(2, 9, 5ms),
                    PrioritizedTask(3, 5, 5ms, std::nullopt, begin + 20ms)};
  const PriorityOrchestrator orchestrator(2);
  orchestrator.enable_work_stealing(stealing);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  for (const PrioritizedTask& task : tasks) {
    const Instant from = task.release.value_or(begin);
    const Instant started = of(task.id, results).started;
    check.that(started >= from, "task " + show(task.id) + " starts before its release");
    if (in_virtual_time())
      check.equal(started - from, Duration(0),
                  "the time from the release of task " + show(task.id) + " to its start, with idle workers");
  }
}

/// Dropping a run ends its tasks, also the one that has given way.
Task<void> dropped(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 9, 30ms, begin + 50ms),
                    PrioritizedTask(3, 5, 60ms)};
  const PriorityOrchestrator orchestrator(1);
  const auto in_time =
      co_await corokit::timeout(25ms, orchestrator.run_with_priority(tasks, worker(recorder, 1ms), kPlenty));
  if (in_virtual_time()) check.that(!in_time, "a run of 150 ms is over in 25 ms");
  co_await slots_are_back(check, orchestrator, 1);
  for (int i = 0; i < 5'000 && recorder.present() > 0; ++i) co_await sleep(1ms);
  check.equal(recorder.present(), 0, "tasks that are still running after their run was dropped");
}

}  // namespace

COROKIT_SPECIFIED_PART(priority_order, edge_single_task) {
  check.run(single_task(check));
  check.run(complaint(check));
}

COROKIT_SPECIFIED_PART(deadlines, edge_passed_deadline) {
  check.run(passed_deadlines(check));
}

COROKIT_SPECIFIED_PART(shortest_first, edge_all_equal) {
  check.run(all_equal(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_zero_timeout) {
  check.run(no_time(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_exception) {
  check.run(exception(check));
}

COROKIT_SPECIFIED_PART(preemption, edge_no_checkpoint) {
  check.run(no_checkpoint(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_cancel_while_given_way) {
  check.run(cancel_the_preempted(check));
}

COROKIT_SPECIFIED_PART(work_stealing, edge_more_workers_than_tasks) {
  check.run(more_workers_than_tasks(check));
}

COROKIT_SPECIFIED_PART(ageing, edge_release) {
  check.run(release(check, true));
  check.run(release(check, false));
}

COROKIT_SPECIFIED_PART(timeout, edge_dropped_run) {
  check.run(dropped(check));
}

}  // namespace corokit::specified
