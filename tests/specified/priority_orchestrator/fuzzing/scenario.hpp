#pragma once
// What the fuzzing of priority_orchestrator plays: runs of tasks, workers, and what comes between.
#include <corokit/time/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::specified::fuzzing {

/// What a task does when its work is done.
enum class Answers : std::uint8_t { text, error, exception };

struct PlannedTask {
  unsigned priority = 1;
  Duration estimate{0};
  Duration work{0};
  Duration release{0};                    // after the beginning of its run; 0: it is there at once
  std::optional<Duration> deadline = {};  // after the beginning of its run
  Duration step{0};                       // between two checkpoints; 0: there are none
  Answers answers = Answers::text;
  bool listens =
      false;  // to its token: a cancellation ends the work, and then comes the clean-up; it has no checkpoints
  Duration clean_up{0};

  bool operator==(const PlannedTask&) const = default;
};

/// One run on a copy of the orchestrator.
struct PlannedRun {
  std::vector<PlannedTask> tasks;
  Duration timeout{0};
  Duration begin{0};                // when it is awaited; it is called at the beginning
  std::optional<Duration> dropped;  // when whoever awaits it drops it
  bool is_last = false;  // it is played when all others are over, and shows whether all slots are back

  bool operator==(const PlannedRun&) const = default;
};

/// All times but those of tasks count from the beginning of the scenario.
struct Scenario {
  int workers = 1;
  bool steals = true;
  bool interrupts = true;           // options.preemption
  Duration ageing_step{kNoAgeing};  // of which no multiple passes
  Duration margin{0};
  std::vector<PlannedRun> runs;
  std::optional<Duration> cancel;  // when cancel() is called

  static constexpr Duration kNoAgeing = std::chrono::hours(1);

  bool operator==(const Scenario&) const = default;
};

/// Returns: the id of a task of a run. The tasks are submitted in the order of descending ids.
inline std::uint32_t id_of(const PlannedRun& run, std::size_t task) {
  return static_cast<std::uint32_t>(run.tasks.size() - task);
}

/// Returns: the scenario in one line, such as "1 worker; tasks: #2 priority 1, 10 ms, #1 priority 2, 20 ms; timeout 1 s".
std::string in_words(const Scenario& scenario);

}  // namespace corokit::specified::fuzzing
