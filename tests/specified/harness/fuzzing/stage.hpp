#pragma once
// How a scenario is played, whatever the exercise: what its coroutines share, and those of them that need not know what an
// orchestrator does.
#include "check.hpp"
#include "fuzzing/moment.hpp"

#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit::specified::fuzzing {

/// What the coroutines of one scenario share.
template <class Scenario, class Seen>
struct Stage {
  Moment moment() { return {now() - begin, ++order}; }
  void note(std::size_t run, std::string event) {
    check.note("run " + std::to_string(run + 1), std::move(event));
  }
  void note_task(std::size_t run, std::size_t id, std::string event) {
    check.note("run " + std::to_string(run + 1) + ": task " + std::to_string(id), std::move(event));
  }

  Check& check;
  Scenario& scenario;
  Seen& seen;
  const Instant begin = now();
  int order = 0;
};

/// Waits until a run is planned to begin, and notes that. `limit`: "3 workers", say.
template <class AnyStage>
Task<void> begin_run(AnyStage& stage, std::size_t place, std::string limit) {
  const auto& plan = stage.scenario.runs[place];
  if (plan.begin > Duration(0)) co_await sleep_until(stage.begin + plan.begin);
  stage.seen.runs[place].begun = stage.moment();
  stage.note(place, "began: " + std::to_string(plan.tasks.size()) + " tasks, " + limit +
                        ", with a timeout of " + show(plan.timeout));
}

/// Awaits a run that was called before, and notes how it ends.
template <class AnyStage, class Results>
Task<void> await_run(AnyStage& stage, std::size_t place, Task<Results> run) {
  auto& seen = stage.seen.runs[place];
  try {
    Results results = co_await std::move(run);
    seen.returned = stage.moment();
    stage.note(place, results ? "gave " + std::to_string(results->size()) + " results"
                              : "gave an error: " + results.error().message);
    seen.results = std::move(results);
  } catch (...) {
    seen.returned = stage.moment();
    seen.threw = describe(std::current_exception());
    stage.note(place, "threw " + seen.threw);
  }
}

template <class AnyStage, class Orchestrator>
Task<void> cancel_at(AnyStage& stage, Duration time, Orchestrator orchestrator) {
  co_await sleep_until(stage.begin + time);
  stage.seen.cancelled = stage.moment();
  stage.check.note("test", "called cancel()");
  orchestrator.cancel();
}

template <class AnyStage>
Task<void> drop_at(AnyStage& stage, Duration time, std::size_t run, AbortHandle handle) {
  co_await sleep_until(stage.begin + time);
  auto& seen = stage.seen.runs[run];
  if (seen.returned) co_return;
  seen.dropped = stage.moment();
  stage.note(run, "was dropped");
  handle.abort();
}

/// Answers, or throws, what only the task can know. `ending`: receives how the task ends.
template <class Answer, class PlannedTask, class SeenTask>
Answer answer_of(const PlannedTask& plan, const SeenTask& seen, std::string& ending) {
  using Kind = decltype(plan.answers);
  if (plan.answers == Kind::exception) {
    ending = "threw " + seen.text;
    throw std::runtime_error(seen.text);
  }
  ending = "answered";
  if (plan.answers == Kind::error) return Err<std::string>(seen.text);
  return seen.text;
}

/// Waits until the runs are over: what does not end within a time that no right solution needs never ends.
inline Task<void> until_over(std::vector<JoinHandle<void>> runs) {
  const Instant latest = now() + std::chrono::seconds(100);
  for (JoinHandle<void>& run : runs) static_cast<void>(co_await timeout_at(latest, std::move(run)));
}

}  // namespace corokit::specified::fuzzing
