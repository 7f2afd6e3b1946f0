#pragma once
// What the fuzzing of async_orchestrator plays: runs of tasks, a limit, and what comes between.
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

/// What a task does when its work is done.
enum class Answers : std::uint8_t { text, error, exception };

struct PlannedTask {
  Duration work{0};
  Answers answers = Answers::text;
  bool listens = false;  // to its token: a cancellation ends the work, and then comes the clean-up
  Duration clean_up{0};

  bool operator==(const PlannedTask&) const = default;
};

/// One call of run().
struct PlannedRun {
  std::vector<PlannedTask> tasks;
  Duration timeout{0};
  Duration begin{0};                // when it is awaited; it is called at the beginning
  std::optional<Duration> dropped;  // when whoever awaits it drops it
  bool is_last = false;  // it is played when all others are over, and shows whether all permits are back

  bool operator==(const PlannedRun&) const = default;
};

/// All times count from the beginning of the scenario.
struct Scenario {
  int limit = 1;
  std::vector<PlannedRun> runs;
  bool shares = true;              // the second run is on a copy of the orchestrator, not on another one
  std::optional<Duration> cancel;  // when cancel() is called, on the orchestrator of the first run

  bool operator==(const Scenario&) const = default;
};

/// Returns: which orchestrator a run is on, from 0.
inline std::size_t orchestrator_of(const Scenario& scenario, std::size_t run) {
  return scenario.shares || scenario.runs[run].is_last ? 0 : run;
}

/// Returns: the scenario in one line, such as "limit 2; tasks: #0 30 ms, #1 throws after 10 ms; timeout 100 ms".
std::string in_words(const Scenario& scenario);

}  // namespace corokit::specified::fuzzing
