#include "recorder.hpp"

#include <corokit/spawn.hpp>

namespace corokit::specified {
namespace {

/// Waits for its token, then takes some time to clean up.
AsyncTask tidy(Recorder& recorder) {
  return recorded(recorder, [&recorder](std::uint32_t id, CancellationToken token) -> Task<Answer> {
    co_await token.cancelled();
    ++recorder.told;
    co_await sleep(30ms);
    ++recorder.cleaned;
    co_return name_of(id);
  });
}

Task<void> cancel_while_tasks_clean_up(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(3);
  const MatrixOrchestrator copy = orchestrator;
  auto tasks = several(5, [&recorder] { return tidy(recorder); });
  JoinHandle<Results> run = spawn(orchestrator.run(std::move(tasks), 10s));
  co_await until_started(recorder, 3);
  copy.cancel();
  co_await sleep(10ms);
  orchestrator.cancel();  // harmless
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  failed_as(check, results, Kind::cancelled);
  check.equal(recorder.started.load(), 3, "tasks started, of 5 with a limit of 3");
  check.equal(recorder.cleaned.load(), 3, "tasks whose clean-up ran to its end");
  check.that(recorder.peak <= 3, "more than 3 tasks run at once during the shutdown, with a limit of 3");
  // A run that comes after cancel() starts nothing and ends.
  orchestrator.cancel();
  const Results late = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 10s);
  failed_as(check, late, Kind::cancelled);
  check.equal(recorder.started.load(), 3, "tasks started, after a run that came after cancel()");
}

/// Tasks get the chance to finish, but only until the global timeout.
Task<void> cancel_a_task_that_does_not_listen(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  const Duration time = recorder.simulated ? 50ms : 250ms;  // a busy machine must get to cancel() within it
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run(list(sleeper(recorder, 100s)), time));
  co_await sleep(10ms);
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  check.that(!results && results.error().kind != Kind::task_failed,
             "a run that was cancelled and reached its timeout gives " + describe(results));
  exactly(check, now() - begin, time, "the time that run() took, cancelled, with a timeout of " + show(time));
  no_task_left(check, recorder);
}

}  // namespace

COROKIT_SPECIFIED_TEST(graceful_shutdown) {
  check.run(cancel_while_tasks_clean_up(check));
  check.run(cancel_a_task_that_does_not_listen(check));
}

}  // namespace corokit::specified
