#include "recorder.hpp"

namespace corokit::specified {
namespace {

/// A task without a deadline gives way to one whose deadline is at risk, and goes on where it was.
Task<void> gives_way(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 9, 20ms, begin + 50ms)};
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), 10s);
  if (!each_once(check, recorder, tasks, results)) co_return;
  no_task_left(check, recorder);
  check.equal(recorder.worked(1), Duration(60ms), "the work of a task that has given way, from start to end");
  check.that(recorder.peak() <= 1, "a task goes on without a slot: two tasks run at once, with one worker");
  co_await slots_are_back(check, orchestrator, 1);
  if (!in_virtual_time()) co_return;
  check.that(of(2, results).deadline == Deadline::met,
             "a deadline is missed although a running task could have given way to it");
  check.that(of(1, results).preemptions >= 1, "the result of a task that has given way does not say so");
  check.equal(of(1, results).duration_ms, 60u,
              "duration_ms of a task that has given way: its time in a slot");
  check.equal(of(1, results).ended - begin, Duration(80ms), "the time that both tasks take");
}

/// Of two running tasks the less urgent one gives way, and the other one works on.
Task<void> the_less_urgent_one(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 8, 60ms),
                    PrioritizedTask(3, 9, 20ms, begin + 50ms, begin + 5ms)};
  const PriorityOrchestrator orchestrator(2);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), 10s);
  if (!each_once(check, recorder, tasks, results)) co_return;
  co_await slots_are_back(check, orchestrator, 2);
  if (!in_virtual_time()) co_return;
  check.that(of(3, results).deadline == Deadline::met,
             "a deadline is missed although one of two running tasks could have given way to it");
  check.equal(of(1, results).preemptions, 0u, "the number of times that the most urgent task gave way");
  check.that(of(2, results).preemptions >= 1, "the least urgent running task does not give way");
  check.equal(recorder.worked(2), Duration(60ms), "the work of a task that has given way, from start to end");
}

/// Several deadlines come one after another: the task gives way several times and loses no progress.
Task<void> again_and_again(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  Tasks tasks{PrioritizedTask(1, 1, 50ms)};
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Instant release = begin + i * Duration(20ms) + 5ms;
    tasks.emplace_back(10 + i, 10, 8ms, release + 20ms, release);
  }
  const PriorityOrchestrator orchestrator(1);
  const Results results = co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms), 10s);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(recorder.worked(1), Duration(50ms), "the work of a task that gives way again and again");
  co_await slots_are_back(check, orchestrator, 1);
  if (!in_virtual_time()) co_return;
  check.that(of(1, results).preemptions >= 2,
             "a task that has given way once is not asked to give way again");
  for (std::uint32_t id = 10; id < 14; ++id)
    check.that(of(id, results).deadline == Deadline::met,
               "the deadline of task " + show(id) + " is missed, one of several in succession");
}

}  // namespace

COROKIT_SPECIFIED_TEST(preemption) {
  check.run(gives_way(check));
  check.run(the_less_urgent_one(check));
  check.run(again_and_again(check));
}

}  // namespace corokit::specified
