#pragma once
// The oracle of the fuzzing. It knows the contract, and no implementation: from a scenario it says what must happen, and
// where the contract leaves a choice, it follows what did happen. What it leaves open:
//
//   - which of two events in one moment comes first, such as two arrivals, or a start and the end of another task;
//   - which run gets a slot, and which worker of several a task;
//   - whether a deadline is at risk, as long as that depends on what was learned, or on how work is rounded: between
//     surely_at_risk() and never_at_risk();
//   - how a task that has given way counts in rule 3;
//   - `cancelled` or `timeout`, where a cancelled run reaches its timeout.
//
// Deadlines are judged where there is one worker and one run. With several workers, the order is judged where nothing but
// estimates decides it: all tasks are there at once, and take as long as estimated.
#include "promise.hpp"
#include "scenario.hpp"
#include "seen.hpp"

#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

/// A promise of the contract that was broken.
struct Finding {
  Promise promise;
  std::string what;  // the kind, without numbers
  std::string expected;
  std::string got;
};
using Findings = std::vector<Finding>;

inline constexpr Duration kNever = Duration::max();

/// Returns: all promises that were broken; empty if all is as the contract says.
Findings judge(const Scenario& scenario, const Seen& seen);

/// One run of a scenario, and what happened in it. Durations count from the beginning of the scenario.
struct Run {
  Run(const Scenario& of, const Seen& what, std::size_t number)
      : scenario(of), all(what), place(number), plan(of.runs[number]), seen(what.runs[number]) {}

  std::size_t size() const { return plan.tasks.size(); }
  /// When the run was over: it returned, or it was dropped. It never happened if the run goes on.
  Moment over() const {
    return seen.returned && (!seen.dropped || seen.returned.before(seen.dropped)) ? seen.returned
                                                                                  : seen.dropped;
  }
  bool has_results() const { return seen.results && seen.results->has_value(); }
  /// Whether no other run may take slots.
  bool is_alone() const { return scenario.runs.size() == 1 || scenario.runs[1].is_last || plan.is_last; }
  Duration arrival(std::size_t task) const { return seen.begun.time + plan.tasks[task].release; }
  Duration deadline(std::size_t task) const {
    return plan.tasks[task].deadline ? seen.begun.time + *plan.tasks[task].deadline : kNever;
  }
  /// Whether each task takes as long as estimated, as far as the contract is concerned.
  bool is_exact() const;
  bool has_deadlines() const;
  bool has_releases() const;

  /// "task 3", or "task 3 of run 2" if there are several runs.
  std::string name(std::size_t task) const;
  /// "the run", "run 2" or "the run after it".
  std::string name() const;

  const Scenario& scenario;
  const Seen& all;
  const std::size_t place;
  const PlannedRun& plan;
  const SeenRun& seen;
};

/// "at 30 ms", or "never".
std::string at(Duration time);
std::string at(const Moment& moment);

/// The rules, each of which appends what it finds.
void judge_tasks(const Run& run, Findings& found);
void judge_results(const Run& run, Findings& found);
void judge_ends(const Run& run, Findings& found);
void judge_order(const Run& run, Findings& found);
void judge_queues(const Run& run, Findings& found);
void judge_deadlines(const Run& run, Findings& found);
void judge_slots(const Scenario& scenario, const Seen& seen, Findings& found);

/// Whether a deadline of a run might have been at risk between two moments, whatever was learned.
bool never_at_risk(const Run& run, Duration from, Duration to);
/// Whether a deadline of a run on one worker is at risk, whatever is rounded: some task that waits is late if they run in the
/// order of their deadlines. Requires: the run is exact.
bool surely_at_risk(const Run& run, Duration time);
/// Whether a task has arrived by a time, and waits for a slot at it. What happens in that moment does not count.
bool waits(const Run& run, std::size_t task, Duration time);

}  // namespace corokit::specified::fuzzing
