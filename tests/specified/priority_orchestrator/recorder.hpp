#pragma once
// What the specified tests of priority_orchestrator share: a Recorder that notes what tasks do, executors whose tasks
// are recorded, and checks of what a run gives. Only in_virtual_time() tells simulation and threads apart.
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
#include <set>
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

class NotedOrchestrator;

/// What task `id` answers in this schedule.
std::string name_of(std::uint32_t id);

/// A timeout that no test reaches.
inline constexpr Duration kPlenty = 1h;

/// A task got a slot: its first one, or another one after it had given way.
struct Turn {
  std::uint32_t id;
  Instant time;
  bool is_first;
};

/// What a Recorder has seen of one task.
struct Seen {
  Instant started{};    // its first slot
  Instant since{};      // its last slot
  Instant ended{};      // when it finished or was dropped
  Duration in_slot{0};  // for how long it had a slot
  Duration worked{0};
  std::size_t waits = 0;  // how often it waited for another slot
  bool finished = false;
};

/// Records what the tasks of a test do, also for the timeline of a finding.
///
/// Thread-safety: all members may be called from any thread.
class Recorder {
 public:
  explicit Recorder(Check& check);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// A task starts. Checks that it runs on the runtime of the test, and returns whether it does.
  bool enter(std::uint32_t id);
  void leave(std::uint32_t id);
  /// A task is about to give way if it was asked to; afterwards it goes on.
  void pause(std::uint32_t id);
  void resume(std::uint32_t id, bool has_waited);
  void work(std::uint32_t id, Duration time);
  void tell(std::uint32_t id);
  void clean(std::uint32_t id);
  /// A task is about to return its answer: it was not dropped.
  void finish(std::uint32_t id);

  int started() const { return get(started_); }
  int present() const { return get(present_); }  // started, and neither finished nor dropped
  int peak() const { return get(peak_); }        // the most tasks that held a slot at once
  int told() const { return get(told_); }        // saw their token cancelled
  int cleaned() const { return get(cleaned_); }  // finished their clean-up
  std::vector<Turn> turns() const { return get(turns_); }
  /// The tasks, in the order in which they started.
  Ids order() const;
  Seen seen(std::uint32_t id) const;
  Duration worked(std::uint32_t id) const { return seen(id).worked; }
  /// How many tasks of the runtime the tasks ran in.
  std::size_t runtime_tasks() const { return get(runtime_tasks_).size(); }

 private:
  template <class T>
  T get(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  void take_slot();
  void note(std::uint32_t id, std::string event) {
    check_.note("task " + std::to_string(id), std::move(event));
  }

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
  std::map<std::uint32_t, Seen> seen_;
  std::set<TaskId> runtime_tasks_;
};

/// Records one task as present until its frame is destroyed.
class Presence {
 public:
  Presence(Recorder& recorder, std::uint32_t id)
      : recorder_(recorder), id_(id), on_runtime_(recorder.enter(id)) {}
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { recorder_.leave(id_); }
  bool on_runtime() const { return on_runtime_; }
  /// Returns: the answer of the task, which it is about to give.
  std::string answer() const {
    recorder_.finish(id_);
    return name_of(id_);
  }

 private:
  Recorder& recorder_;
  std::uint32_t id_;
  bool on_runtime_;
};

using WorkOf = std::function<Duration(const PrioritizedTask&)>;

inline Duration as_estimated(const PrioritizedTask& task) {
  return task.estimated_duration;
}

/// Works for as long as `work_of` says, with a checkpoint after every `step` but the last.
PriorityExecutor worker(Recorder& recorder, Duration step, WorkOf work_of = as_estimated);
/// Works without any checkpoint, so it never gives way.
PriorityExecutor stubborn(Recorder& recorder, WorkOf work_of = as_estimated);
/// Waits for its token, at most 10 s, then cleans up.
PriorityExecutor listener(Recorder& recorder, Duration clean_up);

/// Every third task of `inner` answers with an error string instead.
PriorityExecutor complaining(PriorityExecutor inner);
bool complains(std::uint32_t id);

std::string complaint_of(std::uint32_t id);
/// Tasks with the ids `first`, `first` + 1…
Tasks alike(std::uint32_t first, std::uint32_t count, unsigned priority, Duration estimate);
PriorityOptions with_ageing(Duration step);
PriorityOptions with_margin(Duration margin);

/// Waits until `count` tasks have started; a busy machine gets plenty of time.
inline Task<void> until_started(const Recorder& recorder, int count) {
  for (int i = 0; i < 10'000 && recorder.started() < count; ++i) co_await sleep(1ms);
}

/// Only in virtual time do times and orders depend on the orchestrator alone, and not on how busy the machine is.
inline bool in_virtual_time() {
  return sim::is_simulated();
}

std::string describe(const Results& results);
/// Checks that the run gave results.
bool succeeded(Check& check, const Results& results);
/// Checks that the run ended with this error.
bool failed_as(Check& check, const Results& results, Kind expected);
/// Checks that each task was started once and gave one result.
bool each_once(Check& check, const Recorder& recorder, const Tasks& tasks, const Results& results);
/// The ids of the results, in the order of the results.
Ids ids(const Results& results);
/// The result of task `id`.
///
/// Requires: there is one.
const PriorityResult& of(std::uint32_t id, const Results& results);
/// Checks that the run returned instead of throwing. Returns: what the run returned.
Task<Results> returned(Check& check, JoinHandle<Results> run);
/// Checks that no task of the run is left.
void no_task_left(Check& check, const Recorder& recorder);
/// Checks that the orchestrator has all its slots: `slots` tasks must run at the same time, and start at once.
Task<void> slots_are_back(Check& check, const NotedOrchestrator& orchestrator, int slots);

}  // namespace corokit::specified
