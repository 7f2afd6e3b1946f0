#pragma once
// What the specified tests of async_orchestrator share: a stage that counts what the tasks on it do, and
// tasks to send there. Nothing here knows whether it runs in simulation or on threads, except for exactly().
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

/// Long enough for everything that ends at all.
inline constexpr Duration kPlenty = 1h;

/// What the tasks of a test did. Any thread may count here.
struct Stage {
  explicit Stage(Check& to) : check(to), simulated(sim::is_simulated()) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Check& check;
  const bool simulated;
  std::atomic<int> started{0};
  std::atomic<int> present{0};  // started, and not over: neither finished nor dropped
  std::atomic<int> peak{0};     // the most that were present at once
  std::atomic<int> told{0};     // saw the token
  std::atomic<int> cleaned{0};  // finished their clean-up
};

/// One task on the stage, until its frame is gone.
class Presence {
 public:
  explicit Presence(Stage& stage) : stage_(stage) {
    ++stage_.started;
    const int present = ++stage_.present;
    for (int seen = stage_.peak; seen < present && !stage_.peak.compare_exchange_weak(seen, present);) {
    }
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { --stage_.present; }

  /// Does this task run on the runtime of the test? A finding if not.
  bool at_home() const {
    return stage_.check.that(sim::is_simulated() == stage_.simulated,
                             "a task does not run on the runtime that called run()");
  }

 private:
  Stage& stage_;
};

template <class Act>
Task<Answer> appear(Stage& stage, std::uint32_t id, CancellationToken token, Act act) {
  const Presence presence(stage);
  if (!presence.at_home()) co_return "elsewhere";
  Task<Answer> work = act(id, std::move(token));
  co_return co_await std::move(work);
}

/// A task that does `act(id, token)`, on the stage.
template <class Act>
AsyncTask actor(Stage& stage, Act act) {
  return [&stage, act](std::uint32_t id, CancellationToken token) {
    return appear(stage, id, std::move(token), act);
  };
}

inline std::string name_of(std::uint32_t id) {
  return "agent " + std::to_string(id);
}

/// Sleeps, and answers its name. Knows nothing of tokens.
inline AsyncTask sleeper(Stage& stage, Duration duration) {
  return actor(stage, [duration](std::uint32_t id, CancellationToken) -> Task<Answer> {
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

/// Waits until so many tasks have started, with patience for a machine that is busy.
inline Task<void> until_started(const Stage& stage, int count) {
  for (int i = 0; i < 10'000 && stage.started < count; ++i) co_await sleep(1ms);
}

/// A time that must have passed: exactly in simulation; on threads a machine may be late.
inline bool exactly(Check& check, Duration actual, Duration expected, std::string_view what) {
  if (sim::is_simulated()) return check.equal(actual, expected, what);
  return check.that(actual >= expected, std::string(what) + ": shorter than " + show(expected));
}

std::string describe(const Results& results);
/// Did the run give results?
bool succeeded(Check& check, const Results& results);
/// Did the run end with this error?
bool failed_as(Check& check, const Results& results, Kind expected);
/// The ids of the results, as they came.
std::vector<std::uint32_t> ids(const Results& results);
/// Did the run return at all, instead of throwing? Gives what it returned.
Task<Results> returned(Check& check, JoinHandle<Results> run);
/// Is no task of the run left?
void nobody_left(Check& check, const Stage& stage);

}  // namespace corokit::specified
