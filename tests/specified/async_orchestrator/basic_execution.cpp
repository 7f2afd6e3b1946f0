#include "recorder.hpp"

namespace corokit::specified {
namespace {

Task<void> five_tasks(Check& check, const MatrixOrchestrator& orchestrator) {
  Recorder recorder(check);
  auto tasks = several(5, [&recorder] { return sleeper(recorder, 50ms); });
  const Instant begin = now();
  const Results results = co_await orchestrator.run(std::move(tasks), kPlenty);
  exactly(check, now() - begin, 150ms, "the time that 5 tasks of 50 ms take with a limit of 2");
  no_task_left(check, recorder);
  if (!succeeded(check, results)) co_return;
  std::vector<std::uint32_t> found = ids(results);
  std::sort(found.begin(), found.end());
  check.equal(found, std::vector<std::uint32_t>{0, 1, 2, 3, 4}, "the tasks that have a result");
  for (const TaskResult& result : *results)
    check.equal(result.result, name_of(result.task_id), "the result of task " + show(result.task_id));
  check.that(recorder.peak <= 2, "more than 2 tasks run at once, with a limit of 2");
}

/// The second run finds all permits free, and counts its tasks from 0 again.
Task<void> twice(Check& check) {
  const MatrixOrchestrator orchestrator(2);
  for (int i = 0; i < 2; ++i) co_await five_tasks(check, orchestrator);
}

}  // namespace

COROKIT_SPECIFIED_TEST(basic_execution) {
  check.run(twice(check));
}

}  // namespace corokit::specified
