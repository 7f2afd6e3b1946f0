#include <memory>
#include <stdexcept>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// The second run finds all permits free, and counts its tasks from 0 again.
Task<void> several_runs(Check& check) {
  Load load{2, std::vector<Duration>(5, 50ms)};
  if (!check.is_subject()) load = Load::draw(check, 12);
  const NotedOrchestrator orchestrator(check, load.limit);
  for (int i = 0; i < 2; ++i) {
    Recorder recorder(check);
    const Instant begin = now();
    const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), kPlenty);
    exactly(check, now() - begin, recorder.simulated ? load.end() : Duration(0),
            "the time that the run takes");
    if (!succeeded(recorder, results)) co_return;
    ran_as_planned(recorder, load.plan(), begin);
    check.that(recorder.heads.peak <= load.limit, "more tasks run at once than the limit allows");
  }
  co_await permits_are_back(check, orchestrator, load.limit);
}

/// Without tasks there is nothing to wait for: no permit, no timeout, no cancellation.
Task<void> no_tasks(Check& check) {
  const int limit = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, limit);
  const NotedOrchestrator cancelled(check, limit);
  cancelled.cancel();
  Recorder recorder(check);
  JoinHandle<Results> other = spawn(orchestrator.run(
      recorder, recorder.tasks(limit, [&recorder] { return sleeper(recorder, 5ms); }), kPlenty));
  co_await until_started(recorder, limit);
  const Instant begin = now();
  for (const NotedOrchestrator& one : {orchestrator, cancelled}) {
    for (const Duration time : {Duration(10s), Duration(0), Duration(-1ms)}) {
      Recorder none(check);
      const Results results = co_await one.run(none, {}, time);
      if (check.that(results.has_value(), "a run without tasks gives " + describe(results)))
        check.equal(results->size(), 0u, "the number of results of no tasks");
    }
  }
  exactly(check, now() - begin, 0ms, "the time that six runs without tasks take");
  succeeded(recorder, co_await returned(check, std::move(other)));
}

/// A value and an error string are results alike, whatever is in them.
Task<void> single_task(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, check.draw(1, 3));
  const Duration duration = check.is_subject() ? Duration(5ms) : draw_duration(check, 20);
  const bool complains = check.draw(0, 1) == 1;
  auto tasks = only(complains ? complainer(recorder, duration) : sleeper(recorder, duration));
  std::string& text = recorder.entries[0].text;
  const int kind = check.draw(0, 3);
  if (kind == 1) text.clear();
  if (kind == 2) text = std::string(static_cast<std::size_t>(check.draw(100, 10'000)), 'x') + text;
  if (kind == 3) text.insert(0, 1, '\0');
  const Instant begin = now();
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  exactly(check, now() - begin, duration, "the time that the run of one task takes");
  succeeded(recorder, results);
}

Task<void> single_exception(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, check.draw(1, 3));
  const std::string what = "deja vu " + std::to_string(check.draw(0, 999'999));
  const Duration duration = draw_duration(check, 20);
  const Instant begin = now();
  auto tasks = only(thrower(recorder, duration, what));
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  const Results results = co_await returned(check, std::move(run));
  recorder.all_ran();
  exactly(check, now() - begin, duration, "the time that the run of a task that throws takes");
  if (failed_as(check, results, Kind::task_failed))
    check.that(results.error().message.find(what) != std::string::npos,
               "the error of a task that throws does not say what it threw, but: " + results.error().message);
}

std::vector<AsyncTask> two_short_ones(Recorder& recorder) {
  return recorder.tasks(2, [&recorder] { return sleeper(recorder, 2ms); });
}

/// The orchestrator is replaced before its run is awaited, or destroyed while it goes on: the run keeps what it needs.
Task<void> orchestrator_is_gone(Check& check) {
  Recorder recorder(check);
  auto orchestrator = std::make_unique<NotedOrchestrator>(check, 1);
  auto run = orchestrator->run(recorder, two_short_ones(recorder), kPlenty);
  *orchestrator = NotedOrchestrator(check, 1);
  orchestrator->cancel();
  if (check.draw(0, 1) == 1) orchestrator.reset();
  const Results results = co_await std::move(run);
  succeeded(recorder, results);
}

Task<void> orchestrator_goes(Check& check) {
  Recorder recorder(check);
  auto orchestrator = std::make_unique<NotedOrchestrator>(check, 1);
  JoinHandle<Results> run = spawn(orchestrator->run(recorder, two_short_ones(recorder), kPlenty));
  co_await until_started(recorder, 1);
  orchestrator.reset();
  const Results results = co_await returned(check, std::move(run));
  succeeded(recorder, results);
}

/// Nothing begins before the run is awaited.
Task<void> not_awaited_yet(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  auto run = orchestrator.run(recorder, two_short_ones(recorder), kPlenty);
  co_await sleep(5ms);
  check.equal(recorder.started.load(), 0, "tasks that have started before the run was awaited");
  if (check.draw(0, 1) == 1) co_return;  // nor when it never is
  const Results results = co_await std::move(run);
  succeeded(recorder, results);
}

}  // namespace

COROKIT_SPECIFIED_TEST(basic_execution) {
  check.run(several_runs(check));
}

COROKIT_SPECIFIED_PART(basic_execution, edge_no_tasks) {
  check.run(no_tasks(check));
}

COROKIT_SPECIFIED_PART(basic_execution, edge_single_task) {
  check.run(single_task(check));
  check.run(single_exception(check));
}

COROKIT_SPECIFIED_PART(basic_execution, edge_lifetime) {
  check.run(orchestrator_is_gone(check));
  check.run(orchestrator_goes(check));
  check.run(not_awaited_yet(check));
}

}  // namespace corokit::specified
