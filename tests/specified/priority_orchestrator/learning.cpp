#include "recorder.hpp"

namespace corokit::specified {
namespace {

/// All tasks take four times as long as estimated, and ten of them show this to the orchestrator. Then a task comes
/// whose deadline is far away by its estimate, but near by what was measured.
Task<void> four_times_as_long(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  Tasks tasks = alike(1, 10, 5, 2ms);
  const Instant later = begin + 100ms;
  for (std::uint32_t i = 0; i < 30; ++i) tasks.emplace_back(100 + i, 1, 1ms, std::nullopt, later);
  tasks.emplace_back(77, 5, 20ms, later + 115ms, later);
  const WorkOf work_of = [](const PrioritizedTask& task) { return 4 * task.estimated_duration; };
  const PriorityOrchestrator orchestrator(1);
  const Results results =
      co_await orchestrator.run_with_priority(tasks, worker(recorder, 1ms, work_of), kPlenty);
  if (!each_once(check, recorder, tasks, results) || !in_virtual_time()) co_return;
  check.that(of(77, results).deadline == Deadline::met,
             "a deadline is missed because its task was expected to be short, although ten tasks of its "
             "priority had taken four times as long as estimated");
}

}  // namespace

COROKIT_SPECIFIED_TEST(learning) {
  check.run(four_times_as_long(check));
}

}  // namespace corokit::specified
