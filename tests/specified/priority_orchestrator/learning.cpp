// The times of each scenario are multiples of a unit, `u`, and so is the margin: 10 of them.
#include "draws.hpp"

namespace corokit::specified {
namespace {

/// Tasks and their real durations. There is one worker, and tasks have a checkpoint after each `step`.
struct Scenario {
  Tasks tasks;
  std::map<std::uint32_t, Duration> real;  // of the tasks that do not take as long as estimated
  Duration step;
};

Task<std::optional<std::vector<PriorityResult>>> play(Check& check, Recorder& recorder, Duration u,
                                                      const Scenario& scenario) {
  const WorkOf work_of = [&scenario](const PrioritizedTask& task) {
    const auto found = scenario.real.find(task.id);
    return found == scenario.real.end() ? task.estimated_duration : found->second;
  };
  const NotedOrchestrator orchestrator(check, 1, with_margin(10 * u));
  Results results = co_await orchestrator.run_with_priority(
      scenario.tasks, worker(recorder, scenario.step, work_of), kPlenty);
  if (!each_once(check, recorder, scenario.tasks, results)) co_return std::nullopt;
  if (!in_virtual_time()) co_return std::nullopt;
  co_return std::move(*results);
}

/// Adds tasks that are not `estimate` but `real` long.
void add(Scenario& to, std::uint32_t first, std::uint32_t count, unsigned priority, Duration estimate,
         Duration real, Instant release) {
  for (std::uint32_t id = first; id < first + count; ++id) {
    to.tasks.emplace_back(id, priority, estimate, std::nullopt, release);
    to.real[id] = real;
  }
}

/// All tasks take several times as long as estimated, and ten of them show this to the orchestrator. The deadline of task
/// 77, which comes then or has been there from the beginning, is far away by its estimate, but near by what was measured.
Task<void> longer_than_estimated(Check& check, bool comes_later) {
  if (comes_later && !in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const int factor = either(check, 4, 3, 4);
  const Instant begin = now();
  const Instant later = begin + 100 * u;
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  add(scenario, 1, 10, 5, 2 * u, 2 * factor * u, begin);
  add(scenario, 100, 50, 1, u, factor * u, begin + (comes_later ? 100 : 19 * factor) * u);
  scenario.tasks.emplace_back(77, 5, 20 * u, later + (25 * factor + 15) * u, comes_later ? later : begin);
  scenario.real[77] = 20 * factor * u;
  const auto results = co_await play(check, recorder, u, scenario);
  if (results)
    check.that(
        of(77, *results).deadline == Deadline::met,
        "a deadline is missed because its task was expected to be short, although ten tasks of its priority "
        "had taken " +
            show(factor) + " times as long as estimated" + (comes_later ? "" : " while it waited"));
}

/// Checks that task 77, which is due at `due` and takes 20, was not thought to take much longer.
void not_too_early(Check& check, const Recorder& recorder, Instant due, Duration u, const std::string& why) {
  const Duration early = due - 30 * u - recorder.seen(77).started;
  check.that(early <= 10 * u,
             "a task starts " + show(early) + " before its deadline is at risk, although " + why);
}

/// What tasks of other priorities show does not count for a priority whose estimates are right.
Task<void> each_priority_by_itself(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant due = begin + 215 * u;
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  add(scenario, 1, 5, 5, 2 * u, 8 * u, begin);
  add(scenario, 11, 5, 7, 4 * u, 4 * u, begin);
  add(scenario, 100, 120, 1, u, 2 * u, begin + 65 * u);
  scenario.tasks.emplace_back(77, 7, 20 * u, due, begin + 65 * u);
  if (co_await play(check, recorder, u, scenario))
    not_too_early(check, recorder, due, u, "all tasks of its priority took as long as estimated");
}

/// However wrong the estimates were, tasks count as at most four times as long.
Task<void> at_most_four_times(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant due = begin + 350 * u;
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  add(scenario, 1, 5, 5, 2 * u, 40 * u, begin);
  add(scenario, 100, 150, 1, u, u, begin + 195 * u);
  scenario.tasks.emplace_back(77, 5, 20 * u, due, begin + 195 * u);
  if (!co_await play(check, recorder, u, scenario)) co_return;
  const Duration early = due - 4 * 20 * u - 10 * u - recorder.seen(77).started;
  check.that(early <= 10 * u,
             "a task starts " + show(early) +
                 " before its deadline is at risk, if it takes four times as long as estimated");
}

/// The less the durations of a priority can be foreseen, the more time its tasks get: some take three times as long as
/// estimated, and so may the one with the deadline.
Task<void> now_long_now_short(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  for (std::uint32_t id = 1; id <= 10; ++id)
    add(scenario, id, 1, 5, 4 * u, (id % 2 == 0 ? 12 : 4) * u, begin);
  add(scenario, 100, 150, 1, u, u, begin + 75 * u);
  scenario.tasks.emplace_back(77, 5, 20 * u, begin + 200 * u, begin + 75 * u);
  scenario.real[77] = 60 * u;
  const auto results = co_await play(check, recorder, u, scenario);
  if (results)
    check.that(
        of(77, *results).deadline == Deadline::met,
        "a deadline is missed because its task took three times as long as estimated, as half of the tasks "
        "of its priority had done");
}

/// The time for which a task has given way does not count as its duration.
Task<void> time_in_a_slot(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  const Instant due = begin + 255 * u;
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  scenario.tasks.emplace_back(1, 5, 40 * u);
  scenario.tasks.emplace_back(2, 9, 60 * u, begin + 150 * u);
  add(scenario, 100, 150, 1, u, u, begin + 105 * u);
  scenario.tasks.emplace_back(77, 5, 20 * u, due, begin + 105 * u);
  if (co_await play(check, recorder, u, scenario))
    not_too_early(check, recorder, due, u,
                  "the only task of its priority had a slot for as long as estimated");
}

/// Rule 3 goes by the estimates, whatever was learned between the arrivals of two tasks.
Task<void> rule_3_as_before(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  add(scenario, 1, 10, 5, 2 * u, 8 * u, begin);
  scenario.tasks.emplace_back(50, 5, 10 * u);
  scenario.tasks.emplace_back(60, 5, 6 * u, std::nullopt, begin + 70 * u);
  if (co_await play(check, recorder, u, scenario))
    check.that(recorder.seen(60).started < recorder.seen(50).started,
               "of two tasks of one priority, the one with the longer estimate starts first");
}

/// A task that has a checkpoint only after each 30 units has shown that it takes up to 29 to give way. The second
/// deadline is met only if it is looked at that much earlier.
Task<void> time_to_give_way(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Scenario scenario{.tasks = {PrioritizedTask(1, 1, 600 * u)}, .real = {}, .step = 30 * u};
  scenario.tasks.emplace_back(2, 9, 10 * u, begin + 121 * u);
  scenario.tasks.emplace_back(3, 9, 10 * u, begin + 305 * u, begin + 200 * u);
  const auto results = co_await play(check, recorder, u, scenario);
  if (results)
    check.that(
        of(3, *results).deadline == Deadline::met,
        "a deadline is missed because the margin is shorter than the time that a task took to give way");
}

/// The deadline of task 2 passes while it waits for task 1, which is due before it and takes longer than estimated. What
/// is learned then does not make it count as work before other deadlines.
Task<void> not_of_a_passed_deadline(Check& check) {
  if (!in_virtual_time()) co_return;
  Recorder recorder(check);
  const Duration u = draw_unit(check);
  const Instant begin = now();
  Scenario scenario{.tasks = {}, .real = {}, .step = u};
  scenario.tasks.emplace_back(1, 1, 10 * u, begin + 10 * u);
  scenario.real[1] = 15 * u;
  scenario.tasks.emplace_back(2, 9, 60 * u, begin + 12 * u, begin + u);
  scenario.tasks.emplace_back(3, 1, 3 * u);
  scenario.tasks.emplace_back(4, 2, 100 * u);
  scenario.tasks.emplace_back(77, 5, 20 * u, begin + check.draw(80, 100) * u);
  if (co_await play(check, recorder, u, scenario))
    check.equal(recorder.order(), Ids{1, 3, 4, 77, 2},
                "the order of tasks; the deadline of the last has passed, and that of task 77 can wait");
}

}  // namespace

COROKIT_SPECIFIED_TEST(learning) {
  check.run(longer_than_estimated(check, true));
  check.run(longer_than_estimated(check, false));
  check.run(each_priority_by_itself(check));
  check.run(time_in_a_slot(check));
  check.run(at_most_four_times(check));
  check.run(now_long_now_short(check));
  check.run(rule_3_as_before(check));
  check.run(time_to_give_way(check));
  check.run(not_of_a_passed_deadline(check));
}

}  // namespace corokit::specified
