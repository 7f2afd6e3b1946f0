#include <corokit/explore_test.hpp>
#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/select.hpp>
#include <corokit/yield.hpp>

#include "support/recorder.hpp"

namespace corokit {
namespace {

using namespace test;

/// Waits until `count` tasks of the test have started.
Task<void> until_started(const Recorder& recorder, int count) {
  while (recorder.started < count) co_await sleep(1ms);
}

TEST(MatrixOrchestratorCancel, StartedTasksFinishAndTheOthersNeverStart) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(3);
    auto run = spawn(orchestrator.run(many(8, [&recorder] { return listener(recorder, 3ms); }), 1h));
    co_await until_started(recorder, 3);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ(results->error().kind, Kind::cancelled);
    EXPECT_EQ(recorder.started, 3);
    EXPECT_EQ(recorder.told, 3);
    EXPECT_EQ(recorder.cleaned, 3);
    EXPECT_EQ(recorder.present, 0);
  });
}

TEST(MatrixOrchestratorCancel, CountsAlsoWhenEveryTaskEndsWell) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    auto run = spawn(orchestrator.run(many(2, [&recorder] { return sleeper(recorder, 5ms); }), 1h));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ(results->error().kind, Kind::cancelled);
  });
}

TEST(MatrixOrchestratorCancel, NothingStartsAfterIt) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(3);
    auto run = spawn(orchestrator.run(many(40, [&recorder] { return sleeper(recorder, 0ns); }), 1h));
    while (recorder.started < 5)
      co_await yield_now();  // now some tasks wait, some have a permit, and some are spawned
    orchestrator.cancel();
    const int started = recorder.started;
    const auto results = co_await run;
    EXPECT_EQ(recorder.started, started);
    EXPECT_TRUE(started == 40 || results->error().kind == Kind::cancelled);
  });
}

TEST(MatrixOrchestratorCancel, TheGlobalTimeoutBoundsTasksThatIgnoreTheToken) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    const Instant begin = now();
    auto tasks = list(sleeper(recorder, 10h), listener(recorder), sleeper(recorder, 10h));
    auto run = spawn(orchestrator.run(std::move(tasks), 50ms));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ(results->error().kind, Kind::cancelled);
    EXPECT_GE(now() - begin, 50ms);
    EXPECT_EQ(recorder.cleaned, 1);
    EXPECT_EQ(recorder.present, 0);
    EXPECT_EQ(recorder.started, 2);
  });
}

TEST(MatrixOrchestratorCancel, ATaskThatThrowsLeavesTheOthersTimeToCleanUp) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    AsyncTask rude = [&recorder](std::uint32_t, CancellationToken token) -> Task<Answer> {
      const Presence presence(recorder);
      co_await token.cancelled();
      throw std::runtime_error("no");
    };
    auto run = spawn(orchestrator.run(list(std::move(rude), listener(recorder, 5ms)), 1h));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ(results->error().kind, Kind::cancelled);
    EXPECT_EQ(recorder.cleaned, 1);
  });
}

TEST(MatrixOrchestratorCancel, ATaskMayCallIt) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    AsyncTask traitor = [orchestrator](std::uint32_t, CancellationToken token) -> Task<Answer> {
      co_await sleep(1ms);
      orchestrator.cancel();
      co_return token.is_cancelled() ? "ignorance is bliss" : "";
    };
    auto tasks = list(std::move(traitor), listener(recorder), listener(recorder), listener(recorder));
    const Results results = co_await orchestrator.run(std::move(tasks), 1h);
    EXPECT_EQ(results.error().kind, Kind::cancelled);
    EXPECT_LE(recorder.started, 1);
    EXPECT_EQ(recorder.told, recorder.started);
  });
}

TEST(MatrixOrchestratorCancel, IsForAllRunsOfAllCopiesAndForGood) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(1);
    const MatrixOrchestrator copy = orchestrator;
    auto busy = spawn(orchestrator.run(list(listener(recorder, 1ms)), 1h));
    co_await until_started(recorder, 1);
    auto in_line = spawn(copy.run(list(sleeper(recorder, 0ns)), 1h));
    copy.cancel();
    copy.cancel();
    const auto first = co_await busy;
    const auto second = co_await in_line;
    EXPECT_EQ(first->error().kind, Kind::cancelled);
    EXPECT_EQ(second->error().kind, Kind::cancelled);
    const Results later = co_await orchestrator.run(list(sleeper(recorder, 0ns)), 1h);
    EXPECT_EQ(later.error().kind, Kind::cancelled);
    EXPECT_EQ(recorder.started, 1);
  });
}

TEST(MatrixOrchestratorCancel, EndsARunThatWaitsForThePermitsOfAnother) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(1);
    auto busy = spawn(orchestrator.run(list(sleeper(recorder, 1h)), 2h));
    co_await until_started(recorder, 1);
    auto in_line = spawn(orchestrator.run(list(sleeper(recorder, 0ns)), 2h));
    co_await sleep(1ms);
    const Instant begin = now();
    orchestrator.cancel();
    const auto results = co_await in_line;
    EXPECT_EQ(results->error().kind, Kind::cancelled);
    EXPECT_EQ(now(), begin);
    static_cast<void>(co_await busy);
  });
}

/// Draws a run of at most `most_tasks` tasks, which it may cancel.
Task<void> explore_run(std::size_t most_permits, std::size_t most_tasks, std::size_t longest) {
  using explorer::choose;
  const auto milliseconds = [](std::size_t below) { return std::chrono::milliseconds(choose(below)); };
  Recorder recorder;
  const std::size_t limit = 1 + choose(most_permits);
  const MatrixOrchestrator orchestrator(limit);
  std::vector<AsyncTask> tasks;
  for (std::size_t left = choose(most_tasks + 1); left > 0; --left) {
    const Duration length = milliseconds(longest);
    const std::size_t what = choose(3);
    tasks.push_back(what == 2 ? thrower(recorder, length)
                              : (what == 1 ? listener(recorder, length) : sleeper(recorder, length)));
  }
  const Duration until_drop = 3ms + milliseconds(8 * longest);
  auto run = spawn(orchestrator.run(std::move(tasks), until_drop));
  auto first = co_await select(run, sleep(milliseconds(2 * longest)));
  explorer::reached("the run is over before", first.index() == 0);
  explorer::reached("the run is not over before", first.index() == 1);
  if (first.index() == 1) {
    if (choose(2) == 0) orchestrator.cancel();
    static_cast<void>(co_await run);
  }
  EXPECT_EQ(recorder.present, 0);
  EXPECT_LE(recorder.peak, static_cast<int>(limit));
  explorer::reached("as many tasks run as may", recorder.peak == static_cast<int>(limit));
}

COROKIT_EXPLORE(MatrixOrchestratorCancel, WhateverHappensToARunOfTwoTheLimitHoldsAndNothingIsLeft,
                .search = explorer::Search::depth_first, .preemptions = 0, .schedules = 50'000,
                .allow_unseen_exceptions = true) {
  co_await explore_run(1, 2, 2);
}

COROKIT_EXPLORE(MatrixOrchestratorCancel, WhateverHappensTheLimitHoldsAndNothingIsLeft,
                .search = explorer::Search::random, .schedules = 2'000, .allow_unseen_exceptions = true) {
  co_await explore_run(4, 12, 5);
}

}  // namespace
}  // namespace corokit
