#include "recorder.hpp"

namespace corokit::specified {
namespace {

Task<void> cancel_after_50_ms(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(3);
  const PriorityOrchestrator copy = orchestrator;
  const Tasks tasks = alike(40, 8, 5, 10ms);
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, listener(recorder, 20ms), kPlenty));
  co_await until_started(recorder, 3);
  co_await sleep(50ms);
  const Ids started = recorder.order();
  check.equal(started.size(), 3u, "tasks that have started, with 3 workers");
  copy.cancel();
  co_await sleep(1ms);
  orchestrator.cancel();  // harmless
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.order(), started,
              "the tasks that have started by the end of the run, compared with those before cancel()");
  check.equal(recorder.told(), 3, "started tasks that saw their token cancelled");
  check.equal(recorder.cleaned(), 3, "started tasks whose clean-up ran to its end");
  Ids expected;
  for (const PrioritizedTask& task : tasks)
    if (std::find(started.begin(), started.end(), task.id) == started.end()) expected.push_back(task.id);
  check.equal(results.error().unfinished, expected, "the ids that the error calls unfinished");
}

Task<void> a_run_that_comes_too_late(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(2);
  orchestrator.cancel();
  const Results results =
      co_await orchestrator.run_with_priority(alike(7, 3, 1, 1ms), stubborn(recorder), 10s);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.started(), 0, "tasks that start in a run that comes after cancel()");
  check.equal(results.error().unfinished, Ids{7, 8, 9}, "the ids that the error calls unfinished");
}

/// Tasks get the chance to finish, but only until the global timeout.
Task<void> a_task_that_does_not_listen(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(1);
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(alike(31, 2, 1, 60s), stubborn(recorder), 200ms));
  co_await until_started(recorder, 1);
  orchestrator.cancel();
  const Instant cancelled = now();
  const Results results = co_await returned(check, std::move(run));
  check.that(!results && results.error().kind != Kind::task_failed,
             "a run that was cancelled and reached its timeout gives " + describe(results));
  check.that(now() - cancelled < 50s, "the run waits for a task that ignores its token beyond the timeout");
  if (!results)
    check.equal(results.error().unfinished, Ids{31, 32}, "the ids that the error calls unfinished");
  no_task_left(check, recorder);
}

Task<void> one_second(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(2);
  Tasks tasks = alike(60, 4, 5, 1s);
  tasks[1].priority = 1;
  const WorkOf work_of = [](const PrioritizedTask& task) { return task.id == 61 ? Duration(1ms) : 20s; };
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), 50ms);
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::timeout)) co_return;
  if (in_virtual_time()) {
    check.equal(now() - begin, Duration(50ms), "the time that a run takes, with a timeout of 50 ms");
    check.equal(results.error().unfinished, Ids{60, 62, 63}, "the ids that the error calls unfinished");
  }
  const int started = recorder.started();
  co_await slots_are_back(check, orchestrator, 2);
  check.equal(recorder.started(), started, "tasks that have started, some time after the timeout");
}

}  // namespace

COROKIT_SPECIFIED_TEST(cancellation) {
  check.run(cancel_after_50_ms(check));
  check.run(a_run_that_comes_too_late(check));
  check.run(a_task_that_does_not_listen(check));
}

COROKIT_SPECIFIED_TEST(timeout) {
  check.run(one_second(check));
}

}  // namespace corokit::specified
