#include "recorder.hpp"

namespace corokit::specified {
namespace {

constexpr Duration kStep = 20ms;
constexpr std::uint32_t kPatient = 500;  // the id of the task that is not urgent

/// More urgent work keeps arriving than one worker can do, for twice as long as the patient task may wait.
Tasks a_flood(Instant begin) {
  Tasks tasks;
  for (std::uint32_t i = 0; i < 100; ++i)
    tasks.emplace_back(i, 1, 5ms, std::nullopt, begin + i * Duration(4ms));
  tasks.emplace_back(kPatient, 10, 5ms, std::nullopt, begin);
  return tasks;
}

/// How long the patient task may wait: its priority times the step, the work that reached that point before it, and
/// one running task.
Duration bound(const Tasks& tasks, const Results& results, Instant begin) {
  const Instant point = begin + 10 * kStep;
  Duration before{0};
  for (const PrioritizedTask& task : tasks)
    if (task.id != kPatient && of(task.id, results).ended > point && *task.release + kStep <= point)
      before += task.estimated_duration;
  return 10 * kStep + before + 5ms;
}

Task<void> urgent_work_without_end(Check& check) {
  Recorder recorder(check);
  const Instant begin = now();
  const Tasks tasks = a_flood(begin);
  const PriorityOrchestrator orchestrator(1, with_ageing(kStep));
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), kPlenty);
  if (!each_once(check, recorder, tasks, results)) co_return;
  // This holds on a busy machine too: the tasks that arrive last become overdue after the patient task.
  check.that(recorder.order().back() != kPatient,
             "a task of priority 10 starts last, although tasks of priority 1 kept arriving for twice its 10 "
             "ageing steps");
  if (!in_virtual_time()) co_return;
  const Duration waited = of(kPatient, results).started - begin;
  const Duration at_most = bound(tasks, results, begin);
  check.that(waited <= at_most, "a task of priority 10 starts after " + show(waited) +
                                    ", and should start after at most " + show(at_most));
  check.that(waited >= 10 * kStep - 5ms,
             "a task of priority 10 starts after " + show(waited) + ", before it has waited 10 ageing steps");
}

}  // namespace

COROKIT_SPECIFIED_TEST(ageing) {
  check.run(urgent_work_without_end(check));
}

}  // namespace corokit::specified
