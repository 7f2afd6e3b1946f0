#include <corokit/yield.hpp>

#include <algorithm>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// All tasks wait for their token. Those that have started hear of the cancellation at once, and the others never start.
Task<void> listeners(Check& check) {
  const int limit = check.is_subject() ? 3 : check.draw(1, 6);
  const int count = check.is_subject() ? 8 : limit + check.draw(0, 6);
  const Duration delay =
      check.is_subject() && sim::is_simulated() ? Duration(100ms) : draw_duration(check, 50);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  Duration longest{0};
  auto tasks = recorder.tasks(count, [&] {
    const Duration clean_up = check.is_subject() ? Duration(0) : draw_duration(check, 20);
    if (static_cast<int>(recorder.entries.size()) < limit) longest = std::max(longest, clean_up);
    return listener(recorder, clean_up);
  });
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  co_await until_started(recorder, limit);
  co_await sleep(delay);
  const Instant cancelled = now();
  orchestrator.cancel();
  failed_as(check, co_await returned(check, std::move(run)), Kind::cancelled);
  if (recorder.simulated)
    check.equal(now() - cancelled, longest, "the time from cancel() to the end of the run");
  check.equal(recorder.told.load(), limit, "started tasks that saw their token cancelled");
  recorder.none_left();
  co_await sleep(5ms);
  recorder.ran(limit);
}

/// None of the tasks listens. They end when they end, and then the run does.
Task<void> deaf_tasks(Check& check) {
  if (!sim::is_simulated()) co_return;  // a busy machine reaches no moment
  const Load load = Load::draw(check, 12);
  const Duration moment = load.moment(check);
  const NotedOrchestrator orchestrator(check, load.limit);
  Recorder recorder(check);
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, load.tasks(recorder), kPlenty));
  co_await sleep(moment);
  orchestrator.cancel();
  failed_as(check, co_await returned(check, std::move(run)), Kind::cancelled);
  Duration last = moment;
  int started = 0;
  for (const Span& span : load.plan()) {
    if (span.start > moment) continue;
    last = std::max(last, span.end);
    ++started;
  }
  check.equal(now() - begin, last,
              "the time from the start of a run to the end of its last task, cancelled at " + show(moment));
  recorder.ran(started);
  recorder.none_left();
}

/// cancel() comes at the time when one task ends and the next would start; the schedules cover every point of that.
/// After cancel() no task starts.
Task<void> cancel_when_the_next_would_start(Check& check) {
  if (!sim::is_simulated()) co_return;  // threads have no common "after"
  const NotedOrchestrator orchestrator(check, check.draw(1, 3));
  Recorder recorder(check);
  auto tasks = recorder.tasks(9, [&recorder] { return sleeper(recorder, 10ms); });
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  co_await sleep(10ms * check.draw(0, 2));
  for (int turn = check.draw(0, 24); turn > 0; --turn) co_await yield_now();
  orchestrator.cancel();
  const int started = recorder.started;
  failed_as(check, co_await returned(check, std::move(run)), Kind::cancelled);
  check.equal(recorder.started.load(), started,
              "tasks started, by the end of a run that was cancelled between two tasks");
}

/// cancel() ends all runs of all copies, for good: one whose tasks run, one whose tasks wait for permits, and later ones.
Task<void> all_runs(Check& check) {
  const int limit = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  Recorder waiting(check);
  const NotedOrchestrator copy = orchestrator;
  auto make = [](Recorder& to) { return [&to] { return listener(to); }; };
  JoinHandle<Results> first =
      spawn(orchestrator.run(recorder, recorder.tasks(limit, make(recorder)), kPlenty));
  co_await until_started(recorder, limit);
  JoinHandle<Results> second =
      spawn(copy.run(waiting, waiting.tasks(check.draw(1, 3), make(waiting)), kPlenty));
  Recorder not_awaited(check);
  auto prepared = orchestrator.run(not_awaited, not_awaited.tasks(2, make(not_awaited)), kPlenty);
  co_await sleep(draw_duration(check, 10));
  (check.draw(0, 1) == 1 ? copy : orchestrator).cancel();
  failed_as(check, co_await returned(check, std::move(first)), Kind::cancelled);
  failed_as(check, co_await returned(check, std::move(second)), Kind::cancelled);
  recorder.all_ran();
  check.equal(recorder.told.load(), limit,
              "started tasks that saw their token cancelled, in the first of two runs");
  waiting.ran(0);
  failed_as(check, co_await std::move(prepared), Kind::cancelled);
  not_awaited.ran(0);
  for (const NotedOrchestrator& one : {orchestrator, copy}) {
    Recorder late(check);
    const Instant begin = now();
    failed_as(check, co_await one.run(late, late.tasks(check.draw(1, 3), make(late)), 100s), Kind::cancelled);
    exactly(check, now() - begin, 0ms, "the time that a run takes which comes after cancel()");
    late.ran(0);
    one.cancel();
  }
}

/// One of the tasks calls cancel() in the middle of its work.
Task<void> cancel_from_within(Check& check) {
  const int limit = check.draw(2, 4);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  const Duration delay = 1ms + draw_duration(check, 20);  // the others have started by then
  std::vector<AsyncTask> tasks;
  tasks.push_back(
      recorder.task([&recorder, orchestrator, delay](Entry& entry, CancellationToken) -> Task<Answer> {
        co_await sleep(delay);
        orchestrator.cancel(recorder.name(entry));
        co_await sleep(2ms);
        co_return answer_of(entry);
      }));
  for (int i = 0; i < limit + 2; ++i) tasks.push_back(listener(recorder));
  failed_as(check, co_await orchestrator.run(recorder, std::move(tasks), kPlenty), Kind::cancelled);
  recorder.none_left();
  if (recorder.simulated) recorder.ran(limit);
  check.that(recorder.started <= limit, "a task that waited for its permit starts after cancel()");
  check.equal(recorder.told.load(), recorder.started - 1, "started tasks that saw their token cancelled");
}

/// All tasks have started and end well, but the run was cancelled.
Task<void> cancel_the_last_ones(Check& check) {
  const int count = check.draw(1, 4);
  const NotedOrchestrator orchestrator(check, check.draw(1, 4));
  Recorder recorder(check);
  auto tasks = recorder.tasks(count, [&recorder, orchestrator, count] {
    const bool is_last = static_cast<int>(recorder.entries.size()) == count - 1;
    return recorder.task([&recorder, orchestrator, is_last](Entry& entry, CancellationToken) -> Task<Answer> {
      co_await sleep(is_last ? 5ms : 2ms);
      if (is_last) orchestrator.cancel(recorder.name(entry));
      co_return answer_of(entry);
    });
  });
  failed_as(check, co_await orchestrator.run(recorder, std::move(tasks), kPlenty), Kind::cancelled);
  recorder.all_ran();
}

/// A started task throws after cancel(): the run is cancelled all the same, and the other tasks finish.
Task<void> throw_after_cancel(Check& check) {
  const int limit = check.draw(2, 5);
  const NotedOrchestrator orchestrator(check, limit);
  Recorder recorder(check);
  std::vector<AsyncTask> tasks;
  const int thrower_place = check.draw(0, limit - 1);
  for (int i = 0; i < limit + 1; ++i) {
    const Duration clean_up = 10ms + draw_duration(check, 10);
    if (i != thrower_place) {
      tasks.push_back(listener(recorder, clean_up));
      continue;
    }
    tasks.push_back(recorder.task([](Entry&, CancellationToken token) -> Task<Answer> {
      co_await token.cancelled();
      co_await sleep(2ms);
      throw 42;
    }));
  }
  JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
  co_await until_started(recorder, limit);
  orchestrator.cancel();
  failed_as(check, co_await returned(check, std::move(run)), Kind::cancelled);
  recorder.none_left();
  recorder.ran(limit);
  check.equal(recorder.cleaned.load(), limit - 1,
              "tasks whose clean-up ran to its end, when another one threw after cancel()");
}

}  // namespace

COROKIT_SPECIFIED_TEST(cancellation) {
  check.run(listeners(check));
  check.run(deaf_tasks(check));
  check.run(all_runs(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_cancel_during_execution) {
  check.run(cancel_from_within(check));
  check.run(cancel_the_last_ones(check));
  check.run(cancel_when_the_next_would_start(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_throw_after_cancel) {
  check.run(throw_after_cancel(check));
}

}  // namespace corokit::specified
