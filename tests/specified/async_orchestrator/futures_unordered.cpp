#include <array>

#include "recorder.hpp"

namespace corokit::specified {
namespace {

constexpr std::array<std::uint32_t, 5> kOrder{1, 3, 4, 2,
                                              0};  // the ids of the tasks, in the order in which they end
constexpr Duration kStep = 20ms;

/// When the task ends, counted from the start of all.
Duration end_of(std::uint32_t id) {
  const auto* const place = std::find(kOrder.begin(), kOrder.end(), id);
  return kStep * (place - kOrder.begin() + 1);
}

Task<void> durations_in_disorder(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(kOrder.size());
  std::vector<AsyncTask> tasks;
  for (std::uint32_t id = 0; id < kOrder.size(); ++id) tasks.push_back(sleeper(recorder, end_of(id)));
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  no_task_left(check, recorder);
  if (!succeeded(check, results)) co_return;
  if (recorder.simulated) {
    check.equal(ids(results), kOrder, "the ids of the results, in the order of completion");
  } else {  // a busy machine may delay a thread between the end of a task and the report of it
    auto sorted = ids(results);
    std::ranges::sort(sorted);
    check.equal(sorted, std::array<std::uint32_t, kOrder.size()>{0, 1, 2, 3, 4}, "the ids of the results");
  }
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), end_of(result.task_id),
            "duration_ms of task " + show(result.task_id));
}

/// Waiting for a permit does not count as duration.
Task<void> durations_of_waiting_tasks(Check& check) {
  Recorder recorder(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(3, [&recorder] { return sleeper(recorder, 30ms); });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!succeeded(check, results)) co_return;
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), 30ms,
            "duration_ms, counted from the permit, of task " + show(result.task_id));
}

}  // namespace

COROKIT_SPECIFIED_TEST(futures_unordered) {
  check.run(durations_in_disorder(check));
  check.run(durations_of_waiting_tasks(check));
}

}  // namespace corokit::specified
