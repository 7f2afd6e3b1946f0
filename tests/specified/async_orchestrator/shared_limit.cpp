#include <algorithm>
#include <memory>

#include "plan.hpp"

namespace corokit::specified {
namespace {

/// Checks that no permit was free at `time` while `waiting` waited for one.
void no_permit_was_free(const std::vector<const Recorder*>& runs, const Entry& waiting, Instant time,
                        int limit) {
  int present = 0;
  for (const Recorder* run : runs)
    for (const Entry& entry : run->entries) present += entry.started <= time && time < entry.gone;
  runs[0]->check.equal(present, limit,
                       "tasks that run while the task " + show(waiting.place) + " of one of " +
                           show(runs.size()) + " runs waits for a permit");
}

/// Checks that all runs together use each permit as soon as it is free, and that each run starts its tasks in order.
void permits_were_used(const std::vector<const Recorder*>& runs, Instant begin, int limit) {
  if (!runs[0]->simulated) return;
  std::vector<Instant> events{begin};
  for (const Recorder* run : runs)
    for (const Entry& entry : run->entries) events.insert(events.end(), {entry.started, entry.gone});
  for (const Recorder* run : runs) {
    Instant before = begin;
    for (const Entry& entry : run->entries) {
      run->check.that(entry.started >= before,
                      "task " + show(entry.place) + " starts before the one that was submitted before it");
      before = entry.started;
      for (const Instant event : events)
        if (event < entry.started) no_permit_was_free(runs, entry, event, limit);
    }
  }
}

/// Runs on copies of one orchestrator share one limit; a permit that one run frees goes to a task of another at once. Each
/// run has its own results.
Task<void> runs_at_once(Check& check) {
  const int limit = check.is_subject() ? 3 : check.draw(1, 6);
  const NotedOrchestrator orchestrator(check, limit);
  Headcount heads;
  std::deque<Recorder> recorders;
  std::vector<const Recorder*> all;
  std::vector<JoinHandle<Results>> runs;
  const Instant begin = now();
  for (int run = check.draw(2, 4); run > 0; --run) {
    Recorder& recorder = recorders.emplace_back(check, heads);
    all.push_back(&recorder);
    auto tasks =
        recorder.tasks(check.draw(1, 6), [&] { return sleeper(recorder, draw_duration(check, 40)); });
    const NotedOrchestrator copy = orchestrator;
    runs.push_back(spawn(copy.run(recorder, std::move(tasks), kPlenty)));
  }
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const Results results = co_await returned(check, std::move(runs[run]));
    succeeded(recorders[run], results);
  }
  check.that(heads.peak <= limit, "several runs on copies of one orchestrator exceed its limit together");
  permits_were_used(all, begin, limit);
}

/// A run has returned when its last task is gone, also while another run has a use for every permit.
Task<void> returns_with_its_last_task(Check& check) {
  const int limit = check.draw(2, 5);
  const NotedOrchestrator orchestrator(check, limit);
  Headcount heads;
  Recorder busy(check, heads);
  auto many = busy.tasks(4 * limit, [&] { return sleeper(busy, draw_duration(check, 40)); });
  JoinHandle<Results> other = spawn(orchestrator.run(busy, std::move(many), kPlenty));
  Recorder recorder(check, heads);
  auto tasks =
      recorder.tasks(check.draw(1, limit), [&] { return sleeper(recorder, draw_duration(check, 40)); });
  succeeded(recorder, co_await orchestrator.run(recorder, std::move(tasks), kPlenty));
  const Instant end = std::ranges::max_element(recorder.entries, {}, &Entry::gone)->gone;
  exactly(check, now() - end, Duration(0), "from the end of the last task of a run to the end of the run");
  succeeded(busy, co_await returned(check, std::move(other)));
}

/// The limit is not that of one run at a time: a run of few tasks leaves permits to others.
Task<void> few_tasks_each(Check& check) {
  const int runs = check.draw(2, 4);
  const NotedOrchestrator orchestrator(check, runs);
  Headcount heads;
  std::deque<Recorder> recorders;
  std::vector<JoinHandle<Results>> handles;
  for (int run = 0; run < runs; ++run) {
    Recorder& recorder = recorders.emplace_back(check, heads);
    handles.push_back(spawn(orchestrator.run(recorder, only(meeting(recorder, runs)), kPlenty)));
  }
  for (JoinHandle<Results>& handle : handles) static_cast<void>(co_await returned(check, std::move(handle)));
  check.equal(heads.peak.load(), runs,
              "tasks that run at once, in as many runs of one task each as there are permits");
}

/// A task may itself run others on the same orchestrator.
Task<void> run_within_a_task(Check& check) {
  const NotedOrchestrator orchestrator(check, 2);
  Headcount heads;
  Recorder outer(check, heads);
  Recorder inner(check, heads);
  auto inner_tasks = inner.tasks(check.draw(1, 4), [&inner] { return sleeper(inner, 1ms); });
  auto run = std::make_shared<Task<Results>>(orchestrator.run(inner, std::move(inner_tasks), kPlenty));
  AsyncTask task = outer.task([&inner, run](Entry& entry, CancellationToken) -> Task<Answer> {
    succeeded(inner, co_await std::move(*run));
    co_return answer_of(entry);
  });
  succeeded(outer, co_await orchestrator.run(outer, only(std::move(task)), kPlenty));
  check.that(heads.peak <= 2, "a run within a task exceeds the limit of both");
}

/// Orchestrators that are no copies of each other share nothing.
Task<void> two_orchestrators(Check& check) {
  const NotedOrchestrator one(check, 1);
  const NotedOrchestrator other(check, 1);
  Headcount heads;
  Recorder first(check, heads);
  Recorder second(check, heads);
  JoinHandle<Results> run = spawn(one.run(first, only(meeting(first, 2)), kPlenty));
  succeeded(second, co_await other.run(second, only(meeting(second, 2)), kPlenty));
  succeeded(first, co_await returned(check, std::move(run)));
  check.equal(heads.peak.load(), 2, "tasks that run at once in two orchestrators with a limit of one each");
}

}  // namespace

COROKIT_SPECIFIED_PART(semaphore_limit, edge_shared_limit) {
  check.run(runs_at_once(check));
  check.run(returns_with_its_last_task(check));
  check.run(few_tasks_each(check));
  check.run(run_within_a_task(check));
  check.run(two_orchestrators(check));
}

}  // namespace corokit::specified
