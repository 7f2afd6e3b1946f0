// Thousands of tasks at once: what ten tasks do not show.
#include <corokit/yield.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

#include "in_step.hpp"
#include "noted_orchestrator.hpp"

namespace corokit::specified {
namespace {

constexpr int kThousands = kSanitized ? 500 : 3'000;

/// Thousands of tasks take a while: one schedule and the thread pool play them.
bool is_short(const Check& check) {
  return sim::is_simulated() && !check.is_subject();
}

/// Some tasks end at once, some give way first. On threads, two by two wait a little for each other, to end in the same
/// moment.
AsyncTask brief(Recorder& recorder) {
  const int turns = recorder.check.draw(0, 2);
  return recorder.task([&recorder, turns](Entry& entry, CancellationToken) -> Task<Answer> {
    for (int i = 0; i < turns; ++i) co_await yield_now();
    const int both = static_cast<int>(entry.place | 1U) + 1;
    for (int i = 0; i < 1'000 && !recorder.simulated && recorder.started < both; ++i)
      if (i % 100 == 99) co_await yield_now();
    co_return answer_of(entry);
  });
}

Task<void> two_large_runs(Check& check) {
  if (is_short(check)) co_return;
  const int limit = check.draw(2, 64);
  const NotedOrchestrator orchestrator(check, limit);
  Headcount heads;
  Recorder one(check, heads);
  Recorder other(check, heads);
  auto tasks = [&check](Recorder& to) {
    return to.tasks(kThousands + check.draw(0, 500), [&to] { return brief(to); });
  };
  JoinHandle<Results> first = spawn(orchestrator.run(one, tasks(one), kPlenty));
  JoinHandle<Results> second = spawn(orchestrator.run(other, tasks(other), kPlenty));
  succeeded(one, co_await returned(check, std::move(first)));
  succeeded(other, co_await returned(check, std::move(second)));
  check.that(heads.peak <= limit, "of thousands of tasks more run at once than the limit allows");
}

/// With a limit of one the order of the results is that of submission, on threads as well.
Task<void> long_line(Check& check) {
  const NotedOrchestrator orchestrator(check, 1);
  Recorder recorder(check);
  const int count = is_short(check) ? check.draw(kThousands / 30, kThousands / 10) : kThousands / 4;
  auto tasks = recorder.tasks(count, [&recorder] { return brief(recorder); });
  const Results results = co_await orchestrator.run(recorder, std::move(tasks), kPlenty);
  if (!succeeded(recorder, results)) co_return;
  std::vector<std::uint32_t> submitted(results->size());
  std::iota(submitted.begin(), submitted.end(), 0);
  check.that(ids(results) == submitted,
             "with a limit of one, the results of many tasks do not come in the order of submission");
}

/// All tasks may run at once, and more end at once than any channel of a fixed size holds.
Task<void> all_at_once(Check& check) {
  const int count = check.draw(17, 300);
  const NotedOrchestrator orchestrator(check, count);
  Recorder recorder(check);
  auto tasks = recorder.tasks(count, [&recorder] { return brief(recorder); });
  succeeded(recorder, co_await orchestrator.run(recorder, std::move(tasks), kPlenty));
}

/// No limit is too great.
Task<void> without_a_limit(Check& check) {
  const MatrixOrchestrator orchestrator(std::numeric_limits<std::size_t>::max());
  Recorder recorder(check);
  auto tasks = recorder.tasks(check.draw(1, 10), [&recorder] { return brief(recorder); });
  succeeded(recorder, co_await orchestrator.run(std::move(tasks), kPlenty));
}

/// cancel() comes from another thread, while tasks start and end.
Task<void> cancelled_runs(Check& check) {
  if (sim::is_simulated()) co_return;
  for (int i = kThousands / 30; i > 0; --i) {
    const NotedOrchestrator orchestrator(check, check.draw(1, 8));
    Recorder recorder(check);
    auto tasks = recorder.tasks(40, [&recorder] { return brief(recorder); });
    JoinHandle<Results> run = spawn(orchestrator.run(recorder, std::move(tasks), kPlenty));
    for (int turn = check.draw(0, 20); turn > 0; --turn) co_await yield_now();
    orchestrator.cancel();
    const Results results = co_await returned(check, std::move(run));
    recorder.none_left();
    if (results)  // cancel() came too late
      succeeded(recorder, results);
    else
      failed_as(check, results, Kind::cancelled);
  }
}

/// A few tasks, which end two by two in the same moment. Returns: how many did.
Task<int> in_pairs(Check& check, std::size_t count) {
  const MatrixOrchestrator orchestrator(count);
  InStep step(count);
  std::atomic<int> met{0};
  std::vector<AsyncTask> tasks;
  for (std::size_t i = 0; i < count; ++i)
    tasks.emplace_back([&step, &met](std::uint32_t id, CancellationToken) -> Task<Answer> {
      Answer answer = "agent " + std::to_string(id);  // before the pair meets, so that little is left to do
      met += step.meet(id);
      co_return answer;
    });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!check.that(results.has_value(),
                  "tasks end in the same moment, and the run gives " + describe(results)))
    co_return 0;
  std::set<std::uint32_t> seen;
  for (const TaskResult& result : *results)
    if (result.result == "agent " + std::to_string(result.task_id)) seen.insert(result.task_id);
  check.that(results->size() == count && seen.size() == count,
             "of " + show(count) + " results of tasks that end in the same moment, " +
                 show(count - std::min(count, seen.size())) + " are lost");
  co_return met;
}

/// Thousands of tasks end in the same moment as another one, however busy the machine is.
Task<void> at_the_same_moment(Check& check) {
  if (sim::is_simulated()) co_return;
  const Instant latest = now() + 500ms;
  for (int met = 0; met < kThousands && now() < latest;)
    met += co_await in_pairs(check, static_cast<std::size_t>(check.draw(2, 20)));
}

}  // namespace

COROKIT_SPECIFIED_PART(semaphore_limit, edge_many_tasks) {
  check.run(two_large_runs(check));
  check.run(long_line(check));
  check.run(cancelled_runs(check));
  check.run(all_at_once(check));
  check.run(without_a_limit(check));
  check.run(at_the_same_moment(check));  // comes last: how much it draws depends on the time
}

}  // namespace corokit::specified
