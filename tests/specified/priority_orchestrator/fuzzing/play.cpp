#include "play.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <exception>
#include <stdexcept>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;
using Answer = PriorityExecutor::Answer;
using Results = PriorityOrchestrator::Results;

/// What the coroutines of one scenario share.
struct Stage {
  Moment moment() { return {now() - seen.begin, ++order}; }
  void note(std::size_t run, std::string event) {
    check.note("run " + std::to_string(run + 1), std::move(event));
  }
  void note(std::size_t run, std::size_t task, std::string event) {
    const std::string id = std::to_string(id_of(scenario.runs[run], task));
    check.note("run " + std::to_string(run + 1) + ": task " + id, std::move(event));
  }

  Check& check;
  Scenario& scenario;
  Seen& seen;
  int order = 0;
};

/// A task while its frame exists.
class Presence {
 public:
  Presence(Stage& stage, std::size_t run, std::size_t task) : stage_(stage), run_(run), task_(task) {
    seen().slots.push_back({stage.moment(), {}});
    stage.note(run, task, "started");
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    seen().gone = stage_.moment();
    if (!seen().gave_way) seen().slots.back().to = seen().gone;
    stage_.note(run_, task_, ending);
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
    stage_.note(run_, task_, "went on, after it had given way");
  }

  std::string ending = "ended without an answer";

 private:
  Stage& stage_;
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

Task<Answer> work(Stage& stage, std::size_t run, std::size_t place, PriorityContext context) {
  SeenTask& known = stage.seen.runs[run].tasks[place];
  if (++known.calls > 1) co_return known.text;
  Presence presence(stage, run, place);
  const PlannedTask plan = stage.scenario.runs[run].tasks[place];
  if (plan.listens) {
    const auto heard = co_await timeout(plan.work, context.token().cancelled());
    if (heard) {
      presence.seen().told = stage.moment();
      stage.note(run, place, "saw the token cancelled");
      co_await sleep(plan.clean_up);
    }
  } else {
    co_await work_through(presence, plan, context);
  }
  SeenTask& seen = presence.seen();
  seen.finished = stage.moment();
  if (plan.answers == Answers::exception) {
    presence.ending = "threw " + seen.text;
    throw std::runtime_error(seen.text);
  }
  presence.ending = "answered";
  if (plan.answers == Answers::error) co_return Err<std::string>(seen.text);
  co_return seen.text;
}

std::vector<PrioritizedTask> tasks_of(const Stage& stage, const PlannedRun& run) {
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

PriorityExecutor executor_of(Stage& stage, std::size_t run) {
  return [&stage, run](const PrioritizedTask& task, const PriorityContext& context) {
    return work(stage, run, stage.scenario.runs[run].tasks.size() - task.id, context);
  };
}

/// Awaits a run that was called before.
Task<void> one_run(Stage& stage, std::size_t place, Task<Results> run) {
  const PlannedRun& plan = stage.scenario.runs[place];
  if (plan.begin > Duration(0)) co_await sleep_until(stage.seen.begin + plan.begin);
  SeenRun& seen = stage.seen.runs[place];
  seen.begun = stage.moment();
  stage.note(place, "began: " + std::to_string(plan.tasks.size()) + " tasks, " +
                        std::to_string(stage.scenario.workers) + " workers, with a timeout of " +
                        show(plan.timeout));
  try {
    Results results = co_await std::move(run);
    seen.returned = stage.moment();
    stage.note(place, results ? "gave " + std::to_string(results->size()) + " results"
                              : "gave an error: " + results.error().message);
    seen.results = std::move(results);
  } catch (...) {
    seen.returned = stage.moment();
    seen.threw = describe(std::current_exception());
    stage.note(place, "threw " + seen.threw);
  }
}

Task<void> cancel_at(Stage& stage, Duration time, PriorityOrchestrator orchestrator) {
  co_await sleep_until(stage.seen.begin + time);
  stage.seen.cancelled = stage.moment();
  stage.check.note("test", "called cancel()");
  orchestrator.cancel();
}

Task<void> drop_at(Stage& stage, Duration time, std::size_t run, AbortHandle handle) {
  co_await sleep_until(stage.seen.begin + time);
  SeenRun& seen = stage.seen.runs[run];
  if (seen.returned) co_return;
  seen.dropped = stage.moment();
  stage.note(run, "was dropped");
  handle.abort();
}

/// Gives the tasks of a run something to answer that only they can know.
void add_run(Stage& stage) {
  SeenRun& seen = stage.seen.runs.emplace_back();
  const PlannedRun& plan = stage.scenario.runs[stage.seen.runs.size() - 1];
  for (std::size_t task = 0; task < plan.tasks.size(); ++task)
    seen.tasks.emplace_back().text = "agent " + std::to_string(id_of(plan, task)) + " saw " +
                                     std::to_string(stage.check.draw(0, 999'999)) + ".";
}

/// Waits until the runs are over: what does not end within a time that no right solution needs never ends.
Task<void> until_over(std::vector<JoinHandle<void>> runs) {
  const Instant latest = now() + 100s;
  for (JoinHandle<void>& run : runs) static_cast<void>(co_await timeout_at(latest, std::move(run)));
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

JoinHandle<void> begin_run(Stage& stage, std::size_t place, const PriorityOrchestrator& orchestrator) {
  const PlannedRun& plan = stage.scenario.runs[place];
  return spawn(one_run(
      stage, place,
      orchestrator.run_with_priority(tasks_of(stage, plan), executor_of(stage, place), plan.timeout)));
}

}  // namespace

Task<void> play(Check& check, Scenario& scenario, Seen& seen) {
  Stage stage{check, scenario, seen};
  seen.begin = now();
  seen.runs.reserve(scenario.runs.size() + 1);
  scenario.runs.reserve(scenario.runs.size() + 1);
  const PriorityOrchestrator orchestrator(static_cast<std::size_t>(scenario.workers), options_of(scenario));
  orchestrator.enable_work_stealing(scenario.steals);
  std::vector<JoinHandle<void>> runs;
  std::vector<JoinHandle<void>> events;
  for (std::size_t place = 0; place < scenario.runs.size(); ++place) {
    add_run(stage);
    runs.push_back(begin_run(stage, place, PriorityOrchestrator(orchestrator)));
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
  last.push_back(begin_run(stage, scenario.runs.size() - 1, orchestrator));
  co_await until_over(std::move(last));
}

}  // namespace corokit::specified::fuzzing
