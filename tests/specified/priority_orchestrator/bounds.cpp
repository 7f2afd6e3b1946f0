#include <stdexcept>

#include "draws.hpp"

namespace corokit::specified {
namespace {

/// The run is refused; the error names the task and states the bound.
Task<void> refused(Check& check, Tasks tasks, std::uint32_t id, std::string bound, std::string what) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), 10s);
  check.equal(recorder.started(), 0, "tasks that start although one has " + what);
  if (!check.that(!results && results.error().kind == Kind::invalid_task,
                  "tasks of which one has " + what + " should give the error invalid_task, and give " +
                      describe(results)))
    co_return;
  const PriorityError& error = results.error();
  check.that(error.task_id == id, "the error about " + what + " does not name the task in task_id");
  check.that(error.message.find(std::to_string(id)) != std::string::npos,
             "the message about " + what + " does not name task " + show(id) + ": " + error.message);
  check.that(error.message.find(bound) != std::string::npos,
             "the message about " + what + " does not state the bound, " + bound + ": " + error.message);
}

/// Wherever among the others the wrong task stands.
Task<void> wrong_tasks(Check& check) {
  struct Wrong {
    unsigned priority;
    Duration estimate;
    std::string bound;
    std::string what;
  };
  const std::vector<Wrong> wrong{{0, 5ms, "10", "priority 0"},
                                 {11, 5ms, "10", "priority 11"},
                                 {3, 0ms, "60", "an estimate of 0"},
                                 {3, -5ms, "60", "a negative estimate"},
                                 {3, 1ms - 1ns, "60", "an estimate of less than 1 ms"},
                                 {3, 60s + 1ns, "60", "an estimate of more than 60 s"}};
  for (const Wrong& each : wrong) {
    const auto id = static_cast<std::uint32_t>(either(check, 777, 200'000, 900'000));
    Tasks tasks = alike(1, static_cast<std::uint32_t>(check.draw(1, 5)), 3, 2ms);
    tasks.emplace_back(id, each.priority, each.estimate);
    shuffle(check, tasks);
    co_await refused(check, std::move(tasks), id, each.bound, each.what);
  }
  Tasks twice = alike(1, 5, 5, 2ms);
  twice.emplace_back(static_cast<std::uint32_t>(check.draw(1, 5)), 1, 5ms);
  const std::uint32_t id = twice.back().id;
  shuffle(check, twice);
  co_await refused(check, std::move(twice), id, "", "the id of another");
}

/// Returns: the text without what people put between digits.
std::string only_digits(std::string text) {
  std::erase_if(text, [](char c) { return c == ',' || c == '\'' || c == ' ' || c == '.' || c == '_'; });
  return text;
}

Task<void> wrong_counts(Check& check) {
  Recorder recorder(check);
  const NotedOrchestrator orchestrator(check, 2);
  for (const std::uint32_t count : {0U, 10'001U}) {
    const Tasks tasks = alike(20'000, count, 1, 1ms);
    const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder), 10s);
    check.equal(recorder.started(), 0, "tasks that start, of " + show(count));
    if (!failed_as(check, results, Kind::invalid_task)) co_return;
    const PriorityError& error = results.error();
    check.equal(error.task_id.has_value(), count > 0,
                "whether the error about " + show(count) + " tasks names one");
    check.that(
        only_digits(error.message).find("10000") != std::string::npos,
        "the message about " + show(count) + " tasks does not state the bound, 10000: " + error.message);
  }
}

Task<void> the_bounds_themselves(Check& check) {
  Recorder recorder(check);
  const WorkOf quick = [](const PrioritizedTask&) { return Duration(1ms); };
  const Tasks tasks{PrioritizedTask(0, 1, 1ms), PrioritizedTask(UINT32_MAX, 10, 60s)};
  const NotedOrchestrator orchestrator(check, 2, with_margin(0ms));
  const Results results = co_await orchestrator.run_with_priority(tasks, stubborn(recorder, quick), 10s);
  each_once(check, recorder, tasks, results);
}

bool throws_invalid(std::size_t workers, const PriorityOptions& options) {
  try {
    const PriorityOrchestrator impossible(workers, options);
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

Task<void> no_workers(Check& check) {
  check.that(throws_invalid(0, {}), "an orchestrator without workers should throw std::invalid_argument");
  for (const Duration step : {Duration(0), -draw_odd(check, 0, 1'000)})
    check.that(throws_invalid(1, with_ageing(step)),
               "an ageing step of " + show(step) + " should throw std::invalid_argument");
  const Duration margin = -draw_odd(check, 0, 1'000);
  check.that(throws_invalid(1, with_margin(margin)),
             "a margin of " + show(margin) + " should throw std::invalid_argument");
  co_return;
}

}  // namespace

COROKIT_SPECIFIED_TEST(bounds) {
  check.run(the_bounds_themselves(check));
  check.run(wrong_tasks(check));
  if (check.is_subject())
    check.run(wrong_counts(check));  // 10,001 tasks take long, so one schedule is enough
  check.run(no_workers(check));
}

}  // namespace corokit::specified
