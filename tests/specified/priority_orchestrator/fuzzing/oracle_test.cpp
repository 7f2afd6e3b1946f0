#include "fuzzing/oracle.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <tuple>

namespace corokit::specified::fuzzing {
namespace {

using namespace std::chrono_literals;

/// From when to when each task has a slot.
using Slots = std::vector<std::vector<std::pair<Duration, Duration>>>;

Scenario with_workers(int workers, std::vector<PlannedTask> tasks) {
  Scenario scenario{.workers = workers, .cancel = {}};
  scenario.runs.push_back({.tasks = std::move(tasks), .timeout = 10s, .dropped = {}});
  return scenario;
}

PlannedTask task(unsigned priority, Duration work) {
  return {.priority = priority, .estimate = work, .work = work};
}
PlannedTask due(Duration deadline, PlannedTask task) {
  task.deadline = deadline;
  return task;
}

/// Returns: what was seen of a run in which each task has an answer in the end. What ends in a moment comes before what begins.
Seen seen_in(const Scenario& scenario, const Slots& slots) {
  Seen seen;
  SeenRun& run = seen.runs.emplace_back();
  run.begun = {0ms, 1};
  std::vector<std::tuple<Duration, bool, Moment*>> events;
  for (const auto& of_task : slots) {
    SeenTask& task = run.tasks.emplace_back();
    task.calls = 1;
    for (const auto& [from, to] : of_task) task.slots.push_back({{from, 0}, {to, 0}});
  }
  for (SeenTask& task : run.tasks)
    for (InSlot& slot : task.slots) {
      events.emplace_back(slot.from.time, true, &slot.from);
      events.emplace_back(slot.to.time, false, &slot.to);
    }
  std::ranges::sort(events);
  int order = 1;
  for (auto& [time, is_begin, moment] : events) moment->order = ++order;
  std::vector<std::pair<int, PriorityResult>> results;
  for (std::size_t place = 0; place < run.tasks.size(); ++place) {
    SeenTask& task = run.tasks[place];
    task.finished = task.gone = task.slots.back().to;
    PriorityResult result(id_of(scenario.runs[0], place), task.text);
    result.started = seen.begin + task.slots.front().from.time;
    result.ended = seen.begin + task.gone.time;
    result.preemptions = task.slots.size() - 1;
    Duration in_slot{0};
    for (const InSlot& slot : task.slots) in_slot += slot.to.time - slot.from.time;
    result.duration_ms = static_cast<std::uint64_t>(in_slot / 1ms);
    const auto deadline = scenario.runs[0].tasks[place].deadline;
    if (deadline)
      result.deadline =
          task.gone.time <= *deadline ? PriorityResult::Deadline::met : PriorityResult::Deadline::missed;
    results.emplace_back(task.gone.order, result);
  }
  std::ranges::sort(results, {}, [](const auto& result) { return result.first; });
  std::vector<PriorityResult> all;
  Duration last{0};
  for (const auto& [at, result] : results) {
    all.push_back(result);
    last = std::max(last, Duration(result.ended - seen.begin));
  }
  run.returned = {last, ++order};
  run.results = PriorityOrchestrator::Results(std::move(all));
  return seen;
}

/// Returns: what is found first; empty if all is right.
std::string first_finding(const Scenario& scenario, const Slots& slots) {
  const Findings found = judge(scenario, seen_in(scenario, slots));
  return found.empty() ? "" : found.front().what;
}

TEST(PriorityFuzzingOracle, KnowsTheOrderOfUrgency) {
  const Scenario scenario = with_workers(1, {task(1, 10ms), task(2, 10ms)});
  EXPECT_EQ(first_finding(scenario, {{{0ms, 10ms}}, {{10ms, 20ms}}}), "");
  EXPECT_EQ(first_finding(scenario, {{{10ms, 20ms}}, {{0ms, 10ms}}}),
            "a task starts before a more urgent one");
  const Scenario equal = with_workers(1, {task(3, 10ms), task(3, 10ms)});
  EXPECT_EQ(first_finding(equal, {{{10ms, 20ms}}, {{0ms, 10ms}}}), "") << "the smaller id is the second one";
}

TEST(PriorityFuzzingOracle, KnowsWhoHasWaitedForTooLong) {
  Scenario scenario = with_workers(1, {task(1, 10ms), task(9, 10ms), task(1, 20ms)});
  EXPECT_EQ(first_finding(scenario, {{{0ms, 10ms}}, {{10ms, 20ms}}, {{20ms, 40ms}}}),
            "a task starts before a more urgent one");
  scenario.ageing_step = 1ms;
  EXPECT_EQ(first_finding(scenario, {{{0ms, 10ms}}, {{30ms, 40ms}}, {{10ms, 30ms}}}), "");
  scenario.runs[0].tasks[2].release = 5ms;
  scenario.runs[0].tasks[2].priority = 6;
  EXPECT_EQ(first_finding(scenario, {{{0ms, 10ms}}, {{30ms, 40ms}}, {{10ms, 30ms}}}),
            "a task starts before one that has waited for too long");
}

TEST(PriorityFuzzingOracle, CountsSlots) {
  const std::vector<PlannedTask> tasks{task(1, 10ms), task(1, 10ms)};
  EXPECT_EQ(first_finding(with_workers(2, tasks), {{{0ms, 10ms}}, {{0ms, 10ms}}}), "");
  EXPECT_EQ(first_finding(with_workers(1, tasks), {{{0ms, 10ms}}, {{0ms, 10ms}}}),
            "too many tasks run at once");
  EXPECT_EQ(first_finding(with_workers(2, tasks), {{{10ms, 20ms}}, {{0ms, 10ms}}}),
            "a task waits while a worker is free");
}

TEST(PriorityFuzzingOracle, KnowsWhichDeadlineIsAtRisk) {
  const auto scenario = [](Duration deadline) {
    return with_workers(1, {task(1, 10ms), due(deadline, task(9, 10ms))});
  };
  EXPECT_EQ(first_finding(scenario(9ms), {{{0ms, 10ms}}, {{10ms, 20ms}}}),
            "the earliest deadline does not go first while one is at risk");
  EXPECT_EQ(first_finding(scenario(9ms), {{{10ms, 20ms}}, {{0ms, 10ms}}}), "");
  EXPECT_EQ(first_finding(scenario(1s), {{{10ms, 20ms}}, {{0ms, 10ms}}}),
            "a task starts before a more urgent one")
      << "it can wait";
  for (const Slots& slots : {Slots{{{0ms, 10ms}}, {{10ms, 20ms}}}, Slots{{{10ms, 20ms}}, {{0ms, 10ms}}}})
    EXPECT_EQ(first_finding(scenario(15ms), slots), "") << "that depends on what was learned";
}

TEST(PriorityFuzzingOracle, KnowsWhoMayGiveWay) {
  PlannedTask giving = task(1, 20ms);
  giving.step = 10ms;
  const Slots slots{{{0ms, 10ms}, {20ms, 30ms}}, {{10ms, 20ms}}};
  EXPECT_EQ(first_finding(with_workers(1, {giving, due(20ms, task(9, 10ms))}), slots), "");
  EXPECT_EQ(first_finding(with_workers(1, {giving, due(1s, task(9, 10ms))}), slots),
            "a task gives way though no deadline is at risk");
  EXPECT_EQ(first_finding(with_workers(1, {due(45ms, giving), due(60ms, task(9, 10ms))}), slots),
            "a task gives way to a less urgent one");
  Scenario off = with_workers(1, {giving, due(20ms, task(9, 10ms))});
  off.interrupts = false;
  EXPECT_EQ(first_finding(off, slots), "a task gives way though preemption is off");
}

TEST(PriorityFuzzingOracle, KnowsWhichDeadlinesCanBeMet) {
  Scenario scenario = with_workers(1, {task(1, 20ms), due(35ms, task(9, 10ms))});
  scenario.runs[0].tasks[0].step = 5ms;
  scenario.margin = 10ms;
  EXPECT_EQ(first_finding(scenario, {{{0ms, 20ms}}, {{20ms, 30ms}}}), "");
  scenario.runs[0].tasks[1].deadline = 25ms;
  EXPECT_EQ(first_finding(scenario, {{{0ms, 20ms}}, {{20ms, 30ms}}}),
            "a deadline is missed that could be met");
}

TEST(PriorityFuzzingOracle, KnowsWhenARunEnds) {
  const Scenario scenario = with_workers(1, {task(1, 10ms)});
  EXPECT_EQ(first_finding(scenario, {{{0ms, 10ms}}}), "");
  EXPECT_EQ(first_finding(scenario, {{{0ms, 12ms}}}), "a run does not end as it should");
}

}  // namespace
}  // namespace corokit::specified::fuzzing
