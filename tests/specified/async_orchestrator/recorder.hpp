#pragma once
// What the specified tests of async_orchestrator share: a Recorder that counts what tasks do, and tasks that
// are recorded. Only exactly() behaves differently in simulation and on threads.
#include "check.hpp"

#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace corokit::specified {

using namespace std::chrono_literals;
using Answer = AsyncTask::Answer;
using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

/// A timeout that no test reaches.
inline constexpr Duration kPlenty = 1h;

/// Counts what the tasks of a test do.
///
/// Thread-safety: any thread may count.
struct Recorder {
  explicit Recorder(Check& to) : check(to), simulated(sim::is_simulated()) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Check& check;
  const bool simulated;
  std::atomic<int> started{0};
  std::atomic<int> present{0};  // started, and neither finished nor dropped
  std::atomic<int> peak{0};     // the highest value of present
  std::atomic<int> told{0};     // saw their token cancelled
  std::atomic<int> cleaned{0};  // finished their clean-up
};

/// Records one task as present until its frame is destroyed.
class Presence {
 public:
  explicit Presence(Recorder& recorder) : recorder_(recorder) {
    ++recorder_.started;
    const int present = ++recorder_.present;
    for (int seen = recorder_.peak; seen < present && !recorder_.peak.compare_exchange_weak(seen, present);) {
    }
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { --recorder_.present; }

  /// Checks that this task runs on the runtime of the test.
  bool on_runtime() const {
    return recorder_.check.that(sim::is_simulated() == recorder_.simulated,
                                "a task does not run on the runtime that called run()");
  }

 private:
  Recorder& recorder_;
};

template <class Act>
Task<Answer> run_recorded(Recorder& recorder, std::uint32_t id, CancellationToken token, Act act) {
  const Presence presence(recorder);
  if (!presence.on_runtime()) co_return "elsewhere";
  Task<Answer> work = act(id, std::move(token));
  co_return co_await std::move(work);
}

/// A task that does `act(id, token)` and is recorded.
template <class Act>
AsyncTask recorded(Recorder& recorder, Act act) {
  return [&recorder, act](std::uint32_t id, CancellationToken token) {
    return run_recorded(recorder, id, std::move(token), act);
  };
}

inline std::string name_of(std::uint32_t id) {
  return "agent " + std::to_string(id);
}

/// Sleeps, then answers its name. Ignores its token.
inline AsyncTask sleeper(Recorder& recorder, Duration duration) {
  return recorded(recorder, [duration](std::uint32_t id, CancellationToken) -> Task<Answer> {
    co_await sleep(duration);
    co_return name_of(id);
  });
}

/// `count` tasks, each made by `make()`.
template <class Make>
std::vector<AsyncTask> several(int count, Make make) {
  std::vector<AsyncTask> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(make());
  return tasks;
}

template <class... Tasks>
std::vector<AsyncTask> list(Tasks... tasks) {
  std::vector<AsyncTask> all;
  (all.push_back(std::move(tasks)), ...);
  return all;
}

/// Waits until `count` tasks have started; a busy machine gets plenty of time.
inline Task<void> until_started(const Recorder& recorder, int count) {
  for (int i = 0; i < 10'000 && recorder.started < count; ++i) co_await sleep(1ms);
}

/// Checks a time that has passed: in simulation it is exact; on threads a busy machine may take longer.
inline bool exactly(Check& check, Duration actual, Duration expected, std::string_view what) {
  if (sim::is_simulated()) return check.equal(actual, expected, what);
  return check.that(actual >= expected, std::string(what) + ": shorter than " + show(expected));
}

std::string describe(const Results& results);
/// Checks that the run gave results.
bool succeeded(Check& check, const Results& results);
/// Checks that the run ended with this error.
bool failed_as(Check& check, const Results& results, Kind expected);
/// The ids of the results, in the order of the results.
std::vector<std::uint32_t> ids(const Results& results);
/// Checks that the run returned instead of throwing. Returns: what the run returned.
Task<Results> returned(Check& check, JoinHandle<Results> run);
/// Checks that no task of the run is left.
void no_task_left(Check& check, const Recorder& recorder);

}  // namespace corokit::specified
