#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

Task<void> one_task_of_a_second(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(list(sleeper(recorder, 1s)), 10ms);
  failed_as(check, results, Kind::timeout);
  exactly(check, now() - begin, 10ms, "the time that run() took, with a timeout of 10 ms");
  no_task_left(check, recorder);
  // The permit of the task is free again: another run gets it.
  const Results again = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 10s);
  check.that(again.has_value(), "after a timeout, the next run gets no permit: it gives " + describe(again));
}

Task<void> waiting_tasks(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(3, [&recorder] { return sleeper(recorder, 1s); });
  const Results results = co_await orchestrator.run(std::move(tasks), 10ms);
  failed_as(check, results, Kind::timeout);
  no_task_left(check, recorder);
  co_await sleep(30ms);
  check.that(recorder.started <= 1, "a task that waited for a permit starts after the timeout");
}

/// Each task is shorter than the timeout, but all together are longer: the timeout is for the run, not for each task.
Task<void> many_short_tasks(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(100, [&recorder] { return sleeper(recorder, 6ms); });
  const Instant begin = now();
  const Results results = co_await orchestrator.run(std::move(tasks), 10ms);
  failed_as(check, results, Kind::timeout);
  exactly(check, now() - begin, 10ms,
          "the time that 100 tasks of 6 ms take with a limit of 1 and a timeout of 10 ms");
  no_task_left(check, recorder);
}

/// Another run has the only permit: waiting for it counts towards the timeout. A timeout ends only its own run.
Task<void> behind_another_run(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  JoinHandle<Results> other = spawn(orchestrator.run(list(sleeper(recorder, 200ms)), kPlenty));
  co_await until_started(recorder, 1);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 10ms);
  exactly(check, now() - begin, 10ms, "the time that run() waits for a permit, with a timeout of 10 ms");
  if (recorder.simulated)
    failed_as(check, results, Kind::timeout);  // a busy machine may be later than the other run
  const Results others = co_await returned(check, std::move(other));
  check.that(others.has_value() && others->size() == 1,
             "after a timeout, another run on the same orchestrator gives " + describe(others));
}

/// The run itself is dropped: its tasks end with it.
Task<void> dropped_run(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  auto run = orchestrator.run(list(sleeper(recorder, 100s), sleeper(recorder, 100s)), kPlenty);
  const auto in_time = co_await corokit::timeout(10ms, std::move(run));
  check.that(!in_time, "a run of two tasks of 100 s ends within 10 ms");
  for (int i = 0; i < 1'000 && recorder.present > 0; ++i) co_await sleep(10ms);
  check.equal(recorder.present.load(), 0, "tasks that still run after the run itself was dropped");
  const Results again = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 10s);
  check.that(again.has_value(), "after a run that was dropped, the next run gives " + describe(again));
}

}  // namespace

COROKIT_SPECIFIED_TEST(timeout) {
  check.run(one_task_of_a_second(check));
  check.run(waiting_tasks(check));
  check.run(many_short_tasks(check));
  check.run(behind_another_run(check));
  check.run(dropped_run(check));
}

}  // namespace corokit::specified
