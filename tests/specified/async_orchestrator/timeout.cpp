#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// The timeout is for the run, not for each task. When it passes, the tasks that run are dropped, and the others never
/// start.
Task<void> too_long(Check& check) {
  Load load{1, {sim::is_simulated() ? 1s : 1'000s}};  // a busy machine may take seconds
  Duration time = 10ms;
  if (!check.is_subject() && sim::is_simulated()) {
    load = Load::draw(check, 12);
    time = load.moment(check);
  }
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(recorder, load.tasks(recorder), time);
  exactly(check, now() - begin, time, "the time that run() takes, with a timeout of " + show(time));
  recorder.none_left();
  failed_as(check, results, Kind::timeout);
  const int started = recorder.started;
  ran_as_planned(recorder, load.plan(), begin, time);
  co_await permits_are_back(check, orchestrator, load.limit);
  co_await sleep(5ms);
  check.equal(recorder.started.load(), started, "tasks started, some time after the timeout");
}

/// Whatever comes first decides: all tasks end just before the timeout.
Task<void> just_in_time(Check& check) {
  if (!sim::is_simulated()) co_return;  // a busy machine is late
  const Load load = Load::draw(check, 12);
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  auto run = orchestrator.run(recorder, load.tasks(recorder), load.end() + 50us);
  // The time between the call and the first await is not that of the run.
  if (check.draw(0, 1) == 1) co_await sleep(2 * load.end() + 1ms);
  const Results results = co_await std::move(run);
  succeeded(recorder, results);
}

/// Another run has the only permit: waiting for it counts towards the timeout. A timeout ends only its own run.
Task<void> behind_another_run(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  Recorder recorder(check);
  const Duration time = check.is_subject() ? Duration(10ms) : 1ms + draw_duration(check, 100);
  JoinHandle<Results> other = spawn(orchestrator.run(recorder, only(sleeper(recorder, 200ms)), kPlenty));
  co_await until_started(recorder, 1);
  Recorder waiting(check);
  const Instant begin = now();
  const Results results = co_await orchestrator.run(waiting, only(sleeper(waiting, 1ms)), time);
  if (recorder.simulated) {  // a busy machine may be later than the other run
    check.equal(now() - begin, time,
                "the time that run() waits for a permit, with a timeout of " + show(time));
    failed_as(check, results, Kind::timeout);
    waiting.ran(0);
  }
  succeeded(recorder, co_await returned(check, std::move(other)));
}

/// The run itself is dropped: its tasks end with it, and those that wait never start.
Task<void> dropped_run(Check& check) {
  Load load{1, {100s, 100s}};
  Duration time = 10ms;
  if (!check.is_subject() && sim::is_simulated()) {
    load = Load::draw(check, 12);
    time = load.moment(check);
  }
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const Instant begin = now();
  auto run = orchestrator.run(recorder, load.tasks(recorder), kPlenty);
  if (check.draw(0, 1) == 1) {
    const auto in_time = co_await corokit::timeout(time, std::move(run));
    check.that(!in_time, "a run ends too early");
  } else {
    JoinHandle<Results> handle = spawn(std::move(run));
    co_await sleep(time);
    handle.abort();
    static_cast<void>(co_await handle);
  }
  for (int i = 0; i < 1'000 && recorder.present > 0; ++i) co_await sleep(10ms);
  check.equal(recorder.present.load(), 0, "tasks that still run after the run itself was dropped");
  ran_as_planned(recorder, load.plan(), begin, time);
  co_await permits_are_back(check, orchestrator, load.limit);
}

/// A timeout that is not positive has passed at once, even for tasks that would end at once, and even if no permit is
/// free.
Task<void> zero_timeout(Check& check) {
  const int limit = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, limit);
  for (const Duration time : {Duration(0), Duration(-1ms), Duration(check.draw(-1'000'000, 0))}) {
    Recorder recorder(check);
    auto tasks = recorder.tasks(check.draw(1, 4), [&recorder, &check] {
      if (check.draw(0, 1) == 1) return sleeper(recorder, 50ms);
      return recorder.task(
          [](Entry& entry, CancellationToken) -> Task<Answer> { co_return answer_of(entry); });
    });
    const Instant begin = now();
    failed_as(check, co_await orchestrator.run(recorder, std::move(tasks), time), Kind::timeout);
    exactly(check, now() - begin, 0ms, "the time that a run with a timeout of " + show(time) + " takes");
    recorder.none_left();
  }
  co_await permits_are_back(check, orchestrator, limit);
  Recorder holder(check);
  JoinHandle<Results> other = spawn(
      orchestrator.run(holder, holder.tasks(limit, [&holder] { return sleeper(holder, 5ms); }), kPlenty));
  co_await until_started(holder, limit);
  Recorder recorder(check);
  const Instant begin = now();
  failed_as(check, co_await orchestrator.run(recorder, only(sleeper(recorder, 1ms)), Duration(0)),
            Kind::timeout);
  exactly(check, now() - begin, 0ms,
          "the time that a run with a timeout of zero takes while no permit is free");
  succeeded(holder, co_await returned(check, std::move(other)));
}

}  // namespace

COROKIT_SPECIFIED_TEST(timeout) {
  check.run(too_long(check));
  check.run(just_in_time(check));
  check.run(behind_another_run(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_zero_timeout) {
  check.run(zero_timeout(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_dropped_run) {
  check.run(dropped_run(check));
}

}  // namespace corokit::specified
