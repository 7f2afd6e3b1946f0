#pragma once
// What the tests of both orchestrators share: a Recorder that counts what tasks do, tasks that are recorded, and the
// runtimes that a test runs on.
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace corokit::test {

using namespace std::chrono_literals;
using Answer = AsyncTask::Answer;
using Kind = OrchestratorError::Kind;
using Results = MatrixOrchestrator::Results;

/// Counts what the tasks of a test do.
///
/// Thread-safety: any thread may count.
struct Recorder {
  std::atomic<int> present{0};  // started, and neither finished nor dropped
  std::atomic<int> peak{0};     // the highest value of present
  std::atomic<int> started{0};
  std::atomic<int> told{0};     // saw their token cancelled
  std::atomic<int> cleaned{0};  // finished their clean-up
};

/// Records one task as present until its frame is destroyed.
struct Presence {
  explicit Presence(Recorder& of) : recorder(of) {
    ++recorder.started;
    const int now_present = ++recorder.present;
    for (int seen = recorder.peak;
         seen < now_present && !recorder.peak.compare_exchange_weak(seen, now_present);) {
    }
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { --recorder.present; }
  Recorder& recorder;
};

inline AsyncTask sleeper(Recorder& recorder, Duration duration) {
  return [&recorder, duration](std::uint32_t id, CancellationToken) -> Task<Answer> {
    const Presence presence(recorder);
    co_await sleep(duration);
    co_return "agent " + std::to_string(id);
  };
}

/// A task that waits for its token, then cleans up for a while.
inline AsyncTask listener(Recorder& recorder, Duration clean_up = 0ns) {
  return [&recorder, clean_up](std::uint32_t, CancellationToken token) -> Task<Answer> {
    const Presence presence(recorder);
    co_await token.cancelled();
    ++recorder.told;
    co_await sleep(clean_up);
    ++recorder.cleaned;
    co_return "gone";
  };
}

inline AsyncTask thrower(Recorder& recorder, Duration after) {
  return [&recorder, after](std::uint32_t, CancellationToken) -> Task<Answer> {
    const Presence presence(recorder);
    co_await sleep(after);
    throw std::runtime_error("there is no spoon");
  };
}

template <class... Tasks>
std::vector<AsyncTask> list(Tasks... tasks) {
  std::vector<AsyncTask> all;
  (all.push_back(std::move(tasks)), ...);
  return all;
}

inline std::vector<AsyncTask> many(std::size_t count, const std::function<AsyncTask()>& make) {
  std::vector<AsyncTask> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(make());
  return all;
}

inline std::vector<std::uint32_t> ids(const Results& results) {
  std::vector<std::uint32_t> all;
  for (const TaskResult& result : *results) all.push_back(result.task_id);
  return all;
}

using Make = Task<void> (*)();

/// Runs a test in virtual time, under 100 seeds.
inline void in_simulation(Make body) {
  for (std::uint64_t seed = 1; seed <= 100 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto ended = sim::run(sim::Options{.seed = seed}, body());
    EXPECT_TRUE(ended) << ended.error().message;
  }
}

/// Runs a test in virtual time, under 100 seeds, and once on four threads.
inline void everywhere(Make body) {
  in_simulation(body);
  Runtime::multi_thread(4).block_on(body());
}

}  // namespace corokit::test
