// What a run says of its tasks.
#include "oracle.hpp"

#include "check.hpp"

#include <algorithm>
#include <chrono>
#include <map>

namespace corokit::specified::fuzzing {
namespace {

using Deadline = PriorityResult::Deadline;

template <class T>
void compare(Promise promise, const std::string& what, const std::string& who, const T& expected,
             const T& got, Findings& found) {
  if (expected != got) found.push_back({promise, what, who + ": " + show(expected), show(got)});
}

void judge_result(const Run& run, std::size_t task, const PriorityResult& result, Findings& found) {
  const SeenTask& seen = run.seen.tasks[task];
  const std::string who = run.name(task);
  if (seen.slots.empty() || !seen.gone) {
    found.push_back({Promise::order, "a task has a result though it never ran", who + " runs", "never"});
    return;
  }
  Duration in_slot{0};
  for (const InSlot& slot : seen.slots)
    if (slot.to) in_slot += slot.to.time - slot.from.time;
  const Instant begin = run.all.begin;
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(in_slot).count();
  compare(Promise::order, "the result of a task is wrong", who, seen.text, result.result, found);
  compare(Promise::order, "`started` is wrong", who, seen.started().time, Duration(result.started - begin),
          found);
  compare(Promise::order, "`ended` is wrong", who, seen.gone.time, Duration(result.ended - begin), found);
  compare(seen.slots.size() > 1 ? Promise::giving_way : Promise::order, "duration_ms is wrong", who,
          static_cast<std::uint64_t>(milliseconds), result.duration_ms, found);
  const Duration deadline = run.deadline(task);
  compare(Promise::deadlines, "what became of a deadline is wrong (0: none, 1: met, 2: missed)", who,
          static_cast<int>(deadline == kNever           ? Deadline::none
                           : seen.gone.time <= deadline ? Deadline::met
                                                        : Deadline::missed),
          static_cast<int>(result.deadline), found);
  if (result.preemptions + 1 < seen.slots.size())
    found.push_back({Promise::giving_way, "`preemptions` is too small",
                     who + ": " + std::to_string(seen.slots.size() - 1) + " or more",
                     std::to_string(result.preemptions)});
  if (result.worker >= static_cast<std::size_t>(run.scenario.workers))
    found.push_back({Promise::stealing, "`worker` is too large",
                     who + ": less than " + std::to_string(run.scenario.workers),
                     std::to_string(result.worker)});
}

void judge_list(const Run& run, const std::vector<PriorityResult>& results, Findings& found) {
  std::map<std::uint32_t, std::size_t> places;
  for (std::size_t task = 0; task < run.size(); ++task) places[id_of(run.plan, task)] = task;
  std::vector<int> times(run.size());
  Duration last{0};
  for (const PriorityResult& result : results) {
    const auto place = places.find(result.task_id);
    if (place == places.end()) {
      found.push_back({Promise::order, "a result has an id that no task has",
                       "none of " + std::to_string(result.task_id), "one"});
      return;
    }
    const SeenTask& seen = run.seen.tasks[place->second];
    ++times[place->second];
    judge_result(run, place->second, result, found);
    if (seen.gone && seen.gone.time < last)
      found.push_back({Promise::order, "results are not in the order of completion",
                       run.name(place->second) + " before those that ended later", "behind them"});
    if (seen.gone) last = std::max(last, seen.gone.time);
  }
  for (std::size_t task = 0; task < run.size(); ++task)
    if (times[task] != 1)
      found.push_back({run.scenario.workers > 1 && run.is_alone() ? Promise::stealing : Promise::order,
                       "a task has not one result", run.name(task) + " one", std::to_string(times[task])});
}

void judge_unfinished(const Run& run, const PriorityError& error, Findings& found) {
  if (error.kind == PriorityError::Kind::invalid_task) return;
  std::vector<std::uint32_t> expected;
  for (std::size_t task = run.size(); task-- > 0;) {
    const SeenTask& seen = run.seen.tasks[task];
    const std::uint32_t id = id_of(run.plan, task);
    bool is_unfinished = !seen.finished || run.plan.tasks[task].answers == Answers::exception;
    // What it answered in the moment in which the run ended may have come too late.
    if (!is_unfinished && seen.finished.time == run.over().time)
      is_unfinished = std::ranges::find(error.unfinished, id) != error.unfinished.end();
    if (is_unfinished) expected.push_back(id);
  }
  const Promise promise =
      error.kind == PriorityError::Kind::timeout ? Promise::timeout : Promise::cancellation;
  compare(promise, "the ids of the unfinished tasks are wrong", run.name(), expected, error.unfinished,
          found);
}

}  // namespace

void judge_results(const Run& run, Findings& found) {
  if (!run.seen.results || (run.seen.dropped && run.seen.dropped.before(run.seen.returned))) return;
  if (*run.seen.results)
    judge_list(run, **run.seen.results, found);
  else
    judge_unfinished(run, run.seen.results->error(), found);
}

}  // namespace corokit::specified::fuzzing
