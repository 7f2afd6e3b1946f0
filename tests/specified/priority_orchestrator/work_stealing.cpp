#include <corokit/spawn.hpp>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

/// Dealt to two queues: tasks 1 and 3 to one, 2 and 4 to the other.
Tasks four_tasks() {
  return {PrioritizedTask(1, 5, 20ms), PrioritizedTask(2, 5, 30ms), PrioritizedTask(3, 5, 40ms),
          PrioritizedTask(4, 5, 50ms)};
}

/// Task 2 runs until `until()` holds; the other tasks are short.
template <class Until>
PriorityExecutor one_is_long(Recorder& recorder, Until until) {
  return [&recorder, until](const PrioritizedTask& task, const PriorityContext&) {
    return [](Recorder& on, std::uint32_t id, Until over) -> Task<Answer> {
      const Presence presence(on, id);
      co_await sleep(2ms);
      for (int i = 0; id == 2 && i < 5'000 && !over(); ++i) co_await sleep(1ms);
      co_return name_of(id);
    }(recorder, task.id, until);
  };
}

/// Returns: whether the other worker took task 4, which waits behind task 2.
Task<bool> takes_the_last(Check& check, PriorityOrchestrator orchestrator, bool should_take) {
  Recorder recorder(check);
  const Tasks tasks = four_tasks();
  int others_over = 0;
  const auto over = [&recorder, &others_over, should_take] {
    if (should_take) return recorder.started() == 4;
    others_over += recorder.started() - recorder.present() >= 2;  // task 2 goes on for some time after that
    return others_over > 30;
  };
  const Results results =
      co_await orchestrator.run_with_priority(tasks, one_is_long(recorder, over), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return should_take;
  const bool taken = of(4, results).worker != of(2, results).worker;
  if (!taken)
    check.that(of(4, results).started >= of(2, results).ended,
               "the results say that one worker ran two tasks at once");
  for (const PriorityResult& result : *results)
    check.that(result.worker < 2, "a result names worker " + show(result.worker) + ", of 2");
  co_return taken;
}

Task<void> on_and_off(Check& check) {
  PriorityOrchestrator orchestrator(2);
  bool taken = co_await takes_the_last(check, orchestrator, true);
  check.that(taken, "an idle worker leaves a task waiting in the queue of another, with stealing on");
  orchestrator.enable_work_stealing(false);
  const PriorityOrchestrator copy = orchestrator;
  taken = co_await takes_the_last(check, copy, false);
  check.that(!taken, "an idle worker takes a task from the queue of another, with stealing off");
  copy.enable_work_stealing(true);
  taken = co_await takes_the_last(check, orchestrator, true);
  check.that(taken, "stealing stays off after it was turned on again");
}

/// Dealt to five queues. While each worker runs its first task, the queues hold 20, 70 (two tasks), 50, 20 and 0 ms.
/// Neither the first queue nor the last is the fullest, and the most urgent task is in another queue.
Tasks five_queues() {
  return {PrioritizedTask(1, 1, 45ms),  PrioritizedTask(2, 2, 10ms),  PrioritizedTask(3, 3, 5ms),
          PrioritizedTask(4, 4, 47ms),  PrioritizedTask(5, 5, 200ms), PrioritizedTask(30, 6, 50ms),
          PrioritizedTask(20, 7, 30ms), PrioritizedTask(21, 7, 40ms), PrioritizedTask(10, 8, 20ms),
          PrioritizedTask(40, 9, 20ms)};
}

/// Task 5 is short, and the queue of its worker is empty: it takes from the fullest queue, from either end. An
/// implementation with one queue for all takes the most urgent task.
Task<void> from_the_fullest(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = five_queues();
  const WorkOf work_of = [](const PrioritizedTask& task) {
    return task.id == 5 ? Duration(1ms) : task.estimated_duration;
  };
  const PriorityOrchestrator orchestrator(5);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results) || !in_virtual_time()) co_return;
  const Turn taken = recorder.turns().at(5);
  check.equal(taken.time - of(5, results).ended, Duration(0),
              "the time that the first idle worker waits before it takes a task of another worker");
  const Ids legal{20, 21, 30};
  check.that(std::find(legal.begin(), legal.end(), taken.id) != legal.end(),
             "the first idle worker takes task " + show(taken.id) +
                 ", which is neither in the fullest queue nor the most urgent of all");
}

/// The estimates are useless, so queues run empty early, and many tasks are stolen. None is lost, and none runs twice.
Task<void> many_are_stolen(Check& check) {
  Recorder recorder(check);
  Tasks tasks = alike(1, 60, 5, 1ms);
  for (PrioritizedTask& task : tasks) task.priority = 1 + task.id % 10;
  const std::uint64_t seed = check.seed();
  const WorkOf work_of = [seed](const PrioritizedTask& task) {
    return Duration(50us * ((std::uint64_t{task.id} * 37 + seed * 11) % 60));
  };
  const PriorityOrchestrator orchestrator(4);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), 1min);
  if (!each_once(check, recorder, tasks, results)) co_return;
  no_task_left(check, recorder);
  check.that(recorder.peak() <= 4, "more than 4 tasks run at once, with 4 workers");
}

}  // namespace

COROKIT_SPECIFIED_TEST(work_stealing) {
  check.run(on_and_off(check));
  check.run(from_the_fullest(check));
  check.run(many_are_stolen(check));
}

}  // namespace corokit::specified
