#include <corokit/time/timeout.hpp>

#include <stdexcept>

#include "draws.hpp"

namespace corokit::specified {
namespace {

/// One task is over long before the timeout, the others run far beyond it or never start.
Task<void> far_too_long(Check& check) {
  Recorder recorder(check);
  const int workers = either(check, 2, 1, 4);
  Tasks tasks = draw_tasks(check, workers + check.draw(1, 4), 9);
  const std::uint32_t quick = tasks[0].id;
  for (PrioritizedTask& task : tasks) task.priority = task.id == quick ? 1 : 5;
  const WorkOf work_of = [quick](const PrioritizedTask& task) {
    return task.id == quick ? Duration(1ms) : 20s;
  };
  const Duration limit = 1ms * either(check, 50, 20, 80);
  const NotedOrchestrator orchestrator(check, workers);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder, work_of), limit);
  no_task_left(check, recorder);
  if (!failed_as(check, results, Kind::timeout)) co_return;
  if (in_virtual_time()) {
    check.equal(now() - begin, limit, "the time that a run takes, with a timeout of " + show(limit));
    check.equal(recorder.started(), workers + 1, "tasks that have started at the timeout");
    Ids expected;
    for (const PrioritizedTask& task : tasks)
      if (task.id != quick) expected.push_back(task.id);
    std::sort(expected.begin(), expected.end());
    check.equal(results.error().unfinished, expected, "the ids that the error calls unfinished");
  }
  const int started = recorder.started();
  co_await slots_are_back(check, orchestrator, workers);
  check.equal(recorder.started(), started, "tasks that have started, some time after the timeout");
}

/// Each task is short enough, but all together are not: the timeout is that of the run. It passes also while a run
/// waits for an arrival.
Task<void> all_together(Check& check, bool is_waiting) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration length = draw_ms(check, 5, 20);
  const int in_time = check.draw(1, 4);
  const Duration limit = in_time * length + length / 2;
  Tasks tasks = alike(1, static_cast<std::uint32_t>(in_time) + 3, 5, length);
  if (is_waiting) {
    tasks.resize(static_cast<std::size_t>(in_time), tasks[0]);
    tasks.emplace_back(99, 1, length, std::nullopt, check.draw(0, 1) == 0 ? Instant::max() : now() + 10min);
  }
  const NotedOrchestrator orchestrator(check, 1);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), limit);
  if (!failed_as(check, results, Kind::timeout)) co_return;
  check.equal(now() - begin, limit, "the time that a run takes, with a timeout of " + show(limit));
  check.equal(results.error().unfinished.size(), tasks.size() - static_cast<std::size_t>(in_time),
              "the number of tasks that the error calls unfinished");
}

/// A run without a timeout has all the time that there is.
Task<void> without_a_timeout(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = draw_tasks(check, check.draw(2, 6), 5);
  const NotedOrchestrator orchestrator(check, 2);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder));
  each_once(check, recorder, tasks, results);
}

Task<void> no_time(Check& check, Duration limit) {
  Recorder recorder(check);
  const int workers = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, workers);
  const Instant begin = now();
  const Results results = co_await orchestrator.run_with_priority(
      alike(5, static_cast<std::uint32_t>(check.draw(1, 4)), 1, 1ms), stubborn(recorder), limit);
  failed_as(check, results, Kind::timeout);
  no_task_left(check, recorder);
  if (in_virtual_time())
    check.equal(now() - begin, Duration(0), "the time that a run takes, with a timeout of " + show(limit));
  co_await slots_are_back(check, orchestrator, workers);
}

/// The timeout counts from the first await. By then the orchestrator may be gone, and another one in its place.
Task<void> begins_late(Check& check) {
  Recorder recorder(check);
  const Tasks tasks = draw_tasks(check, check.draw(3, 6), 5);
  std::optional<NotedOrchestrator> orchestrator(std::in_place, check, 1);
  Task<Results> run =
      orchestrator->run_with_priority(tasks, stubborn(recorder), in_virtual_time() ? 40ms : 1h);
  check.equal(recorder.started(), 0, "tasks that start before the run is awaited");
  co_await sleep(draw_ms(check, 20, 60));
  orchestrator.emplace(check, 5);
  orchestrator->cancel();
  orchestrator.reset();
  const Results results = co_await std::move(run);
  if (!each_once(check, recorder, tasks, results)) co_return;
  check.equal(recorder.peak(), 1, "tasks that run at once, of an orchestrator with one worker that is gone");
}

/// How the task of a context that is kept ends.
enum class End { answers, throws, dropped };

/// Copies of a context that outlive its task keep no slot.
Task<void> kept_contexts(Check& check, End end) {
  Recorder recorder(check);
  std::mutex mutex;
  std::vector<PriorityContext> kept;
  const PriorityExecutor keeps([&](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
    const Presence presence(recorder, task.id);
    {
      const std::lock_guard lock(mutex);
      kept.push_back(context);
    }
    co_await sleep(end == End::dropped ? Duration(20s) : 1ms);
    if (end == End::throws) throw std::runtime_error("deja vu");
    co_return presence.answer();
  });
  const int workers = check.draw(1, 3);
  const NotedOrchestrator orchestrator(check, workers);
  const Results results =
      co_await orchestrator.run_with_priority(alike(1, static_cast<std::uint32_t>(workers), 5, 1ms), keeps,
                                              end == End::dropped ? Duration(50ms) : kPlenty);
  check.equal(results.has_value(), end == End::answers, "whether the run gives results");
  check.that(recorder.started() > 0 || !in_virtual_time(), "no task of the run has started");
  co_await slots_are_back(check, orchestrator, workers);
}

}  // namespace

COROKIT_SPECIFIED_TEST(timeout) {
  check.run(far_too_long(check));
  check.run(all_together(check, false));
  check.run(all_together(check, true));
  check.run(without_a_timeout(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_zero_timeout) {
  check.run(no_time(check, Duration(0)));
  check.run(no_time(check, -draw_ms(check, 1, 1'000)));
}

COROKIT_SPECIFIED_PART(timeout, edge_first_await) {
  check.run(begins_late(check));
}

COROKIT_SPECIFIED_PART(timeout, edge_kept_context) {
  for (const End end : {End::answers, End::throws, End::dropped}) check.run(kept_contexts(check, end));
}

}  // namespace corokit::specified
