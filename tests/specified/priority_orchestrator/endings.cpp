// Random runs of all kinds, which end in all ways: what the contract promises always holds.
#include <stdexcept>

#include "draws.hpp"

namespace corokit::specified {
namespace {

enum class Ending { in_time, late, cancelled, thrown, dropped };

/// A run: its tasks have deadlines or arrive later, take longer or shorter than estimated, and give way. All times are
/// odd, so that no two events come at once.
struct Storm {
  explicit Storm(Check& check)
      : ending(Ending{check.draw(0, 4)}),
        workers(check.draw(1, 4)),
        tasks(draw_tasks(check, check.draw(3, 14), 12)),
        work_of(draw_work(check, tasks)),
        when(draw_odd(check, 1, 50)),
        step(draw_odd(check, 1, 4)),
        thrower(tasks.front().id) {
    for (PrioritizedTask& task : tasks) {
      if (check.draw(0, 2) == 0) task.deadline = now() + draw_odd(check, 5, 90);
      if (check.draw(0, 2) == 0) task.release = now() + draw_odd(check, 1, 30);
    }
    options.margin = draw_odd(check, 0, 20);
    options.ageing_step = draw_odd(check, 2, 60);
    is_stealing = check.draw(0, 1) == 1;
  }

  PriorityExecutor executor(Recorder& recorder) const {
    return PriorityExecutor([inner = worker(recorder, step, work_of), throws = ending == Ending::thrown,
                             who = thrower](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      Answer answer = co_await inner(task, context);
      if (throws && task.id == who) throw std::runtime_error("deja vu");
      co_return answer;
    });
  }

  /// The tasks that gave a result, as they themselves say.
  Ids done(const Recorder& recorder) const {
    Ids found;
    for (const PrioritizedTask& task : tasks)
      if (recorder.seen(task.id).finished && (ending != Ending::thrown || task.id != thrower))
        found.push_back(task.id);
    return found;
  }

  Ending ending;
  int workers;
  Tasks tasks;
  WorkOf work_of;
  Duration when;  // the run ends, if it has not before
  Duration step;  // between two checkpoints
  std::uint32_t thrower;
  PriorityOptions options;
  bool is_stealing = true;
};

void results_are_right(Check& check, const Storm& storm, const Recorder& recorder, const Results& results) {
  if (!each_once(check, recorder, storm.tasks, results)) return;
  for (const PrioritizedTask& task : storm.tasks) {
    const std::string who = " of task " + show(task.id);
    const PriorityResult& result = of(task.id, results);
    const Seen seen = recorder.seen(task.id);
    check.equal(result.result, name_of(task.id), "the result" + who);
    check.equal(seen.worked, storm.work_of(task), "the work" + who + ", from start to end");
    check.equal(result.started - seen.started, Duration(0), "`started`" + who + ", less its start");
    check.equal(result.ended - seen.ended, Duration(0), "`ended`" + who + ", less its end");
    check.equal(result.duration_ms, static_cast<std::uint64_t>(seen.in_slot / 1ms),
                "duration_ms" + who + ", which had a slot for " + show(seen.in_slot));
    check.that(result.preemptions >= seen.waits, "`preemptions`" + who + " is less than it waited");
    check.equal(result.deadline,
                !task.deadline                 ? Deadline::none
                : seen.ended <= *task.deadline ? Deadline::met
                                               : Deadline::missed,
                "the deadline" + who + " (0: none, 1: met, 2: missed)");
  }
}

/// How the run should have ended, and when: `before` are the tasks that were done when cancel() came.
void error_is_right(Check& check, const Storm& storm, const Recorder& recorder, const Results& results,
                    Duration took) {
  const Kind kind = storm.ending == Ending::late        ? Kind::timeout
                    : storm.ending == Ending::cancelled ? Kind::cancelled
                                                        : Kind::task_failed;
  if (!failed_as(check, results, kind)) return;
  check.equal(results.error().unfinished, without(storm.tasks, storm.done(recorder)),
              "the ids that the error calls unfinished");
  if (kind == Kind::timeout) check.equal(took, storm.when, "the time that a run takes, up to its timeout");
  if (kind == Kind::task_failed)
    check.that(results.error().task_id == storm.thrower, "the error does not name the task that threw");
}

Task<void> any_ending(Check& check) {
  if (!in_virtual_time()) co_return;
  const Storm storm(check);
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, storm.workers, storm.options);
  orchestrator.enable_work_stealing(storm.is_stealing);
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(
      storm.tasks, storm.executor(recorder), storm.ending == Ending::late ? storm.when : kPlenty));
  bool is_over = storm.ending == Ending::in_time;
  if (storm.ending == Ending::cancelled || storm.ending == Ending::dropped) {
    co_await sleep(storm.when);
    is_over = storm.done(recorder).size() == storm.tasks.size();
    const Ids started = recorder.order();
    if (storm.ending == Ending::cancelled) orchestrator.cancel();
    if (storm.ending == Ending::dropped) run.abort();
    co_await sleep(100ms);
    check.equal(recorder.order(), started, "the tasks that have started by the end, compared with before");
  }
  if (storm.ending == Ending::dropped) {
    check.that((co_await run).has_value() == is_over, "a run that was dropped has ended otherwise");
  } else {
    const Results results = co_await returned(check, std::move(run));
    if (storm.ending == Ending::late) is_over = storm.done(recorder).size() == storm.tasks.size();
    if (is_over)
      results_are_right(check, storm, recorder, results);
    else
      error_is_right(check, storm, recorder, results, now() - begin);
  }
  no_task_left(check, recorder);
  check.that(recorder.peak() <= storm.workers,
             show(recorder.peak()) + " tasks run at once, with " + show(storm.workers) + " workers");
  if (storm.ending != Ending::cancelled) co_await slots_are_back(check, orchestrator, storm.workers);
}

}  // namespace

COROKIT_SPECIFIED_PART(legal_orders, edge_any_ending) {
  check.run(any_ending(check));
  check.run(any_ending(check));
}

}  // namespace corokit::specified
