#include "play.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <exception>
#include <stdexcept>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;
using Answer = AsyncTask::Answer;

/// What the coroutines of one scenario share.
struct Stage {
  Moment moment() { return {now() - begin, ++order}; }
  void note(std::size_t run, std::string event) {
    check.note("run " + std::to_string(run + 1), std::move(event));
  }
  void note(std::size_t run, std::size_t task, std::string event) {
    check.note("run " + std::to_string(run + 1) + ": task " + std::to_string(task), std::move(event));
  }

  Check& check;
  Scenario& scenario;
  Seen& seen;
  const Instant begin = now();
  int order = 0;
};

/// A task while its frame exists.
class Presence {
 public:
  Presence(Stage& stage, std::size_t run, std::size_t task) : stage_(stage), run_(run), task_(task) {
    seen().started = stage.moment();
    stage.note(run, task, "started");
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    seen().gone = stage_.moment();
    stage_.note(run_, task_, ending);
  }

  SeenTask& seen() { return stage_.seen.runs[run_].tasks[task_]; }

  std::string ending = "ended without an answer";

 private:
  Stage& stage_;
  const std::size_t run_;
  const std::size_t task_;
};

Task<Answer> work(Stage& stage, std::size_t run, std::size_t place, std::uint32_t id,
                  CancellationToken token) {
  SeenTask& known = stage.seen.runs[run].tasks[place];
  known.id = id;
  if (++known.calls > 1) co_return known.text;
  Presence presence(stage, run, place);
  const PlannedTask plan = stage.scenario.runs[run].tasks[place];
  if (plan.listens) {
    const auto heard = co_await timeout(plan.work, token.cancelled());
    if (heard) {
      presence.seen().told = stage.moment();
      stage.note(run, place, "saw the token cancelled");
      co_await sleep(plan.clean_up);
    }
  } else {
    co_await sleep(plan.work);
  }
  SeenTask& seen = presence.seen();
  if (plan.answers == Answers::exception) {
    presence.ending = "threw " + seen.text;
    throw std::runtime_error(seen.text);
  }
  presence.ending = "answered";
  if (plan.answers == Answers::error) co_return Err<std::string>(seen.text);
  co_return seen.text;
}

std::vector<AsyncTask> tasks_of(Stage& stage, std::size_t run) {
  std::vector<AsyncTask> tasks;
  for (std::size_t place = 0; place < stage.scenario.runs[run].tasks.size(); ++place)
    tasks.emplace_back([&stage, run, place](std::uint32_t id, CancellationToken token) {
      return work(stage, run, place, id, std::move(token));
    });
  return tasks;
}

/// Awaits a run that was called before.
Task<void> one_run(Stage& stage, std::size_t place, Task<MatrixOrchestrator::Results> run) {
  const PlannedRun& plan = stage.scenario.runs[place];
  if (plan.begin > Duration(0)) co_await sleep_until(stage.begin + plan.begin);
  SeenRun& seen = stage.seen.runs[place];
  seen.begun = stage.moment();
  stage.note(place, "began: " + std::to_string(plan.tasks.size()) + " tasks, at most " +
                        std::to_string(stage.scenario.limit) + " at once, with a timeout of " +
                        show(plan.timeout));
  try {
    MatrixOrchestrator::Results results = co_await std::move(run);
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

Task<void> cancel_at(Stage& stage, Duration time, MatrixOrchestrator orchestrator) {
  co_await sleep_until(stage.begin + time);
  stage.seen.cancelled = stage.moment();
  stage.check.note("test", "called cancel()");
  orchestrator.cancel();
}

Task<void> drop_at(Stage& stage, Duration time, std::size_t run, AbortHandle handle) {
  co_await sleep_until(stage.begin + time);
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
    seen.tasks.emplace_back().text =
        "agent " + std::to_string(task) + " saw " + std::to_string(stage.check.draw(0, 999'999)) + ".";
}

/// Waits until the runs are over: what does not end within a time that no right solution needs never ends.
Task<void> until_over(std::vector<JoinHandle<void>> runs) {
  const Instant latest = now() + 100s;
  for (JoinHandle<void>& run : runs) static_cast<void>(co_await timeout_at(latest, std::move(run)));
}

/// As many tasks as there are permits.
PlannedRun last_run(int limit) {
  PlannedRun run;
  run.tasks.resize(static_cast<std::size_t>(limit), PlannedTask{.work = 1ms});
  run.timeout = 1s;
  run.is_last = true;
  return run;
}

}  // namespace

Task<void> play(Check& check, Scenario& scenario, Seen& seen) {
  Stage stage{check, scenario, seen};
  seen.runs.reserve(scenario.runs.size() + 1);
  scenario.runs.reserve(scenario.runs.size() + 1);
  const MatrixOrchestrator first(static_cast<std::size_t>(scenario.limit));
  const MatrixOrchestrator second(static_cast<std::size_t>(scenario.limit));
  std::vector<JoinHandle<void>> runs;
  std::vector<JoinHandle<void>> events;
  for (std::size_t place = 0; place < scenario.runs.size(); ++place) {
    add_run(stage);
    const MatrixOrchestrator copy = orchestrator_of(scenario, place) == 0 ? first : second;
    runs.push_back(
        spawn(one_run(stage, place, copy.run(tasks_of(stage, place), scenario.runs[place].timeout))));
    if (const auto time = scenario.runs[place].dropped)
      events.push_back(spawn(drop_at(stage, *time, place, runs.back().abort_handle())));
  }
  if (scenario.cancel) events.push_back(spawn(cancel_at(stage, *scenario.cancel, first)));
  co_await until_over(std::move(runs));
  for (JoinHandle<void>& event : events) static_cast<void>(co_await event);
  co_await sleep(1ms);  // tasks of a run that was dropped end in that moment, though not at once
  if (seen.cancelled) co_return;
  const std::size_t place = scenario.runs.size();
  scenario.runs.push_back(last_run(scenario.limit));
  scenario.runs.back().begin = now() - stage.begin;
  add_run(stage);
  std::vector<JoinHandle<void>> last;
  last.push_back(spawn(one_run(stage, place, first.run(tasks_of(stage, place), 1s))));
  co_await until_over(std::move(last));
}

}  // namespace corokit::specified::fuzzing
