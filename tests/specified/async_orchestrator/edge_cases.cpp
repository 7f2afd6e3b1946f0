#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>

#include <stdexcept>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

Task<void> no_tasks(Check& check) {
  const MatrixOrchestrator orchestrator(2);
  const Instant begin = now();
  for (const Duration time : {Duration(10s), Duration(0)}) {
    const Results results = co_await orchestrator.run({}, time);
    if (succeeded(check, results)) check.equal(results->size(), 0u, "the number of results of no tasks");
  }
  orchestrator.cancel();
  const Results late = co_await orchestrator.run({}, 10s);
  check.that(late.has_value(), "without tasks there is nothing to cancel, and run() gives " + describe(late));
  exactly(check, now() - begin, 0ms, "the time that three runs without tasks take");
}

Task<void> single_task(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  const Results results = co_await orchestrator.run(list(sleeper(recorder, 5ms)), kPlenty);
  if (!succeeded(check, results) || !check.equal(results->size(), 1u, "the number of results of one task"))
    co_return;
  check.equal(results->front().result, name_of(0), "the result of the only task");
  exactly(check, std::chrono::milliseconds(results->front().duration_ms), 5ms, "its duration");
}

/// A task that answers with an error string has that string as its result.
Task<void> single_complaint(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  AsyncTask complain = recorded(recorder, [](std::uint32_t, CancellationToken) -> Task<Answer> {
    co_await sleep(1ms);
    co_return Err<std::string>("there is no spoon");
  });
  auto tasks = list(std::move(complain), sleeper(recorder, 2ms), sleeper(recorder, 1ms));
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!succeeded(check, results) ||
      !check.equal(results->size(), 3u, "the number of results, one of which is an error string"))
    co_return;
  for (const TaskResult& result : *results)
    check.equal(result.result, result.task_id == 0 ? "there is no spoon" : name_of(result.task_id),
                "the result of a task");
}

/// An exception of a task is an error of the run.
Task<void> single_exception(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  AsyncTask burst = recorded(recorder, [](std::uint32_t, CancellationToken) -> Task<Answer> {
    co_await sleep(1ms);
    throw std::runtime_error("deja vu");
  });
  const Results results = co_await orchestrator.run(list(std::move(burst)), kPlenty);
  if (failed_as(check, results, Kind::task_failed))
    check.that(results.error().message.find("deja vu") != std::string::npos,
               "the error of a task that throws does not say what it threw");
  const Results again = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 10s);
  succeeded(check, again);
}

/// A task throws while others run or wait for permits: they end with the run. The exception may be of any type.
Task<void> exception_among_others(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  AsyncTask burst = recorded(recorder, [](std::uint32_t, CancellationToken) -> Task<Answer> {
    co_await sleep(1ms);
    throw 42;
  });
  auto tasks =
      list(sleeper(recorder, 100s), std::move(burst), sleeper(recorder, 100s), sleeper(recorder, 100s));
  const Instant begin = now();
  JoinHandle<Results> run = spawn(orchestrator.run(std::move(tasks), kPlenty));
  const Results results = co_await returned(check, std::move(run));
  const int started = recorder.started;
  failed_as(check, results, Kind::task_failed);
  check.that(now() - begin < 50s, "when a task throws, run() waits for the other tasks to finish");
  no_task_left(check, recorder);
  co_await sleep(20ms);
  check.equal(recorder.started.load(), started, "tasks started, some time after a run that failed");
}

/// The orchestrator is replaced before its run is awaited: the run keeps what it needs of the old one.
Task<void> orchestrator_is_gone(Check& check) {
  Recorder recorder(check);
  MatrixOrchestrator orchestrator(1);
  auto run = orchestrator.run(list(sleeper(recorder, 5ms)), kPlenty);
  orchestrator = MatrixOrchestrator(1);
  orchestrator.cancel();
  const Results results = co_await std::move(run);
  check.that(results.has_value(),
             "a run whose orchestrator was replaced is affected by the new orchestrator: it gives " +
                 describe(results));
}

Task<void> zero_timeout(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  auto tasks = several(3, [&recorder] { return sleeper(recorder, 50ms); });
  const Results results = co_await orchestrator.run(std::move(tasks), Duration(0));
  failed_as(check, results, Kind::timeout);
  no_task_left(check, recorder);
  // The same holds for tasks that would end at once.
  for (const Duration time : {Duration(0), Duration(-1ms)}) {
    auto ready = several(2, [&recorder] {
      return recorded(recorder,
                      [](std::uint32_t id, CancellationToken) -> Task<Answer> { co_return name_of(id); });
    });
    const Results none = co_await orchestrator.run(std::move(ready), time);
    failed_as(check, none, Kind::timeout);
  }
  const Results again = co_await orchestrator.run(list(sleeper(recorder, 1ms), sleeper(recorder, 1ms)), 10s);
  check.that(again.has_value(), "after a timeout of zero the next run gives " + describe(again));
}

Task<void> one_at_a_time(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  std::vector<std::uint32_t> order;  // no lock: only one task at a time may write here
  std::vector<AsyncTask> tasks;
  for (const Duration duration : {Duration(15ms), Duration(0), Duration(5ms), Duration(10ms)})
    tasks.push_back(recorded(
        recorder, [&recorder, &order, duration](std::uint32_t id, CancellationToken) -> Task<Answer> {
          if (recorder.check.equal(recorder.present.load(), 1, "tasks that run at once, with a limit of one"))
            order.push_back(id);
          co_await sleep(duration);
          co_return name_of(id);
        }));
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!succeeded(check, results) || recorder.peak > 1) co_return;
  const std::vector<std::uint32_t> submitted{0, 1, 2, 3};
  check.equal(order, submitted, "the order in which tasks start, with a limit of one");
  check.equal(ids(results), submitted, "the order of the results, with a limit of one");
}

Task<void> none_at_a_time(Check& check) {
  bool refused = false;
  try {
    const MatrixOrchestrator impossible(0);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  check.that(refused, "a limit of 0 should throw std::invalid_argument in the constructor");
  co_return;
}

/// One of the tasks calls cancel() in the middle of its work.
Task<void> cancel_from_within(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  std::vector<AsyncTask> tasks;
  tasks.push_back(recorded(recorder, [orchestrator](std::uint32_t id, CancellationToken) -> Task<Answer> {
    co_await sleep(20ms);
    orchestrator.cancel();
    co_await sleep(5ms);
    co_return name_of(id);
  }));
  for (int i = 0; i < 5; ++i)
    tasks.push_back(
        recorded(recorder, [&recorder](std::uint32_t id, CancellationToken token) -> Task<Answer> {
          const auto heard = co_await corokit::timeout(10s, token.cancelled());
          if (heard) ++recorder.told;
          co_return name_of(id);
        }));
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  failed_as(check, results, Kind::cancelled);
  no_task_left(check, recorder);
  check.that(recorder.started <= 2, "a task that waited for its permit starts after cancel()");
  check.equal(recorder.told.load(), recorder.started - 1, "started tasks that saw their token cancelled");
}

/// All tasks have started and end well, but the run was cancelled.
Task<void> cancel_the_last_ones(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(2);
  auto tasks = several(2, [&recorder, orchestrator] {
    return recorded(recorder, [orchestrator](std::uint32_t id, CancellationToken) -> Task<Answer> {
      co_await sleep(5ms);
      orchestrator.cancel();
      co_return name_of(id);
    });
  });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  failed_as(check, results, Kind::cancelled);
}

Task<void> no_subscribers(Check& check) {
  const MatrixOrchestrator orchestrator(1);
  for (int i = 0; i < 3; ++i)
    check.equal(orchestrator.broadcast("hello?"), 0u, "the count without subscribers");
  auto receiver = orchestrator.subscribe();
  check.that(!receiver.try_recv(), "a subscriber receives what was sent before it subscribed");
  check.equal(orchestrator.broadcast("hello"), 1u, "the count with a first subscriber");
  const auto heard = receiver.try_recv();
  check.that(heard && *heard == "hello", "the first subscriber does not receive the next message");
  co_return;
}

}  // namespace

COROKIT_SPECIFIED_PART(basic_execution, edge_no_tasks) {
  check.run(no_tasks(check));
}

COROKIT_SPECIFIED_PART(basic_execution, edge_single_task) {
  check.run(single_task(check));
  check.run(single_complaint(check));
  check.run(single_exception(check));
  check.run(exception_among_others(check));
  check.run(orchestrator_is_gone(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_zero_timeout) {
  check.run(zero_timeout(check));
}

COROKIT_SPECIFIED_PART(semaphore_limit, edge_one_at_a_time) {
  check.run(one_at_a_time(check));
  check.run(none_at_a_time(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_cancel_during_execution) {
  check.run(cancel_from_within(check));
  check.run(cancel_the_last_ones(check));
}

COROKIT_SPECIFIED_PART(broadcast, edge_broadcast_without_subscribers) {
  check.run(no_subscribers(check));
}

}  // namespace corokit::specified
