#include "play.hpp"

#include "fuzzing/stage.hpp"

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;
using Answer = PriorityExecutor::Answer;
using Results = PriorityOrchestrator::Results;

using Played = Stage<Scenario, Seen>;

void note(Played& stage, std::size_t run, std::size_t task, std::string event) {
  stage.note_task(run, id_of(stage.scenario.runs[run], task), std::move(event));
}

/// A task while its frame exists.
class Presence {
 public:
  Presence(Played& stage, std::size_t run, std::size_t task) : stage_(stage), run_(run), task_(task) {
    seen().slots.push_back({stage.moment(), {}});
    note(stage, run, task, "started");
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    seen().gone = stage_.moment();
    if (!seen().gave_way) seen().slots.back().to = seen().gone;
    note(stage_, run_, task_, ending);
  }

  SeenTask& seen() { return stage_.seen.runs[run_].tasks[task_]; }

  /// A task may give way from here on; afterwards it goes on.
  void pause() {
    seen().slots.back().to = stage_.moment();
    seen().gave_way = true;
  }
  void go_on() {
    seen().gave_way = false;
    const Moment here = stage_.moment();
    if (here.time == seen().slots.back().to.time) {
      seen().slots.back().to = {};
      return;
    }
    seen().slots.push_back({here, {}});
    note(stage_, run_, task_, "went on, after it had given way");
  }

  std::string ending = "ended without an answer";

 private:
  Played& stage_;
  const std::size_t run_;
  const std::size_t task_;
};

Task<void> work_through(Presence& presence, PlannedTask plan, PriorityContext context) {
  Duration left = plan.work;
  while (plan.step > Duration(0) && left > plan.step) {
    co_await sleep(plan.step);
    left -= plan.step;
    presence.pause();
    co_await context.checkpoint();
    presence.go_on();
  }
  co_await sleep(left);
}

Task<Answer> work(Played& stage, std::size_t run, std::size_t place, PriorityContext context) {
  SeenTask& known = stage.seen.runs[run].tasks[place];
  if (++known.calls > 1) co_return known.text;
  Presence presence(stage, run, place);
  const PlannedTask plan = stage.scenario.runs[run].tasks[place];
  if (plan.listens) {
    const auto heard = co_await timeout(plan.work, context.token().cancelled());
    if (heard) {
      presence.seen().told = stage.moment();
      note(stage, run, place, "saw the token cancelled");
      co_await sleep(plan.clean_up);
    }
  } else {
    co_await work_through(presence, plan, context);
  }
  presence.seen().finished = stage.moment();
  co_return answer_of<Answer>(plan, presence.seen(), presence.ending);
}

std::vector<PrioritizedTask> tasks_of(const Played& stage, const PlannedRun& run) {
  std::vector<PrioritizedTask> tasks;
  const Instant begin = stage.seen.begin + run.begin;
  for (std::size_t place = 0; place < run.tasks.size(); ++place) {
    const PlannedTask& plan = run.tasks[place];
    PrioritizedTask& task = tasks.emplace_back(id_of(run, place), plan.priority, plan.estimate);
    if (plan.release > Duration(0)) task.release = begin + plan.release;
    if (plan.deadline) task.deadline = begin + *plan.deadline;
  }
  return tasks;
}

PriorityExecutor executor_of(Played& stage, std::size_t run) {
  return [&stage, run](const PrioritizedTask& task, const PriorityContext& context) {
    return work(stage, run, stage.scenario.runs[run].tasks.size() - task.id, context);
  };
}

/// Awaits a run that was called before.
Task<void> one_run(Played& stage, std::size_t place, Task<Results> run) {
  co_await begin_run(stage, place, std::to_string(stage.scenario.workers) + " workers");
  co_await await_run(stage, place, std::move(run));
}

/// Gives the tasks of a run something to answer that only they can know.
void add_run(Played& stage) {
  SeenRun& seen = stage.seen.runs.emplace_back();
  const PlannedRun& plan = stage.scenario.runs[stage.seen.runs.size() - 1];
  for (std::size_t task = 0; task < plan.tasks.size(); ++task)
    seen.tasks.emplace_back().text = "agent " + std::to_string(id_of(plan, task)) + " saw " +
                                     std::to_string(stage.check.draw(0, 999'999)) + ".";
}

/// As many tasks as there are workers.
PlannedRun last_run(int workers, Duration begin) {
  PlannedRun run;
  run.tasks.resize(static_cast<std::size_t>(workers), PlannedTask{.estimate = 1ms, .work = 1ms});
  run.timeout = 1s;
  run.begin = begin;
  run.is_last = true;
  return run;
}

PriorityOptions options_of(const Scenario& scenario) {
  PriorityOptions options;
  options.ageing_step = scenario.ageing_step;
  options.margin = scenario.margin;
  options.preemption = scenario.interrupts;
  return options;
}

JoinHandle<void> spawn_run(Played& stage, std::size_t place, const PriorityOrchestrator& orchestrator) {
  const PlannedRun& plan = stage.scenario.runs[place];
  return spawn(one_run(
      stage, place,
      orchestrator.run_with_priority(tasks_of(stage, plan), executor_of(stage, place), plan.timeout)));
}

}  // namespace

Task<void> play(Check& check, Scenario& scenario, Seen& seen) {
  Played stage{check, scenario, seen};
  seen.begin = stage.begin;
  seen.runs.reserve(scenario.runs.size() + 1);
  scenario.runs.reserve(scenario.runs.size() + 1);
  const PriorityOrchestrator orchestrator(static_cast<std::size_t>(scenario.workers), options_of(scenario));
  orchestrator.enable_work_stealing(scenario.steals);
  std::vector<JoinHandle<void>> runs;
  std::vector<JoinHandle<void>> events;
  for (std::size_t place = 0; place < scenario.runs.size(); ++place) {
    add_run(stage);
    runs.push_back(spawn_run(stage, place, PriorityOrchestrator(orchestrator)));
    if (const auto time = scenario.runs[place].dropped)
      events.push_back(spawn(drop_at(stage, *time, place, runs.back().abort_handle())));
  }
  if (scenario.cancel) events.push_back(spawn(cancel_at(stage, *scenario.cancel, orchestrator)));
  co_await until_over(std::move(runs));
  for (JoinHandle<void>& event : events) static_cast<void>(co_await event);
  co_await sleep(1ms);  // tasks of a run that was dropped end in that moment, though not at once
  if (seen.cancelled) co_return;
  scenario.runs.push_back(last_run(scenario.workers, now() - seen.begin));
  add_run(stage);
  std::vector<JoinHandle<void>> last;
  last.push_back(spawn_run(stage, scenario.runs.size() - 1, orchestrator));
  co_await until_over(std::move(last));
}

}  // namespace corokit::specified::fuzzing
