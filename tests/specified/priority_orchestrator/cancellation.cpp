#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <stdexcept>

#include "draws.hpp"

namespace corokit::specified {
namespace {

/// In the subject: 40 tasks, 3 workers, cancel() after 50 ms.
Task<void> cancel_after_50_ms(Check& check) {
  Recorder recorder(check);
  const int workers = either(check, 3, 1, 6);
  const NotedOrchestrator orchestrator(check, workers);
  const NotedOrchestrator copy = orchestrator;
  const Tasks tasks = draw_tasks(check, workers + check.draw(1, 9), 10);
  const Duration clean_up = draw_ms(check, 1, 40);
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(tasks, listener(recorder, clean_up), kPlenty));
  co_await until_started(recorder, workers);
  co_await sleep(1ms * either(check, 50, 1, 60));
  const Ids started = recorder.order();
  check.equal(started.size(), static_cast<std::size_t>(workers), "tasks that have started");
  copy.cancel();
  co_await sleep(1ms);
  orchestrator.cancel();  // harmless
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.order(), started,
              "the tasks that have started by the end of the run, compared with those before cancel()");
  check.equal(recorder.told(), workers, "started tasks that saw their token cancelled");
  check.equal(recorder.cleaned(), workers, "started tasks whose clean-up ran to its end");
  check.equal(results.error().unfinished, without(tasks, started), "the ids that the error calls unfinished");
}

Task<void> a_run_that_comes_too_late(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const NotedOrchestrator copy = orchestrator;
  orchestrator.cancel();
  const Tasks tasks = draw_tasks(check, check.draw(1, 5), 5);
  const Results results = co_await copy.run_with_priority(tasks, stubborn(recorder), 10s);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.started(), 0, "tasks that start in a run that comes after cancel()");
  check.equal(results.error().unfinished, without(tasks, {}), "the ids that the error calls unfinished");
}

/// All tasks have started when cancel() comes, and all give results: the run is cancelled all the same. Two runs are.
Task<void> all_have_started(Check& check) {
  Recorder recorder(check);
  const int each = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, 2 * each);
  const NotedOrchestrator copy = orchestrator;
  const auto count = static_cast<std::uint32_t>(each);
  JoinHandle<Results> first =
      spawn(orchestrator.run_with_priority(alike(1, count, 5, 1ms), listener(recorder, 1ms), kPlenty));
  JoinHandle<Results> second =
      spawn(copy.run_with_priority(alike(100, count, 5, 1ms), listener(recorder, 1ms), kPlenty));
  co_await until_started(recorder, 2 * each);
  orchestrator.cancel();
  for (JoinHandle<Results>* run : {&first, &second}) {
    const Results results = co_await returned(check, std::move(*run));
    if (!failed_as(check, results, Kind::cancelled)) co_return;
    check.equal(results.error().unfinished, Ids{},
                "the ids that the error calls unfinished, if all gave results");
  }
  check.equal(recorder.cleaned(), 2 * each, "started tasks of two runs whose clean-up ran to its end");
}

/// A task that has finished is not unfinished. A task cancels the run itself, after it has waited for some time.
Task<void> from_within(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Tasks tasks = in_order(draw_tasks(check, check.draw(3, 9), 3));
  const auto which = static_cast<std::size_t>(check.draw(1, static_cast<int>(tasks.size()) - 1));
  const std::uint32_t canceller = tasks[which].id;
  const NotedOrchestrator orchestrator(check, 1);
  const PriorityExecutor cancels([&](PrioritizedTask task, PriorityContext) -> Task<Answer> {
    const Presence presence(recorder, task.id);
    co_await sleep(2ms);
    if (task.id == canceller) orchestrator.cancel("task " + show(task.id));
    co_return presence.answer();
  });
  const Results results = co_await orchestrator.run_with_priority(tasks, cancels, kPlenty);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  Ids done;
  for (std::size_t i = 0; i <= which; ++i) done.push_back(tasks[i].id);
  check.equal(recorder.order(), done, "the tasks that start, if one of them calls cancel()");
  check.equal(results.error().unfinished, without(tasks, done), "the ids that the error calls unfinished");
}

/// cancel() comes at any moment, also between the spawn of a task and its start: what has not started never starts.
Task<void> at_any_moment(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const int workers = check.draw(1, 4);
  const NotedOrchestrator orchestrator(check, workers);
  const Tasks tasks = draw_tasks(check, workers + check.draw(1, 8), 3);
  const PriorityExecutor brief([&recorder](PrioritizedTask task, PriorityContext) -> Task<Answer> {
    const Presence presence(recorder, task.id);
    for (std::uint32_t i = 0; i < task.id % 4; ++i) co_await yield_now();
    co_return presence.answer();
  });
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(tasks, brief, kPlenty));
  for (int turns = check.draw(0, 60); turns > 0; --turns) co_await yield_now();
  orchestrator.cancel();
  const Ids started = recorder.order();
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  check.equal(recorder.order(), started,
              "the tasks that have started by the end, compared with those at cancel()");
  if (started.size() == tasks.size()) co_return;  // they may have been over before
  if (failed_as(check, results, Kind::cancelled))
    check.equal(results.error().unfinished, without(tasks, started),
                "the ids that the error calls unfinished");
}

/// Tasks get the chance to finish, but only until the global timeout.
Task<void> a_task_that_does_not_listen(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 1);
  const Duration limit = draw_ms(check, 100, 300);
  JoinHandle<Results> run =
      spawn(orchestrator.run_with_priority(alike(31, 2, 1, 60s), stubborn(recorder), limit));
  co_await until_started(recorder, 1);
  orchestrator.cancel();
  const Instant cancelled = now();
  const Results results = co_await returned(check, std::move(run));
  check.that(!results && results.error().kind != Kind::task_failed,
             "a run that was cancelled and reached its timeout gives " + describe(results));
  check.that(now() - cancelled < 50s, "the run waits for a task that ignores its token beyond the timeout");
  if (!results)
    check.equal(results.error().unfinished, Ids{31, 32}, "the ids that the error calls unfinished");
  no_task_left(check, recorder);
}

/// How a task throws: an exception, or something else.
void burst(bool is_exception) {
  if (is_exception) throw std::runtime_error("deja vu");
  throw 42;
}

/// Some tasks are over, some run and some wait when one throws: those that run are dropped at once.
Task<void> exception(Check& check, bool is_exception) {
  Recorder recorder(check);
  const int workers = either(check, 2, 1, 4);
  const int over = check.draw(0, 3);
  Tasks tasks = alike(1'000, static_cast<std::uint32_t>(over + workers + check.draw(0, 3)), 5, 1ms);
  shuffle(check, tasks);
  const std::uint32_t thrower = 1'000 + static_cast<std::uint32_t>(over);
  const Duration when = draw_ms(check, 1, 20);
  const PriorityExecutor work([&](PrioritizedTask task, PriorityContext) -> Task<Answer> {
    const Presence presence(recorder, task.id);
    if (task.id < thrower) co_return presence.answer();
    co_await sleep(task.id == thrower ? when : 20s);
    burst(is_exception);
    co_return "";
  });
  const NotedOrchestrator orchestrator(check, workers);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, work, kPlenty);
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::task_failed)) co_return;
  check.that(results.error().task_id == thrower, "the error of a task that throws does not name the task");
  check.that(!is_exception || results.error().message.find("deja vu") != std::string::npos,
             "the error of a task that throws does not say what it threw: " + results.error().message);
  if (in_virtual_time()) {
    check.equal(now() - begin, when, "when the run is over, of which a task throws after " + show(when));
    Ids done;
    for (std::uint32_t id = 1'000; id < thrower; ++id) done.push_back(id);
    check.equal(results.error().unfinished, without(tasks, done), "the ids that the error calls unfinished");
  }
  co_await slots_are_back(check, orchestrator, workers);
}

/// A run fails, because a task of it throws or its timeout passes. A run of a copy goes on.
Task<void> another_run(Check& check, bool throws) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const NotedOrchestrator copy = orchestrator;
  JoinHandle<Results> other =
      spawn(copy.run_with_priority(alike(1, 3, 5, 40ms), stubborn(recorder), kPlenty));
  co_await until_started(recorder, 1);
  const PriorityExecutor fails([](PrioritizedTask, PriorityContext) -> Task<Answer> {
    co_await sleep(5ms);
    burst(true);
    co_return "";
  });
  const PriorityExecutor lasts([](PrioritizedTask, PriorityContext) -> Task<Answer> {
    co_await sleep(20s);
    co_return "";
  });
  const Results results = co_await orchestrator.run_with_priority(
      alike(10, 2, 1, 1ms), throws ? fails : lasts, throws ? kPlenty : Duration(60ms));
  failed_as(check, results, throws ? Kind::task_failed : Kind::timeout);
  each_once(check, recorder, alike(1, 3, 5, 40ms), co_await returned(check, std::move(other)));
}

/// Once cancel() was called, a task that throws ends neither the run nor the other tasks, which may finish.
Task<void> a_throw_after_cancel(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const PriorityExecutor one_throws(
      [&recorder](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
        const Presence presence(recorder, task.id);
        co_await context.token().cancelled();
        if (task.id == 1) burst(true);
        co_await sleep(20ms);
        recorder.clean(task.id);
        co_return presence.answer();
      });
  JoinHandle<Results> run = spawn(orchestrator.run_with_priority(alike(1, 3, 5, 1ms), one_throws, kPlenty));
  co_await until_started(recorder, 2);
  orchestrator.cancel();
  const Results results = co_await returned(check, std::move(run));
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::cancelled)) co_return;
  check.equal(recorder.cleaned(), 1, "tasks that finish although another throws after cancel()");
  check.equal(results.error().unfinished, Ids{1, 3}, "the ids that the error calls unfinished");
}

}  // namespace

COROKIT_SPECIFIED_TEST(cancellation) {
  check.run(cancel_after_50_ms(check));
  check.run(all_have_started(check));
  check.run(from_within(check));
  check.run(at_any_moment(check));
  check.run(a_run_that_comes_too_late(check));
  check.run(a_task_that_does_not_listen(check));
}

COROKIT_SPECIFIED_PART(cancellation, edge_exception) {
  check.run(exception(check, true));
  check.run(exception(check, false));
  check.run(another_run(check, true));
  check.run(another_run(check, false));
}

COROKIT_SPECIFIED_PART(cancellation, edge_exception_after_cancel) {
  check.run(a_throw_after_cancel(check));
}

}  // namespace corokit::specified
