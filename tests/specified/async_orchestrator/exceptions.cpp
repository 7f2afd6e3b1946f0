#include <algorithm>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// Some tasks throw, of any type, perhaps before they wait for anything. The run fails with the first of them; the other
/// tasks are dropped, those that wait for permits never start, and another run goes on.
Task<void> among_others(Check& check) {
  const int limit = check.draw(2, 5);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder others(check);
  JoinHandle<Results> other = spawn(orchestrator.run(others, only(sleeper(others, 40ms)), kPlenty));
  co_await until_started(others, 1);

  Recorder recorder(check);
  std::vector<AsyncTask> tasks;
  const int place = check.draw(0, limit - 2);
  const Duration time = check.draw(0, 1) == 1 ? Duration(0) : draw_duration(check, 20);
  for (int i = 0; i < limit + 3; ++i) {
    const bool throws = i == place || (i < limit - 1 && check.draw(1, 4) == 1);
    tasks.push_back(!throws ? sleeper(recorder, 1'000s)
                            : recorder.task([time](Entry&, CancellationToken) -> Task<Answer> {
                                if (time > 0ms) co_await sleep(time);
                                throw 42;
                              }));
  }
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  const Results results = co_await returned(check, std::move(run));
  recorder.none_left();
  failed_as(check, results, Kind::task_failed);
  if (recorder.simulated)
    check.equal(now() - begin, time, "the time until a run fails, a task of which throws");
  check.that(now() - begin < 500s, "when a task throws, run() waits for the other tasks to finish");
  const int started = recorder.started;
  succeeded(others, co_await returned(check, std::move(other)));
  co_await permits_are_back(check, orchestrator, limit);
  check.equal(recorder.started.load(), started, "tasks started, some time after a run that failed");
}

/// A task throws wherever it stands in line, and the run ends then, with what that task said.
Task<void> anywhere_in_line(Check& check) {
  if (!sim::is_simulated()) co_return;  // a busy machine keeps to no plan
  const Load load = Load::draw(check, 12);
  const auto place = static_cast<std::size_t>(check.draw(0, static_cast<int>(load.durations.size()) - 1));
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const std::string what = "deja vu " + std::to_string(check.draw(0, 999'999));
  std::vector<AsyncTask> tasks;
  for (std::size_t i = 0; i < load.durations.size(); ++i)
    tasks.push_back(i == place ? thrower(recorder, load.durations[i], what)
                               : sleeper(recorder, load.durations[i]));
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  const Results results = co_await returned(check, std::move(run));
  check.equal(now() - begin, load.plan()[place].end,
              "the time until a run fails, task " + show(place) + " of which throws");
  recorder.none_left();
  if (failed_as(check, results, Kind::task_failed))
    check.that(results.error().message.find(what) != std::string::npos,
               "the error of a task that throws does not say what it threw, but: " + results.error().message);
  co_await permits_are_back(check, orchestrator, load.limit);
}

}  // namespace

COROKIT_SPECIFIED_PART(graceful_shutdown, edge_exception_among_others) {
  check.run(among_others(check));
  check.run(anywhere_in_line(check));
}

}  // namespace corokit::specified
