#include <corokit/orchestrator/matrix_orchestrator.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <algorithm>
#include <limits>

#include "support/recorder.hpp"

namespace corokit {
namespace {

using namespace test;

TEST(MatrixOrchestrator, RefusesZeroPermits) {
  EXPECT_THROW(MatrixOrchestrator(0), std::invalid_argument);
}

TEST(MatrixOrchestrator, AcceptsMorePermitsThanASemaphoreHas) {
  const MatrixOrchestrator unlimited(std::numeric_limits<std::size_t>::max());
  EXPECT_TRUE(block_on(unlimited.run({}, 1s)));
}

TEST(MatrixOrchestrator, NoTasksGiveNoResultsWhateverElseHolds) {
  everywhere([]() -> Task<void> {
    const MatrixOrchestrator orchestrator(2);
    for (const Duration timeout : {Duration(1s), Duration(0)}) {
      const Results results = co_await orchestrator.run({}, timeout);
      EXPECT_TRUE(results && results->empty());
    }
    orchestrator.cancel();
    const Results cancelled = co_await orchestrator.run({}, 1s);
    EXPECT_TRUE(cancelled && cancelled->empty());
  });
}

TEST(MatrixOrchestrator, WithoutTimeThereIsATimeoutAndNothingStarts) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    for (const Duration timeout : {Duration(0), Duration(-1s)}) {
      const Results results = co_await orchestrator.run(list(sleeper(recorder, 0ns)), timeout);
      EXPECT_EQ(results.error().kind, Kind::timeout);
    }
    EXPECT_EQ(recorder.started, 0);
  });
}

TEST(MatrixOrchestrator, TakesATimeoutOfAnyUnit) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    EXPECT_TRUE(co_await orchestrator.run(list(sleeper(recorder, 1ms)), std::chrono::hours::max()));
    EXPECT_TRUE(co_await orchestrator.run(list(sleeper(recorder, 1ms)), std::chrono::years(300)));
    EXPECT_TRUE(
        co_await orchestrator.run(list(sleeper(recorder, 1ms)), std::chrono::duration<double>(1e300)));
    EXPECT_FALSE(co_await orchestrator.run(list(sleeper(recorder, 1ms)), std::chrono::hours::min()));
    EXPECT_EQ(recorder.started, 3);
  });
}

TEST(MatrixOrchestrator, OnePermitRunsOneAfterAnotherInOrderOfSubmission) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(1);
    std::vector<AsyncTask> tasks;
    std::vector<std::uint32_t> order;  // tasks use it one at a time, or ThreadSanitizer reports a race
    for (const int length : {3, 0, 1, 0, 0, 2}) {
      tasks.push_back([&recorder, &order, length](std::uint32_t id, CancellationToken) -> Task<Answer> {
        const Presence presence(recorder);
        order.push_back(id);
        for (int i = 0; i < length; ++i) co_await sleep(1ms);
        co_return "";
      });
    }
    const Results results = co_await orchestrator.run(std::move(tasks), 1h);
    const std::vector<std::uint32_t> expected{0, 1, 2, 3, 4, 5};
    EXPECT_EQ(order, expected);
    EXPECT_EQ(ids(results), expected);
    EXPECT_EQ(recorder.peak, 1);
  });
}

TEST(MatrixOrchestrator, AnErrorIsAResultAndTheRunGoesOn) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(1);
    AsyncTask complaint = [](std::uint32_t, CancellationToken) -> Task<Answer> {
      co_return Err<std::string>("I know kung fu");
    };
    const Results results = co_await orchestrator.run(list(std::move(complaint), sleeper(recorder, 1ms)), 1h);
    EXPECT_EQ(results->size(), 2u);
    EXPECT_EQ(results->at(0).result, "I know kung fu");
    EXPECT_EQ(results->at(1).result, "agent 1");
  });
}

TEST(MatrixOrchestrator, AnExceptionFailsTheRunWithWhatItSaysAndDropsTheOthers) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    auto tasks = list(sleeper(recorder, 10h), thrower(recorder, 1ms), sleeper(recorder, 10h));
    const Results results = co_await orchestrator.run(std::move(tasks), 20h);
    EXPECT_EQ(results.error().kind, Kind::task_failed);
    EXPECT_NE(results.error().message.find("there is no spoon"), std::string::npos);
    EXPECT_EQ(recorder.present, 0);
    const Results again = co_await orchestrator.run(list(sleeper(recorder, 1ms)), 1h);
    EXPECT_TRUE(again);
  });
}

TEST(MatrixOrchestrator, AnExceptionBeforeTheFirstSuspensionCountsAsWell) {
  everywhere([]() -> Task<void> {
    const MatrixOrchestrator orchestrator(1);
    AsyncTask early = [](std::uint32_t, CancellationToken) -> Task<Answer> { throw 7; };
    const Results results = co_await orchestrator.run(list(std::move(early)), 1h);
    EXPECT_EQ(results.error().kind, Kind::task_failed);
    AsyncTask used = [](std::uint32_t, CancellationToken) -> Task<Answer> { co_return ""; };
    const AsyncTask taken = std::move(used);
    // NOLINTNEXTLINE(bugprone-use-after-move): an empty task is what this is about.
    const Results empty = co_await orchestrator.run(list(std::move(used)), 1h);
    EXPECT_EQ(empty.error().kind, Kind::task_failed);
  });
}

TEST(MatrixOrchestrator, TheGlobalTimeoutDropsWhatRunsAndGivesThePermitsBack) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    const Instant begin = now();
    auto tasks =
        list(sleeper(recorder, 10h), sleeper(recorder, 0ns), sleeper(recorder, 10h), sleeper(recorder, 10h));
    const Results results = co_await orchestrator.run(std::move(tasks), 10ms);
    EXPECT_EQ(results.error().kind, Kind::timeout);
    EXPECT_GE(now() - begin, 10ms);
    EXPECT_EQ(recorder.present, 0);
    const auto sleep_a_moment = [&recorder] { return sleeper(recorder, 2ms); };
    EXPECT_TRUE(co_await orchestrator.run(many(4, sleep_a_moment), 1h));
  });
}

TEST(MatrixOrchestrator, ResultsComeInOrderOfCompletionAndDurationsCountFromThePermit) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    auto tasks = list(sleeper(recorder, 60ms), sleeper(recorder, 20ms), sleeper(recorder, 25ms),
                      sleeper(recorder, 60ms));
    const Instant begin = now();
    const Results results = co_await orchestrator.run(std::move(tasks), 1h);
    EXPECT_EQ(ids(results), (std::vector<std::uint32_t>{1, 2, 0, 3}));
    std::vector<std::uint64_t> durations;
    for (const TaskResult& result : *results) durations.push_back(result.duration_ms);
    EXPECT_EQ(durations, (std::vector<std::uint64_t>{20, 25, 60, 60}));
    EXPECT_EQ(now() - begin, 105ms);
  });
}

TEST(MatrixOrchestrator, AllRunsOfAllCopiesShareOneLimit) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(3);
    const MatrixOrchestrator copy = orchestrator;
    const auto make = [&recorder] { return sleeper(recorder, 2ms); };
    auto first = spawn(orchestrator.run(many(7, make), 1h));
    auto second = spawn(copy.run(many(7, make), 1h));
    const auto results = co_await first;
    const auto more = co_await second;
    EXPECT_EQ((*results)->size() + (*more)->size(), 14u);
    EXPECT_LE(recorder.peak, 3);
  });
}

TEST(MatrixOrchestrator, ARunKeepsWhatItNeedsOfTheOrchestrator) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    Task<Results> run = MatrixOrchestrator(1).run(list(sleeper(recorder, 1ms), sleeper(recorder, 1ms)), 1h);
    EXPECT_TRUE(co_await std::move(run));
  });
}

TEST(MatrixOrchestrator, DroppingARunMidwayEndsItsTasksAndGivesThePermitsBack) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(3);
    auto tasks =
        list(sleeper(recorder, 0ns), sleeper(recorder, 10h), sleeper(recorder, 10h), sleeper(recorder, 10h));
    const auto dropped = co_await timeout(3ms, orchestrator.run(std::move(tasks), 20h));
    EXPECT_FALSE(dropped);
    const auto make = [&recorder] { return sleeper(recorder, 1ms); };
    EXPECT_TRUE(co_await orchestrator.run(many(6, make), 1h));
    // The three tasks that were dropped are gone by now: the six tasks needed their permits.
    EXPECT_EQ(recorder.present, 0);
  });
}

TEST(MatrixOrchestrator, DroppingARunAtAnyStepLeavesNothingBehind) {
  for (std::uint64_t steps = 1; steps < 60; ++steps) {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(2);
    sim::Simulation simulation(sim::Options{.seed = steps});
    auto waiting_steps = [](std::uint64_t count) -> Task<void> {
      for (std::uint64_t i = 0; i < count; ++i) co_await yield_now();
    };
    auto body = [&](std::uint64_t count) -> Task<void> {
      const auto make = [&recorder] { return sleeper(recorder, 0ns); };
      auto run = spawn(orchestrator.run(many(5, make), 1h));
      co_await waiting_steps(count);
      run.abort();
      static_cast<void>(co_await run);
      const Results results = co_await orchestrator.run(many(3, make), 1h);
      EXPECT_EQ(results->size(), 3u);
    };
    EXPECT_TRUE(simulation.run(body(steps)));
    EXPECT_EQ(recorder.present, 0);
    EXPECT_LE(recorder.peak, 2);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
  }
}

TEST(MatrixOrchestrator, RunsTenThousandTasks) {
  const auto body = [](std::size_t limit) -> Task<void> {
    Recorder recorder;
    const MatrixOrchestrator orchestrator(limit);
    const auto make = [&recorder] { return sleeper(recorder, 10us); };
    Results results = co_await orchestrator.run(many(10'000, make), 1h);
    auto found = ids(results);
    std::sort(found.begin(), found.end());
    for (std::uint32_t id = 0; id < 10'000; ++id) EXPECT_EQ(found.at(id), id);
    EXPECT_EQ(found.size(), 10'000u);
    EXPECT_LE(recorder.peak, static_cast<int>(limit));
  };
  for (const std::size_t limit : {7u, 20'000u}) {
    EXPECT_TRUE(sim::run(sim::Options{.seed = limit}, body(limit)));
    Runtime::multi_thread(4).block_on(body(limit));
  }
}

TEST(MatrixOrchestrator, TasksRunOnTheRuntimeThatCalled) {
  in_simulation([]() -> Task<void> {
    const MatrixOrchestrator orchestrator(2);
    AsyncTask look = [](std::uint32_t, CancellationToken) -> Task<Answer> {
      co_return sim::is_simulated() ? "here" : "elsewhere";
    };
    const Results results = co_await orchestrator.run(list(std::move(look)), 1h);
    EXPECT_EQ(results->at(0).result, "here");
  });
}

TEST(MatrixOrchestrator, EverySubscriberReceivesEveryMessage) {
  everywhere([]() -> Task<void> {
    const MatrixOrchestrator orchestrator(1);
    const MatrixOrchestrator copy = orchestrator;
    EXPECT_EQ(orchestrator.broadcast("nobody"), 0u);
    auto first = orchestrator.subscribe();
    {
      auto second = copy.subscribe();
      EXPECT_EQ(orchestrator.broadcast("wake up"), 2u);
      EXPECT_EQ(second.try_recv(), "wake up");
    }
    EXPECT_EQ(copy.broadcast("follow the rabbit"), 1u);
    EXPECT_EQ(co_await first.recv(), "wake up");
    EXPECT_EQ(co_await first.recv(), "follow the rabbit");
  });
}

}  // namespace
}  // namespace corokit
