#pragma once
// What the specified tests of priority_orchestrator share: a stage that notes what the tasks on it do, and
// executors that act there. Nothing here knows whether it runs in simulation or on threads, except for
// in_virtual_time().
#include "check.hpp"

#include <corokit/orchestrator/priority_orchestrator.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace corokit::specified {

using namespace std::chrono_literals;
using Answer = PriorityExecutor::Answer;
using Deadline = PriorityResult::Deadline;
using Kind = PriorityError::Kind;
using Results = PriorityOrchestrator::Results;
using Tasks = std::vector<PrioritizedTask>;
using Ids = std::vector<std::uint32_t>;

/// Long enough for everything that ends at all.
inline constexpr Duration kPlenty = 1h;

/// A time at which a task got a slot: its first, or another after it had given way.
struct Turn {
  std::uint32_t id;
  Instant time;
  bool is_first;
};

/// What the tasks of a test did. Thread-safety: any thread.
class Stage {
 public:
  explicit Stage(Check& check) : check_(check), simulated_(sim::is_simulated()) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// A task appears. Does it run on the runtime of the test? A finding if not.
  bool enter(std::uint32_t id);
  void leave();
  /// A task is about to give way, if it is asked; and goes on.
  void pause();
  void resume(std::uint32_t id, bool has_waited);
  void work(std::uint32_t id, Duration time);
  void tell();
  void clean();

  int started() const { return get(started_); }
  int present() const { return get(present_); }  // started, and not over: neither finished nor dropped
  int peak() const { return get(peak_); }        // the most that held a slot at once
  int told() const { return get(told_); }        // saw the token
  int cleaned() const { return get(cleaned_); }  // finished their clean-up
  std::vector<Turn> turns() const { return get(turns_); }
  /// The tasks, in the order in which they started.
  Ids order() const;
  /// How long a task has worked.
  Duration worked(std::uint32_t id) const;
  /// How often it began from the beginning.
  int begun(std::uint32_t id) const;

 private:
  template <class T>
  T get(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  void take_slot();

  Check& check_;
  const bool simulated_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  int started_ = 0;
  int present_ = 0;
  int in_slot_ = 0;
  int peak_ = 0;
  int told_ = 0;
  int cleaned_ = 0;
  std::vector<Turn> turns_;
  std::map<std::uint32_t, Duration> worked_;
};

/// One task on the stage, until its frame is gone.
class Presence {
 public:
  Presence(Stage& stage, std::uint32_t id) : stage_(stage), at_home_(stage.enter(id)) {}
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { stage_.leave(); }
  bool at_home() const { return at_home_; }

 private:
  Stage& stage_;
  bool at_home_;
};

using WorkOf = std::function<Duration(const PrioritizedTask&)>;

inline Duration as_estimated(const PrioritizedTask& task) {
  return task.estimated_duration;
}

/// Works for as long as `work_of` says, with a checkpoint after every `step` but the last.
PriorityExecutor worker(Stage& stage, Duration step, WorkOf work_of = as_estimated);
/// Works, and never looks whether it should give way.
PriorityExecutor stubborn(Stage& stage, WorkOf work_of = as_estimated);
/// Waits for the token, at most 10 s, then cleans up.
PriorityExecutor listener(Stage& stage, Duration clean_up);

std::string name_of(std::uint32_t id);
/// Tasks with the ids `first`, `first` + 1…
Tasks alike(std::uint32_t first, std::uint32_t count, unsigned priority, Duration estimate);
PriorityOptions with_ageing(Duration step);

/// Waits until so many tasks have started, with patience for a machine that is busy.
inline Task<void> until_started(const Stage& stage, int count) {
  for (int i = 0; i < 10'000 && stage.started() < count; ++i) co_await sleep(1ms);
}

/// Only there do times and orders say something of the orchestrator, and not of a busy machine.
inline bool in_virtual_time() {
  return sim::is_simulated();
}

std::string describe(const Results& results);
/// Did the run give results?
bool succeeded(Check& check, const Results& results);
/// Did the run end with this error?
bool failed_as(Check& check, const Results& results, Kind expected);
/// Did each of the tasks give its result, once, and was each begun once?
bool each_once(Check& check, const Stage& stage, const Tasks& tasks, const Results& results);
/// The ids of the results, as they came.
Ids ids(const Results& results);
/// Requires: it is there.
const PriorityResult& of(std::uint32_t id, const Results& results);
/// Did the run return at all, instead of throwing? Gives what it returned.
Task<Results> returned(Check& check, JoinHandle<Results> run);
/// Is no task of the run left?
void nobody_left(Check& check, const Stage& stage);
/// Does the orchestrator still have all its slots? `slots` tasks meet there.
Task<void> slots_are_back(Check& check, PriorityOrchestrator orchestrator, int slots);

}  // namespace corokit::specified
