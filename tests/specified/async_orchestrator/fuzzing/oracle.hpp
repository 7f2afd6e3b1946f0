#pragma once
// The oracle of the fuzzing. It knows the contract, and no implementation: from a scenario it says what must happen, and
// where the contract leaves a choice, it follows what did happen. What it leaves open:
//
//   - which of several runs gets a permit, and in which order tasks start within one moment;
//   - the order of results of tasks that end in one moment, unless one of them got its permit from the other;
//   - what comes first of a completion, a cancellation and a deadline in one moment, unless the test knows;
//   - `cancelled` or `timeout`, where a cancelled run reaches its timeout;
//   - whether a run all of whose started tasks are over notices a cancellation at once or at the next completion.
#include "promise.hpp"
#include "scenario.hpp"
#include "seen.hpp"

#include <cstdint>
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

/// What a run gave.
enum class Outcome : std::uint8_t { results, timeout, cancelled, task_failed };

/// A way in which a run may end.
struct End {
  Duration time;
  Outcome outcome;
  bool operator==(const End&) const = default;
};

/// Returns: all promises that were broken, the first of each kind; empty if all is as the contract says.
std::vector<Finding> judge(const Scenario& scenario, const Seen& seen);

/// Returns: all ways in which a run may end whose tasks started when they did. Requires: it was not dropped.
std::vector<End> legal_ends(const Scenario& scenario, const Seen& seen, std::size_t run);

/// Returns: when the work of a task that has started is over by itself. Where two answers are right, the one that was seen.
Duration natural_end(const PlannedTask& task, const SeenTask& seen, const Moment& cancelled);

/// Returns: what cancels a run, if anything does.
Moment cancellation_of(const Scenario& scenario, const Seen& seen, std::size_t run);

/// Returns: when a run was over: it returned, or it was dropped. It never happened if the run goes on.
Moment over(const SeenRun& run);

/// The rules, each of which appends what it finds.
void judge_permits(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found);
void judge_tasks(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found);
void judge_ends(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found);
void judge_results(const Scenario& scenario, const Seen& seen, std::vector<Finding>& found);

/// "task 3", or "task 3 of run 2" if there are several runs.
std::string name_of(const Scenario& scenario, std::size_t run, std::size_t task);
/// "the run", "run 2" or "the run after it".
std::string name_of(const Scenario& scenario, std::size_t run);
/// "at 30 ms", or "never".
std::string at(const Moment& moment);
std::string at(Duration time);

}  // namespace corokit::specified::fuzzing
