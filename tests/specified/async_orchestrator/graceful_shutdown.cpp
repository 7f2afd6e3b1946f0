#include <algorithm>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// Asynchronous clean-up runs to its end, and another cancel() changes nothing.
Task<void> clean_up(Check& check) {
  const int limit = check.is_subject() ? 3 : check.draw(1, 5);
  const int count = check.is_subject() ? 5 : limit + check.draw(0, 3);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  Duration longest{0};
  auto tasks = recorder.tasks(count, [&] {
    const Duration time = check.is_subject() ? Duration(30ms) : 5ms + draw_duration(check, 2'000);
    if (static_cast<int>(recorder.entries.size()) < limit) longest = std::max(longest, time);
    return listener(recorder, time);
  });
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), 1'000s));
  co_await until_started(recorder, limit);
  const NotedOrchestrator copy = orchestrator;
  const Instant begin = now();
  copy.cancel();
  co_await sleep(draw_duration(check, 5));
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  recorder.none_left();
  failed_as(check, results, Kind::cancelled);
  exactly(check, now() - begin, recorder.simulated ? longest : 5ms,
          "the time from cancel() to the end of the last clean-up");
  recorder.ran(limit);
  check.equal(recorder.cleaned.load(), limit, "tasks whose clean-up ran to its end");
  check.that(recorder.heads.peak <= limit,
             "more tasks run at once during the shutdown than the limit allows");
}

/// Tasks get the chance to finish, but only until the global timeout.
Task<void> no_end_of_clean_up(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  Recorder recorder(check);
  // A busy machine must get to cancel() in time.
  const Duration time = !sim::is_simulated() ? 250ms
                        : check.is_subject() ? 50ms
                                             : 20ms + draw_duration(check, 100);
  const Instant begin = now();
  auto tasks = recorder.tasks(2, [&recorder] { return sleeper(recorder, 1'000s); });
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), time));
  co_await until_started(recorder, 1);
  co_await sleep(check.is_subject() ? Duration(10ms) : draw_duration(check, 10));
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  check.that(!results && results.error().kind != Kind::task_failed,
             "a run that was cancelled and reached its timeout gives " + describe(results));
  exactly(check, now() - begin, time, "the time that run() took, cancelled, with a timeout of " + show(time));
  recorder.none_left();
}

}  // namespace

COROKIT_SPECIFIED_TEST(graceful_shutdown) {
  check.run(clean_up(check));
  check.run(no_end_of_clean_up(check));
}

}  // namespace corokit::specified
