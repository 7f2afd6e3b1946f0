#pragma once
// What the specified tests of async_orchestrator share: a Recorder of what the tasks of one run do, the tasks themselves,
// and checks of what a run returns. Virtual time is checked exactly; on threads a busy machine may take longer.
#include "check.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit::specified {

using namespace std::chrono_literals;
using Answer = AsyncTask::Answer;
using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

class NotedOrchestrator;

/// A timeout that no test reaches.
inline constexpr Duration kPlenty = 10'000h;

/// Counts the tasks that are present: started, and neither finished nor dropped. Runs that share a limit share one.
///
/// Thread-safety: any thread may count.
struct Headcount {
  std::atomic<int> present{0};
  std::atomic<int> peak{0};  // the highest value of present
};

/// What one task of a run is to answer, and what has happened to it.
struct Entry {
  std::uint32_t place = 0;  // in the order of submission
  std::string text;         // drawn, so that only the task can know it
  bool complains = false;
  int spends = 0;  // of the budget of its turn, at its end, so that what follows may have to give way
  int calls = 0;
  std::string ending = "ended without an answer";  // for the timeline
  Instant started{};
  Instant gone{};  // finished or dropped
};

/// Records what the tasks of one run do. The tasks are made with it, in the order of submission.
///
/// Thread-safety: any thread may record. The entry of a task is its own until the run has returned.
class Recorder {
 public:
  explicit Recorder(Check& to) : Recorder(to, own_) {}
  /// A run that shares its limit with others.
  Recorder(Check& to, Headcount& shared);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// A task that does `act(entry, token)` and is recorded.
  template <class Act>
  AsyncTask task(Act act);
  /// `count` tasks, each made by `make()`.
  template <class Make>
  std::vector<AsyncTask> tasks(int count, Make make) {
    std::vector<AsyncTask> all;
    for (int i = 0; i < count; ++i) all.push_back(make());
    return all;
  }

  /// The name of a task in the timeline.
  std::string name(const Entry& entry) const;
  /// Notes for the timeline what happened to a task.
  void note(const Entry& entry, const char* event) { check.note(name(entry), event); }

  /// Checks that the first `count` tasks have been called, and no others.
  bool ran(int count) const;
  /// Checks that all tasks have been called, and that none is left.
  bool all_ran() const;
  /// Checks that no task of the run is left.
  bool none_left() const;

  Check& check;
  const std::string run;  // its name in the timeline
  const bool simulated;
  Headcount& heads;
  std::deque<Entry> entries;  // references to entries stay valid
  std::atomic<int> started{0};
  std::atomic<int> present{0};  // of this run
  std::atomic<int> told{0};     // saw their token cancelled
  std::atomic<int> cleaned{0};  // finished their clean-up

 private:
  friend class Presence;
  void enter(Entry& entry, std::uint32_t id);

  Headcount own_;
  const void* const home_;  // the runtime that runs the test
  const TaskId root_;       // the task that runs the test
  std::mutex mutex_;
  std::set<TaskId> hosts_;  // the tasks of the runtime that run recorded tasks now; guarded by mutex_
};

/// Records one task as present until its frame is destroyed.
class Presence {
 public:
  Presence(Recorder& recorder, Entry& entry, std::uint32_t id);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence();

 private:
  Recorder& recorder_;
  Entry& entry_;
  const TaskId host_;
};

template <class Act>
Task<Answer> run_recorded(Recorder& recorder, Entry& entry, std::uint32_t id, CancellationToken token,
                          Act act) {
  const Presence presence(recorder, entry, id);
  try {
    Task<Answer> work = act(entry, std::move(token));
    Answer answer = co_await std::move(work);
    for (int i = 0; i < entry.spends; ++i) co_await sleep(Duration(0));
    entry.ending = "answered";
    co_return answer;
  } catch (...) {
    entry.ending = "threw " + describe(std::current_exception());
    throw;
  }
}

template <class Act>
AsyncTask Recorder::task(Act act) {
  Entry& entry = entries.emplace_back();
  entry.place = static_cast<std::uint32_t>(entries.size() - 1);
  entry.spends = simulated ? check.draw(0, 8) : 0;
  entry.text = "agent " + std::to_string(entry.place) + " saw " + std::to_string(check.draw(0, 999'999));
  return [this, &entry, act](std::uint32_t id, CancellationToken token) {
    return run_recorded(*this, entry, id, std::move(token), act);
  };
}

inline Answer answer_of(const Entry& entry) {
  if (entry.complains) return Err<std::string>(entry.text);
  return entry.text;
}

/// Sleeps, then answers its text. Ignores its token.
AsyncTask sleeper(Recorder& recorder, Duration duration);
/// As sleeper(), but the answer is an error string.
AsyncTask complainer(Recorder& recorder, Duration duration);
/// Sleeps, then throws a std::runtime_error.
AsyncTask thrower(Recorder& recorder, Duration duration, std::string what);
/// Waits for its token, at most 1,000 s, and then cleans up for some time.
AsyncTask listener(Recorder& recorder, Duration clean_up = Duration(0));
/// Waits until `count` tasks are present, or have been.
AsyncTask meeting(Recorder& recorder, int count);

/// The tasks of a run that has only one.
std::vector<AsyncTask> only(AsyncTask task);

/// Waits until `count` tasks have started; a busy machine gets plenty of time.
Task<void> until_started(const Recorder& recorder, int count);

/// Checks a time that has passed: in simulation it is exact; on threads a busy machine may take longer.
bool exactly(Check& check, Duration actual, Duration expected, std::string_view what);

std::string describe(const Results& results);
/// Checks that the run gave one result for each task of the recorder, with the text that the task answered.
bool succeeded(const Recorder& recorder, const Results& results);
/// Checks the same, and the order and the durations of the results; on threads only that no duration is too short.
bool in_order(const Recorder& recorder, const Results& results);
/// Checks that the run ended with this error.
bool failed_as(Check& check, const Results& results, Kind expected);
/// The ids of the results, in the order of the results.
std::vector<std::uint32_t> ids(const Results& results);
/// Checks that the run returned instead of throwing. Returns: what the run returned.
Task<Results> returned(Check& check, JoinHandle<Results> run);
/// Checks that all permits are back: as many tasks as the limit allows run at once, and no more.
Task<void> permits_are_back(Check& check, const NotedOrchestrator& orchestrator, int limit);

}  // namespace corokit::specified
