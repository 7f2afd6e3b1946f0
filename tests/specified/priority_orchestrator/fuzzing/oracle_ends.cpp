// When a run ends, and what it gives.
#include "oracle.hpp"

#include <algorithm>

namespace corokit::specified::fuzzing {
namespace {

using Kind = PriorityError::Kind;

/// What a run gave: an error, or results.
using Outcome = std::optional<Kind>;

/// A way in which a run may end.
struct End {
  Duration time;
  Outcome outcome;
  bool operator==(const End&) const = default;
};

/// Returns: when a task that has started is over by itself; kNever if it waits for another slot.
Duration natural_end(const PlannedTask& plan, const SeenTask& seen) {
  if (seen.told) return seen.told.time + plan.clean_up;
  if (seen.gave_way) return kNever;
  Duration worked{0};
  for (std::size_t i = 0; i + 1 < seen.slots.size(); ++i)
    worked += seen.slots[i].to.time - seen.slots[i].from.time;
  return seen.slots.back().from.time + plan.work - worked;
}

/// One run whose ends are looked for.
class Ends {
 public:
  explicit Ends(const Run& run)
      : run_(run), cancelled_(run.all.cancelled), deadline_(run.seen.begun.time + run.plan.timeout) {
    for (std::size_t task = 0; task < run.size(); ++task)
      add_task(run.plan.tasks[task], run.seen.tasks[task]);
  }

  std::vector<End> all() {
    const Duration done = all_started_ ? last_ : kNever;
    const Duration first = std::min({first_throw_, deadline_, done});
    const Moment begun = run_.seen.begun;
    const bool is_too_late = run_.seen.returned && cancelled_ && run_.seen.returned.before(cancelled_);
    const bool was_cancelled_before = cancelled_ && cancelled_.before(begun);
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
    all_started_ = all_started_ && seen.started();
    if (!seen.started()) return;
    const Duration end = natural_end(plan, seen);
    last_ = std::max(last_, end);
    if (throws) first_throw_ = std::min(first_throw_, end);
  }

  /// `in_same_moment`: cancel() comes in the moment in which the run would end. What was over by then counts, and so does
  /// what the run sees first.
  void add_uncancelled(Duration first, Duration done, bool in_same_moment) {
    bool may_fail = first == first_throw_;
    bool may_succeed = first == done && !any_throws_;
    if (in_same_moment) {
      bool has_thrown = false;
      for (std::size_t task = 0; task < run_.size(); ++task) {
        const SeenTask& seen = run_.seen.tasks[task];
        const bool was_gone = seen.gone && seen.gone.before(cancelled_);
        has_thrown = has_thrown || (was_gone && run_.plan.tasks[task].answers == Answers::exception);
        may_succeed = may_succeed && was_gone;
      }
      may_fail = may_fail && has_thrown;
    }
    if (may_succeed) ends_.push_back({first, std::nullopt});
    if (may_fail) ends_.push_back({first, Kind::task_failed});
    // While it drops the other tasks, cancel() comes.
    if (may_fail && in_same_moment) ends_.push_back({first, Kind::cancelled});
    if (first == deadline_) ends_.push_back({first, Kind::timeout});
  }

  void add_cancelled() {
    const Duration time = std::max({cancelled_.time, run_.seen.begun.time, last_});
    ends_.push_back({std::min(time, deadline_), Kind::cancelled});
    if (time >= deadline_) ends_.push_back({deadline_, Kind::timeout});
  }

  const Run& run_;
  const Moment cancelled_;
  const Duration deadline_;
  Duration last_{0};  // when the last task that has started ends
  Duration first_throw_ = kNever;
  bool all_started_ = true;
  bool any_throws_ = false;
  std::vector<End> ends_;
};

const char* name_of(Outcome outcome) {
  if (!outcome) return "results";
  switch (*outcome) {
    case Kind::timeout:
      return "the error timeout";
    case Kind::cancelled:
      return "the error cancelled";
    case Kind::invalid_task:
      return "the error invalid_task";
    case Kind::task_failed:
      break;
  }
  return "the error task_failed";
}

std::string describe(const std::vector<End>& ends) {
  std::string text;
  for (const End& end : ends) {
    const std::string one = std::string(name_of(end.outcome)) + " " + at(end.time);
    if (text.find(one) == std::string::npos) text += (text.empty() ? "" : ", or ") + one;
  }
  return text;
}

Outcome outcome_of(const PriorityOrchestrator::Results& results) {
  return results ? Outcome() : Outcome(results.error().kind);
}

Promise promise_of(Outcome outcome) {
  if (!outcome) return Promise::order;
  return *outcome == Kind::timeout ? Promise::timeout : Promise::cancellation;
}

/// The promise that a run breaks which ends otherwise than it may.
Promise broken_by(const std::vector<End>& legal, const SeenRun& run) {
  const Outcome expected = legal.front().outcome;
  if (!run.results) return promise_of(expected);
  const Outcome got = outcome_of(*run.results);
  return promise_of(!got || expected == Kind::cancelled ? expected : got);
}

/// Returns: whether the error names a task that threw when the run ended, and says what.
bool says_what_was_thrown(const Run& run, const PriorityError& error) {
  for (std::size_t task = 0; task < run.size(); ++task)
    if (run.plan.tasks[task].answers == Answers::exception && error.task_id == id_of(run.plan, task) &&
        run.seen.tasks[task].gone.time == run.seen.returned.time)
      return error.message.find(run.seen.tasks[task].text) != std::string::npos;
  return false;
}

}  // namespace

void judge_ends(const Run& run, Findings& found) {
  const SeenRun& seen = run.seen;
  if (seen.dropped && !(seen.returned && seen.returned.before(seen.dropped))) return;
  const std::vector<End> legal = Ends(run).all();
  const bool is_legal =
      seen.results &&
      std::ranges::find(legal, End{seen.returned.time, outcome_of(*seen.results)}) != legal.end();
  if (!is_legal) {
    std::string got = "it never returns";
    if (seen.results) got = describe({{seen.returned.time, outcome_of(*seen.results)}});
    if (!seen.threw.empty()) got = "it throws: " + seen.threw;
    found.push_back({broken_by(legal, seen), "a run does not end as it should",
                     run.name() + " gives " + describe(legal), got});
  } else if (outcome_of(*seen.results) == Kind::task_failed &&
             !says_what_was_thrown(run, seen.results->error())) {
    found.push_back({Promise::cancellation, "the error of a task that throws does not say who threw what",
                     "the id of a task that ended " + run.name() + ", and what it threw",
                     seen.results->error().message});
  }
}

}  // namespace corokit::specified::fuzzing
