// When a run ends, and what it gives.
#include "oracle.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {
namespace {

constexpr Duration kNever = Duration::max();

/// One run whose ends are looked for.
class Ends {
 public:
  Ends(const Scenario& scenario, const Seen& seen, std::size_t run)
      : scenario_(scenario),
        seen_(seen),
        plan_(scenario.runs[run]),
        run_(seen.runs[run]),
        place_(run),
        cancelled_(cancellation_of(scenario, seen, run)),
        deadline_(run_.begun.time + plan_.timeout) {
    for (std::size_t task = 0; task < plan_.tasks.size(); ++task)
      add_task(plan_.tasks[task], run_.tasks[task]);
  }

  std::vector<End> all() {
    if (plan_.tasks.empty()) return {{run_.begun.time, Outcome::results}};
    const Duration done = all_started_ ? last_ : kNever;
    const Duration first = std::min({first_throw_, deadline_, done});
    const bool is_too_late = run_.returned && cancelled_ && run_.returned.before(cancelled_);
    const bool was_cancelled_before = cancelled_ && cancelled_.before(run_.begun);
    if (!cancelled_ || is_too_late || (cancelled_.time > first && !was_cancelled_before)) {
      add_uncancelled(first, done, false);
    } else {
      if (cancelled_.time == first && !was_cancelled_before) add_uncancelled(first, done, true);
      add_cancelled();
    }
    return std::move(ends_);
  }

 private:
  void add_task(const PlannedTask& plan, const SeenTask& seen) {
    const bool throws = plan.answers == Answers::exception;
    any_throws_ = any_throws_ || throws;
    all_started_ = all_started_ && seen.started;
    if (!seen.started) return;
    const Duration end = natural_end(plan, seen, cancelled_);
    last_ = std::max(last_, end);
    if (throws) first_throw_ = std::min(first_throw_, end);
  }

  bool was_gone_before_cancel(const SeenTask& task) const {
    return task.gone && task.gone.before(cancelled_);
  }

  /// `in_same_moment`: cancel() comes in the moment in which the run would end. What was over by then counts, and so does
  /// what the run sees first.
  void add_uncancelled(Duration first, Duration done, bool in_same_moment) {
    bool may_fail = first == first_throw_;
    bool may_succeed = first == done && !any_throws_;
    if (in_same_moment) {
      bool has_thrown = false;
      for (std::size_t task = 0; task < plan_.tasks.size(); ++task) {
        const bool was_gone = was_gone_before_cancel(run_.tasks[task]);
        has_thrown = has_thrown || (was_gone && plan_.tasks[task].answers == Answers::exception);
        may_succeed = may_succeed && was_gone;
      }
      may_fail = may_fail && has_thrown;
    }
    if (may_succeed) ends_.push_back({first, Outcome::results});
    if (may_fail) ends_.push_back({first, Outcome::task_failed});
    // While it drops the other tasks, cancel() comes.
    if (may_fail && in_same_moment) ends_.push_back({first, Outcome::cancelled});
    if (first == deadline_) ends_.push_back({first, Outcome::timeout});
  }

  void add_cancelled() {
    const Duration since = std::max(cancelled_.time, run_.begun.time);
    add_cancelled_at(std::max(since, last_));
    // Nothing of this run goes on, but tasks wait for permits: it may notice when a task of any run is completed.
    if (last_ <= since && !all_started_) add_cancelled_at(next_completion(since));
  }

  void add_cancelled_at(Duration time) {
    if (time == kNever) return;
    ends_.push_back({std::min(time, deadline_), Outcome::cancelled});
    if (time >= deadline_) ends_.push_back({deadline_, Outcome::timeout});
  }

  Duration next_completion(Duration since) const {
    Duration next = kNever;
    for (std::size_t run = 0; run < seen_.runs.size(); ++run) {
      if (orchestrator_of(scenario_, run) != orchestrator_of(scenario_, place_)) continue;
      for (const SeenTask& task : seen_.runs[run].tasks)
        if (task.started && task.gone && task.gone.time > since) next = std::min(next, task.gone.time);
    }
    return next;
  }

  const Scenario& scenario_;
  const Seen& seen_;
  const PlannedRun& plan_;
  const SeenRun& run_;
  const std::size_t place_;
  const Moment cancelled_;
  const Duration deadline_;
  Duration last_{0};  // when the last task that has started ends
  Duration first_throw_ = kNever;
  bool all_started_ = true;
  bool any_throws_ = false;
  std::vector<End> ends_;
};

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::results:
      return "results";
    case Outcome::timeout:
      return "the error timeout";
    case Outcome::cancelled:
      return "the error cancelled";
    case Outcome::task_failed:
      break;
  }
  return "the error task_failed";
}

std::string describe(const std::vector<End>& ends) {
  std::string text;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (std::find(ends.begin(), ends.begin() + static_cast<std::ptrdiff_t>(i), ends[i]) !=
        ends.begin() + static_cast<std::ptrdiff_t>(i))
      continue;
    text += (i == 0 ? "" : ", or ") + std::string(name_of(ends[i].outcome)) + " " + at(ends[i].time);
  }
  return text;
}

Outcome outcome_of(const MatrixOrchestrator::Results& results) {
  if (results) return Outcome::results;
  switch (results.error().kind) {
    case OrchestratorError::Kind::timeout:
      return Outcome::timeout;
    case OrchestratorError::Kind::cancelled:
      return Outcome::cancelled;
    case OrchestratorError::Kind::task_failed:
      break;
  }
  return Outcome::task_failed;
}

Promise promise_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::results:
      return Promise::results;
    case Outcome::timeout:
      return Promise::timeout;
    case Outcome::cancelled:
      return Promise::cancellation;
    case Outcome::task_failed:
      break;
  }
  return Promise::shutdown;
}

/// The promise that a run breaks which ends otherwise than it may.
Promise broken_by(const std::vector<End>& legal, const SeenRun& run) {
  const Outcome expected = legal.front().outcome;
  if (!run.results) return promise_of(expected);
  const Outcome got = outcome_of(*run.results);
  if (got == expected) return got == Outcome::cancelled ? Promise::shutdown : promise_of(got);
  const bool is_of_expected = got == Outcome::results || expected == Outcome::cancelled;
  return promise_of(is_of_expected ? expected : got);
}

/// Returns: whether the message says what some task threw that may have ended the run.
bool says_what_was_thrown(const PlannedRun& plan, const SeenRun& run) {
  for (std::size_t task = 0; task < plan.tasks.size(); ++task)
    if (plan.tasks[task].answers == Answers::exception && run.tasks[task].started &&
        run.results->error().message.find(run.tasks[task].text) != std::string::npos)
      return run.tasks[task].gone.time == run.returned.time;
  return false;
}

void judge_end(const Scenario& scenario, const Seen& seen, std::size_t place, std::vector<Finding>& found) {
  const SeenRun& run = seen.runs[place];
  if (!run.begun || (run.dropped && !(run.returned && run.returned.before(run.dropped)))) return;
  const std::vector<End> legal = legal_ends(scenario, seen, place);
  const std::string name = name_of(scenario, place);
  const bool is_legal = run.results && std::ranges::find(legal, End{run.returned.time,
                                                                    outcome_of(*run.results)}) != legal.end();
  if (!is_legal) {
    std::string got = "it never returns";
    if (run.results) got = describe({{run.returned.time, outcome_of(*run.results)}});
    if (!run.threw.empty()) got = "it throws: " + run.threw;
    found.push_back(
        {broken_by(legal, run), "a run does not end as it should", name + " gives " + describe(legal), got});
    return;
  }
  if (outcome_of(*run.results) == Outcome::task_failed && !says_what_was_thrown(scenario.runs[place], run))
    found.push_back({Promise::shutdown, "the error of a task that throws does not say what it threw",
                     "a message with what the task threw that ended " + name, run.results->error().message});
}

}  // namespace

std::vector<End> legal_ends(const Scenario& scenario, const Seen& seen, std::size_t run) {
  return Ends(scenario, seen, run).all();
}

void judge_ends(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found) {
  for (std::size_t run = 0; run < seen.runs.size(); ++run) judge_end(scenario, seen, run, found);
}

}  // namespace corokit::specified::fuzzing
