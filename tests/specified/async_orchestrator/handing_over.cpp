// A run that ends early gives its permits to another run, which waits for them: all of them, at once, and not before the
// tasks that held them are gone.
#include <corokit/time/timeout.hpp>

#include "plan.hpp"

namespace corokit::specified {
namespace {

enum class Ending { timeout, exception, drop };

/// The run that ends early, after `time`. It has all permits, and tasks that wait for more.
Task<void> first_run(Recorder& recorder, const NotedOrchestrator& orchestrator, int limit, Ending ending,
                     Duration time) {
  Check& check = recorder.check;
  const int thrower_place = ending == Ending::exception ? check.draw(0, limit - 1) : -1;
  std::vector<AsyncTask> tasks;
  for (int i = limit + check.draw(0, 2); i > 0; --i) {
    const bool throws = static_cast<int>(recorder.entries.size()) == thrower_place;
    tasks.push_back(throws ? thrower(recorder, time, "deja vu") : sleeper(recorder, 100s));
  }
  auto run = orchestrator.run(recorder, std::move(tasks), ending == Ending::timeout ? time : kPlenty);
  if (ending == Ending::drop) {
    const auto in_time = co_await timeout(time, std::move(run));
    check.that(!in_time, "a run of tasks of 100 s ends within a second");
    co_return;
  }
  const Results results = co_await std::move(run);
  recorder.none_left();
  failed_as(check, results, ending == Ending::timeout ? Kind::timeout : Kind::task_failed);
}

Task<void> hand_over(Check& check, Ending ending) {
  const int limit = check.draw(1, 4);
  const NotedOrchestrator orchestrator(check, limit);
  Headcount heads;
  Recorder early(check, heads);
  const Duration time = 20ms + draw_duration(check, 10);
  const Instant begin = now();
  JoinHandle<void> first = spawn(first_run(early, orchestrator, limit, ending, time));
  while (early.started < limit && !first.is_finished()) co_await sleep(1ms);
  Recorder recorder(check, heads);
  Load load{limit, {}};
  for (int i = check.draw(1, 6); i > 0; --i) load.durations.push_back(draw_duration(check, 10));
  const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), kPlenty);
  static_cast<void>(co_await first);
  check.that(heads.peak <= limit, "when a run ends early, its permits are used before its tasks are gone");
  succeeded(recorder, results);
  ran_as_planned(recorder, load.plan(), begin + time);
  for (int i = 0; i < 1'000 && early.present > 0; ++i) co_await sleep(1ms);
  early.none_left();
}

}  // namespace

COROKIT_SPECIFIED_PART(timeout, edge_permits_after_timeout) {
  check.run(hand_over(check, Ending::timeout));
}

COROKIT_SPECIFIED_PART(timeout, edge_permits_of_dropped_run) {
  check.run(hand_over(check, Ending::drop));
}

COROKIT_SPECIFIED_PART(graceful_shutdown, edge_permits_after_exception) {
  check.run(hand_over(check, Ending::exception));
}

}  // namespace corokit::specified
