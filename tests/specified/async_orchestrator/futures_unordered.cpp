#include <array>

#include "stage.hpp"

namespace corokit::specified {
namespace {

constexpr std::array<std::uint32_t, 5> kOrder{1, 3, 4, 2, 0};  // the task that ends first, second…
constexpr Duration kStep = 20ms;

/// Ends at its time, a step behind the one before it.
AsyncTask runner(Stage& stage, std::size_t rank) {
  return actor(stage, [rank](std::uint32_t id, CancellationToken) -> Task<Answer> {
    co_await sleep(kStep * (rank + 1));
    co_return name_of(id);
  });
}

Task<void> durations_in_disorder(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(kOrder.size());
  std::vector<AsyncTask> tasks;
  for (std::uint32_t id = 0; id < kOrder.size(); ++id) {
    const auto* const place = std::find(kOrder.begin(), kOrder.end(), id);
    tasks.push_back(runner(stage, static_cast<std::size_t>(place - kOrder.begin())));
  }
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  nobody_left(check, stage);
  if (!succeeded(check, results)) co_return;
  if (stage.simulated) {
    check.equal(ids(results), kOrder, "the ids of the results, in the order of completion");
  } else {  // a busy machine may hold a thread up between the end of a task and the news of it, for any time
    auto sorted = ids(results);
    std::ranges::sort(sorted);
    check.equal(sorted, std::array<std::uint32_t, kOrder.size()>{0, 1, 2, 3, 4}, "the ids of the results");
  }
  Duration expected{};
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), expected += kStep,
            "duration_ms of task " + show(result.task_id));
}

/// Those who wait for a permit do not work yet.
Task<void> durations_in_line(Check& check) {
  Stage stage(check);
  const MatrixOrchestrator orchestrator(1);
  auto tasks = several(3, [&stage] { return sleeper(stage, 30ms); });
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  if (!succeeded(check, results)) co_return;
  for (const TaskResult& result : *results)
    exactly(check, std::chrono::milliseconds(result.duration_ms), 30ms,
            "duration_ms, counted from the permit, of task " + show(result.task_id));
}

}  // namespace

COROKIT_SPECIFIED_TEST(futures_unordered) {
  check.run(durations_in_disorder(check));
  check.run(durations_in_line(check));
}

}  // namespace corokit::specified
