#pragma once
// What the tests of an orchestrator share: tasks that leave a trace, and the two worlds they run in.
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

/// What the tasks of a test did. Any thread.
struct Stage {
  std::atomic<int> present{0};
  std::atomic<int> peak{0};
  std::atomic<int> started{0};
  std::atomic<int> told{0};
  std::atomic<int> cleaned{0};
};

/// One task on the stage, counted until its frame is gone.
struct Presence {
  explicit Presence(Stage& on) : stage(on) {
    ++stage.started;
    const int now_present = ++stage.present;
    for (int seen = stage.peak; seen < now_present && !stage.peak.compare_exchange_weak(seen, now_present);) {
    }
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { --stage.present; }
  Stage& stage;
};

inline AsyncTask sleeper(Stage& stage, Duration duration) {
  return [&stage, duration](std::uint32_t id, CancellationToken) -> Task<Answer> {
    const Presence presence(stage);
    co_await sleep(duration);
    co_return "agent " + std::to_string(id);
  };
}

/// Waits for the token, then cleans up for a while.
inline AsyncTask listener(Stage& stage, Duration clean_up = 0ns) {
  return [&stage, clean_up](std::uint32_t, CancellationToken token) -> Task<Answer> {
    const Presence presence(stage);
    co_await token.cancelled();
    ++stage.told;
    co_await sleep(clean_up);
    ++stage.cleaned;
    co_return "gone";
  };
}

inline AsyncTask thrower(Stage& stage, Duration after) {
  return [&stage, after](std::uint32_t, CancellationToken) -> Task<Answer> {
    const Presence presence(stage);
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

/// Under 100 seeds, in virtual time.
inline void in_simulation(Make body) {
  for (std::uint64_t seed = 1; seed <= 100 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto ended = sim::run(sim::Options{.seed = seed}, body());
    EXPECT_TRUE(ended) << ended.error().message;
  }
}

/// The same, and once on threads.
inline void everywhere(Make body) {
  in_simulation(body);
  Runtime::multi_thread(4).block_on(body());
}

}  // namespace corokit::test
