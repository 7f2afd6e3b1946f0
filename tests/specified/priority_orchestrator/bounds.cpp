#include "recorder.hpp"

#include <stdexcept>

namespace corokit::specified {
namespace {

/// The run is refused; the error names the task and states the bound.
Task<void> refused(Check& check, Tasks tasks, std::uint32_t id, std::string bound, std::string what) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(2);
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
    Tasks tasks = alike(1, 3, 5, 2ms);
    tasks.emplace_back(777, each.priority, each.estimate);
    co_await refused(check, std::move(tasks), 777, each.bound, each.what);
  }
  Tasks twice = alike(1, 3, 5, 2ms);
  twice.emplace_back(2, 1, 5ms);
  co_await refused(check, std::move(twice), 2, "", "the id of another");
}

Task<void> wrong_counts(Check& check) {
  Recorder recorder(check);
  const PriorityOrchestrator orchestrator(2);
  const Results none = co_await orchestrator.run_with_priority({}, stubborn(recorder), 10s);
  failed_as(check, none, Kind::invalid_task);
  const Results many =
      co_await orchestrator.run_with_priority(alike(0, 10'001, 1, 1ms), stubborn(recorder), 10s);
  failed_as(check, many, Kind::invalid_task);
  check.equal(recorder.started(), 0, "tasks that start, of 10,001");
}

Task<void> the_bounds_themselves(Check& check) {
  Recorder recorder(check);
  const WorkOf quick = [](const PrioritizedTask&) { return Duration(1ms); };
  const Tasks tasks{PrioritizedTask(0, 1, 1ms), PrioritizedTask(4'000'000'000, 10, 60s)};
  const PriorityOrchestrator orchestrator(2);
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
  check.that(throws_invalid(1, with_ageing(0ms)), "an ageing step of 0 should throw std::invalid_argument");
  co_return;
}

}  // namespace

COROKIT_SPECIFIED_TEST(bounds) {
  check.run(the_bounds_themselves(check));
  check.run(wrong_tasks(check));
  if (check.seed() <= 1) check.run(wrong_counts(check));  // 10,001 tasks take long, so one schedule is enough
  check.run(no_workers(check));
}

}  // namespace corokit::specified
