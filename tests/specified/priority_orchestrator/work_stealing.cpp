#include <corokit/spawn.hpp>
#include <corokit/yield.hpp>

#include "dealing.hpp"
#include "in_step.hpp"

namespace corokit::specified {
namespace {

/// The subject's example. Dealt to two queues: tasks 1 and 3 to one, 2 and 4 to the other.
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
      co_return presence.answer();
    }(recorder, task.id, until);
  };
}

/// The flag is as `stealing` says when the run begins; soon after that it is turned.
/// Returns: whether the other worker took task 4, which waits behind task 2.
Task<bool> takes_the_last(Check& check, NotedOrchestrator orchestrator, bool stealing) {
  Recorder recorder(check);
  const Tasks tasks = four_tasks();
  int others_over = 0;
  const auto over = [&recorder, &others_over, stealing] {
    if (stealing) return recorder.started() == 4;
    others_over += recorder.started() - recorder.present() >= 2;  // task 2 goes on for some time after that
    return others_over > 30;
  };
  orchestrator.enable_work_stealing(stealing);
  PriorityOrchestrator(3).enable_work_stealing(!stealing);  // that orchestrator has a flag of its own
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(tasks, one_is_long(recorder, over), kPlenty));
  co_await until_started(recorder, 2);
  orchestrator.enable_work_stealing(!stealing);
  const Results results = co_await returned(check, std::move(run));
  if (!each_once(check, recorder, tasks, results)) co_return stealing;
  one_at_a_time(check, *results, 2);
  co_return of(4, results).worker != of(2, results).worker;
}

Task<void> on_and_off(Check& check) {
  const NotedOrchestrator orchestrator(check, 2);
  const NotedOrchestrator copy = orchestrator;
  for (const bool stealing : {true, false, true}) {
    const bool taken = co_await takes_the_last(check, stealing ? orchestrator : copy, stealing);
    check.equal(
        taken, stealing,
        std::string("whether an idle worker takes the task that waits behind a long one, with stealing ") +
            (stealing ? "on" : "off") + " when the run begins");
  }
}

Task<void> on_by_default(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = four_tasks();
  const auto over = [&recorder] { return recorder.started() == 4; };
  const NotedOrchestrator orchestrator(check, 2);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, one_is_long(recorder, over), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.that(of(4, results).worker != of(2, results).worker,
               "an idle worker leaves a task waiting in the queue of another: stealing is on by default");
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
  const NotedOrchestrator orchestrator(check, 5);
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

/// With wrong estimates: each worker runs what it was dealt (with stealing off), or steals as the rules say.
Task<void> as_dealt(Check& check, bool stealing) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const int workers = check.draw(2, 5);
  const Tasks tasks = draw_tasks(check, check.draw(2 * workers, 5 * workers), 12);
  const WorkOf work_of = draw_work(check, tasks);
  const Dealing dealing(tasks, static_cast<std::size_t>(workers));
  const NotedOrchestrator orchestrator(check, workers);
  orchestrator.enable_work_stealing(stealing);
  const Instant begin = now();
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  one_at_a_time(check, *results, static_cast<std::size_t>(workers));
  const std::string fault =
      stealing ? dealing.fault_with_stealing(*results) : dealing.fault_without(*results, begin);
  check.that(fault.empty(), fault);
}

/// Thousands of tasks on real threads, of which many have to be stolen or arrive later; in virtual time fewer, of which
/// many also have a deadline at risk or give way. None is lost, and none runs twice.
Task<void> thousands(Check& check) {
  const int few = kSanitized ? 20 : check.draw(20, 60);
  const int many = kSanitized ? 300 : check.draw(3'000, 4'000);
  const int count = in_virtual_time() ? few : many;
  Recorder recorder(check);
  Tasks tasks = draw_tasks(check, count, 3);
  for (PrioritizedTask& task : tasks) {
    // In real time it is a matter of luck who gives way to a deadline, so a wrong solution would fail now and then.
    const bool may_be_at_risk = in_virtual_time() || kSanitized;
    if (check.draw(0, 5) == 0)
      task.deadline = now() + (may_be_at_risk ? draw_ms(check, 1, 400) : Duration(1h));
    if (check.draw(0, 5) == 0) task.release = now() + draw_ms(check, 0, 40);
  }
  const PriorityExecutor quick([&recorder](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(recorder, task.id);
    for (std::uint32_t i = 0; i < task.id % 5; ++i) {
      recorder.pause(task.id);
      co_await context.checkpoint();
      recorder.resume(task.id, false);
    }
    if (in_virtual_time() || task.id % 64 == 0) co_await sleep(task.id % 3 * 1ms);
    co_return presence.answer();
  });
  const int workers = check.draw(2, 8);
  const NotedOrchestrator orchestrator(check, workers, with_ageing(50ms));
  const Results results = co_await orchestrator.run_with_priority(tasks, complaining(quick), 1min);
  if (!each_once(check, recorder, tasks, results)) co_return;
  no_task_left(check, recorder);
  check.that(recorder.peak() <= workers,
             show(recorder.peak()) + " tasks run at once, with " + show(workers) + " workers");
}

/// A few tasks, which end two by two in the same moment. Returns: how many did.
Task<int> in_pairs(Check& check, std::uint32_t count) {
  const PriorityOrchestrator orchestrator(count);
  InStep step(count);
  std::atomic<int> met{0};
  const PriorityExecutor work([&step, &met](PrioritizedTask task, PriorityContext) -> Task<Answer> {
    Answer answer = name_of(task.id);  // before the pair meets, so that little is left to do
    met += step.meet(task.id);
    co_return answer;
  });
  const Results results = co_await orchestrator.run_with_priority(alike(0, count, 5, 1ms), work, kPlenty);
  if (!succeeded(check, results)) co_return 0;
  std::set<std::uint32_t> seen;
  for (const PriorityResult& result : *results)
    if (result.result == name_of(result.task_id)) seen.insert(result.task_id);
  check.that(results->size() == count && seen.size() == count,
             "of " + show(count) + " results of tasks that end in the same moment, " +
                 show(count - std::min<std::size_t>(count, seen.size())) + " are lost");
  co_return met;
}

/// Thousands of tasks end in the same moment as another one, however busy the machine is.
Task<void> at_the_same_moment(Check& check) {
  if (in_virtual_time()) co_return;
  const Instant latest = now() + 500ms;
  for (int met = 0; met < (kSanitized ? 300 : 3'000) && now() < latest;)
    met += co_await in_pairs(check, static_cast<std::uint32_t>(check.draw(2, 20)));
}

/// However many workers there are, a run needs memory and time for its tasks only.
Task<void> more_workers_than_tasks(Check& check) {
  Recorder recorder(check);
  const int workers = either(check, 16, 4, 1'000'000'000);
  const Tasks tasks = draw_tasks(check, 3, 9);
  const NotedOrchestrator orchestrator(check, workers);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  one_at_a_time(check, *results, static_cast<std::size_t>(workers));
  if (!in_virtual_time()) co_return;
  for (const PrioritizedTask& task : tasks)
    check.equal(recorder.seen(task.id).started - begin, Duration(0),
                "the time that one of three tasks waits, with " + show(workers) + " workers");
}

}  // namespace

COROKIT_SPECIFIED_TEST(work_stealing) {
  check.run(on_and_off(check));
  check.run(on_by_default(check));
  check.run(from_the_fullest(check));
  check.run(as_dealt(check, true));
  check.run(as_dealt(check, false));
}

COROKIT_SPECIFIED_PART(work_stealing, edge_more_workers_than_tasks) {
  check.run(more_workers_than_tasks(check));
}

COROKIT_SPECIFIED_PART(work_stealing, edge_thousands) {
  check.run(thousands(check));
  check.run(at_the_same_moment(check));  // comes last: how much it draws depends on the time
}

}  // namespace corokit::specified
