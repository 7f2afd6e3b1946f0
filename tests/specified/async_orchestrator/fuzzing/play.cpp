#include "play.hpp"

#include "fuzzing/stage.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;
using Answer = AsyncTask::Answer;
using Played = Stage<Scenario, Seen>;

/// A task while its frame exists.
class Presence {
 public:
  Presence(Played& stage, std::size_t run, std::size_t task) : stage_(stage), run_(run), task_(task) {
    seen().started = stage.moment();
    stage.note_task(run, task, "started");
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    seen().gone = stage_.moment();
    stage_.note_task(run_, task_, ending);
  }

  SeenTask& seen() { return stage_.seen.runs[run_].tasks[task_]; }

  std::string ending = "ended without an answer";

 private:
  Played& stage_;
  const std::size_t run_;
  const std::size_t task_;
};

Task<Answer> work(Played& stage, std::size_t run, std::size_t place, std::uint32_t id,
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
      stage.note_task(run, place, "saw the token cancelled");
      co_await sleep(plan.clean_up);
    }
  } else {
    co_await sleep(plan.work);
  }
  co_return answer_of<Answer>(plan, presence.seen(), presence.ending);
}

std::vector<AsyncTask> tasks_of(Played& stage, std::size_t run) {
  std::vector<AsyncTask> tasks;
  for (std::size_t place = 0; place < stage.scenario.runs[run].tasks.size(); ++place)
    tasks.emplace_back([&stage, run, place](std::uint32_t id, CancellationToken token) {
      return work(stage, run, place, id, std::move(token));
    });
  return tasks;
}

/// Awaits a run that was called before.
Task<void> one_run(Played& stage, std::size_t place, Task<MatrixOrchestrator::Results> run) {
  co_await begin_run(stage, place, "at most " + std::to_string(stage.scenario.limit) + " at once");
  co_await await_run(stage, place, std::move(run));
}

/// Gives the tasks of a run something to answer that only they can know.
void add_run(Played& stage) {
  SeenRun& seen = stage.seen.runs.emplace_back();
  const PlannedRun& plan = stage.scenario.runs[stage.seen.runs.size() - 1];
  for (std::size_t task = 0; task < plan.tasks.size(); ++task)
    seen.tasks.emplace_back().text =
        "agent " + std::to_string(task) + " saw " + std::to_string(stage.check.draw(0, 999'999)) + ".";
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
  Played stage{check, scenario, seen};
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
