#include "recorder.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

namespace corokit::specified {
namespace {

/// Waits for its token, at most 10 s.
AsyncTask listener(Recorder& recorder) {
  return recorded(recorder, [&recorder](std::uint32_t id, CancellationToken token) -> Task<Answer> {
    const auto heard = co_await timeout(10s, token.cancelled());
    if (heard) ++recorder.told;
    co_return name_of(id);
  });
}

Task<void> cancel_after_100_ms(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(3);
  auto tasks = several(8, [&recorder] { return listener(recorder); });
  JoinHandle<Results> run = spawn(orchestrator.run(std::move(tasks), kPlenty));
  co_await until_started(recorder, 3);
  co_await sleep(100ms);
  const int started = recorder.started;
  check.that(started >= 3, "fewer tasks have started than the limit of 3 allows");
  const Instant cancelled = now();
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  failed_as(check, results, Kind::cancelled);
  check.equal(recorder.told.load(), started, "started tasks that saw their token cancelled");
  check.that(now() - cancelled < 5s, "run() waits for the tasks as if nothing had been cancelled");
  no_task_left(check, recorder);
  co_await sleep(20ms);
  check.equal(recorder.started.load(), started, "tasks started, some time after cancel()");
}

/// cancel() comes at the time when one task ends and the next would start; the schedules cover every point of that.
/// After cancel() no task starts.
Task<void> cancel_when_the_next_would_start(Check& check) {
  Recorder recorder(check);
  if (!recorder.simulated) co_return;  // threads have no common "after"
  const MatrixOrchestrator orchestrator(2);
  auto tasks = several(8, [&recorder] { return sleeper(recorder, 10ms); });
  JoinHandle<Results> run = spawn(orchestrator.run(std::move(tasks), kPlenty));
  co_await sleep(20ms);
  for (std::uint64_t turn = check.seed() % 16; turn > 0; --turn) co_await yield_now();
  orchestrator.cancel();
  const int started = recorder.started;
  const Results results = co_await returned(check, std::move(run));
  failed_as(check, results, Kind::cancelled);
  check.equal(recorder.started.load(), started,
              "tasks started, by the end of a run that was cancelled between two tasks");
}

/// cancel() ends all runs: one whose tasks run, and one whose tasks wait for permits.
Task<void> cancel_two_runs(Check& check) {
  Recorder recorder(check);
  Recorder waiting(check);
  const MatrixOrchestrator orchestrator(2);
  auto tasks = several(2, [&recorder] { return listener(recorder); });
  JoinHandle<Results> first = spawn(orchestrator.run(std::move(tasks), kPlenty));
  co_await until_started(recorder, 2);
  auto more = several(2, [&waiting] { return listener(waiting); });
  JoinHandle<Results> second = spawn(orchestrator.run(std::move(more), kPlenty));
  co_await sleep(10ms);
  orchestrator.cancel();
  failed_as(check, co_await returned(check, std::move(first)), Kind::cancelled);
  failed_as(check, co_await returned(check, std::move(second)), Kind::cancelled);
  check.equal(recorder.told.load(), 2,
              "started tasks that saw their token cancelled, in the first of two runs");
  check.equal(waiting.started.load(), 0,
              "tasks started in the second of two runs, while the first had all permits");
}

}  // namespace

COROKIT_SPECIFIED_TEST(cancellation) {
  check.run(cancel_after_100_ms(check));
  check.run(cancel_two_runs(check));
  check.run(cancel_when_the_next_would_start(check));
}

}  // namespace corokit::specified
