#include "draws.hpp"

namespace corokit::specified {
namespace {

constexpr std::uint32_t kPatient = 5'000;  // the id of the task that is not urgent
constexpr Duration kLength = 5ms;          // of each task

/// The patient task, and more urgent work that keeps arriving, more than one worker can do.
struct Flood {
  Duration step;
  unsigned priority;
  Duration later;  // when the patient task arrives

  Duration patience() const { return priority * step; }

  Tasks tasks(Instant begin) const {
    Tasks all;
    for (Duration at{0}; at < later + 2 * patience() + 40ms; at += 4ms)
      all.emplace_back(static_cast<std::uint32_t>(all.size()), 1, kLength, std::nullopt, begin + at);
    all.emplace_back(kPatient, priority, kLength, std::nullopt, begin + later);
    return all;
  }
};

/// How long the patient task may wait: its priority times the step, the work that reached that point before it, and
/// one running task.
Duration bound(const Flood& flood, const Tasks& tasks, const Results& results, Instant begin) {
  const Instant point = begin + flood.later + flood.patience();
  Duration before{0};
  for (const PrioritizedTask& task : tasks)
    if (task.id != kPatient && of(task.id, results).ended > point && *task.release + flood.step <= point)
      before += kLength;
  return flood.patience() + before + kLength;
}

/// In the subject: a step of 20 ms, and priority 10.
Task<void> urgent_work_without_end(Check& check) {
  const Flood flood{1ms * either(check, 20, 6, 20), static_cast<unsigned>(either(check, 10, 3, 10)),
                    1ms * either(check, 0, 0, 60)};
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks = flood.tasks(begin);
  const NotedOrchestrator orchestrator(check, 1, with_ageing(flood.step));
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  const std::string who = "a task of priority " + show(flood.priority);
  const std::string steps = show(flood.priority) + " ageing steps of " + show(flood.step);
  // This holds on a busy machine too: the tasks that arrive last become overdue after the patient task.
  check.that(recorder.order().back() != kPatient,
             who + " starts last, although more urgent tasks kept arriving for twice its " + steps);
  if (!in_virtual_time()) co_return;
  const Duration waited = of(kPatient, results).started - *tasks.back().release;
  const Duration at_most = bound(flood, tasks, results, begin);
  check.that(waited <= at_most, who + " waits for " + show(waited) + ", and should wait for " +
                                    show(at_most) + " at most: " + steps + ", and what came before");
  check.that(waited >= flood.patience() - kLength,
             who + " starts after " + show(waited) + ", before it has waited for " + steps);
}

/// A step may be so long that no task ever has waited for it.
Task<void> a_step_without_end(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = draw_tasks(check, check.draw(3, 10), 3);
  const NotedOrchestrator orchestrator(check, 1, with_ageing(Duration::max()));
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.equal(recorder.order(), ids(in_order(tasks)), "the order of tasks, with an endless ageing step");
}

/// With idle workers, each task starts exactly at its release.
Task<void> at_its_release(Check& check, bool stealing) {
  if (stealing && !in_virtual_time()) co_return;  // which worker steals from which is undetermined there
  Recorder recorder(check);
  const Instant begin = now();
  Tasks tasks = draw_tasks(check, 3, 9);
  tasks[0].release = begin + draw_ms(check, 30, 50);
  tasks[2].release = begin + draw_ms(check, 11, 20);
  const NotedOrchestrator orchestrator(check, 2);
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

/// A task is dealt to a worker that turns out to be busy when the task arrives, and the other worker is idle.
Task<void> while_its_worker_is_busy(Check& check, bool stealing) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Instant begin = now();
  const Duration release = draw_ms(check, 10, 30);
  const Tasks tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(2, 2, 30ms),
                    PrioritizedTask(3, 3, 20ms, std::nullopt, begin + release)};
  const WorkOf work_of = [](const PrioritizedTask& task) { return task.id == 2 ? Duration(100ms) : 5ms; };
  const NotedOrchestrator orchestrator(check, 2);
  orchestrator.enable_work_stealing(stealing);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), kPlenty);
  if (each_once(check, recorder, tasks, results))
    check.equal(
        of(3, results).started - begin, stealing ? release : Duration(100ms),
        std::string("the start of a task whose worker is busy at its release, and another worker is idle, ") +
            (stealing ? "with stealing on" : "with stealing off"));
}

/// A run that waits for an arrival holds no slot that another run could use.
Task<void> idle_runs_hold_no_slot(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Instant begin = now();
  const int limit = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, limit);
  const Tasks late{PrioritizedTask(900, 1, 1ms, std::nullopt, begin + 50ms)};
  JoinHandle<Results> waiting = spawn(orchestrator.run_with_priority(late, stubborn(recorder), kPlenty));
  co_await sleep(draw_ms(check, 1, 5));
  co_await slots_are_back(check, orchestrator, limit);
  if (succeeded(check, co_await returned(check, std::move(waiting))))
    check.equal(recorder.seen(900).started - begin, Duration(50ms), "the start of a task released at 50 ms");
}

/// cancel() comes while no task has arrived: there is nothing to wait for.
Task<void> cancelled_while_it_waits(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const Tasks tasks{PrioritizedTask(5, 1, 1ms, std::nullopt, now() + 10min)};
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty));
  co_await sleep(draw_ms(check, 1, 50));
  const Instant cancelled = now();
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(now() - cancelled, Duration(0),
              "the time that a run goes on after cancel(), if no task has started");
  check.equal(results.error().unfinished, Ids{5}, "the ids that the error calls unfinished");
}

/// What arrives after cancel() never starts, and changes nothing for the tasks that may finish.
Task<void> cancelled_before_one_arrives(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const Tasks tasks{PrioritizedTask(1, 1, 20ms), PrioritizedTask(2, 1, 60ms),
                    PrioritizedTask(3, 1, 1ms, std::nullopt, now() + 15ms)};
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty));
  co_await sleep(draw_ms(check, 1, 10));
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  Ids started = recorder.order();
  std::sort(started.begin(), started.end());
  check.equal(started, Ids{1, 2}, "the tasks that start, if cancel() comes before task 3 arrives");
  check.that(recorder.seen(2).finished,
             "task 2 does not finish, which had started before cancel(): task 3 has arrived meanwhile");
  if (failed_as(check, results, Kind::cancelled))
    check.equal(results.error().unfinished, Ids{3}, "the ids that the error calls unfinished");
}

/// Other runs have all slots when a run begins. Its workers wait for them, and find that there is one task only; they are
/// there for what arrives later.
Task<void> after_they_waited_for_slots(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Instant begin = now();
  const auto limit = static_cast<std::uint32_t>(check.draw(3, 5));
  const NotedOrchestrator orchestrator(check, static_cast<int>(limit));
  const NotedOrchestrator copy = orchestrator;
  Tasks tasks{PrioritizedTask(1, 5, 100ms)};
  for (std::uint32_t id = 2; id <= limit; ++id) tasks.emplace_back(id, 5, 10ms, std::nullopt, begin + 60ms);
  JoinHandle<Results> other =
      spawn(copy.run_with_priority(alike(100, limit, 1, 50ms), stubborn(recorder), kPlenty));
  co_await until_started(recorder, static_cast<int>(limit));
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty));
  succeeded(check, co_await returned(check, std::move(other)));
  if (!succeeded(check, co_await returned(check, std::move(run)))) co_return;
  for (std::uint32_t id = 2; id <= limit; ++id)
    check.equal(recorder.seen(id).started - begin, Duration(60ms),
                "the start of task " + show(id) + ", which is released at 60 ms, with a slot for each task");
}

}  // namespace

COROKIT_SPECIFIED_TEST(ageing) {
  check.run(urgent_work_without_end(check));
  check.run(a_step_without_end(check));
}

COROKIT_SPECIFIED_PART(ageing, edge_release) {
  for (const bool stealing : {true, false}) {
    check.run(at_its_release(check, stealing));
    check.run(while_its_worker_is_busy(check, stealing));
  }
  check.run(idle_runs_hold_no_slot(check));
  check.run(after_they_waited_for_slots(check));
  check.run(cancelled_while_it_waits(check));
  check.run(cancelled_before_one_arrives(check));
}

}  // namespace corokit::specified
