#include <corokit/orchestrator/priority_orchestrator.hpp>

#include <limits>

#include "support/trace.hpp"

namespace corokit {
namespace {

using namespace test;

/// Checks that the run is refused, with an error that names the task and the bound.
Task<void> expect_refused(TaskList tasks, std::uint32_t id, std::string bound) {
  Trace trace;
  const PriorityOrchestrator orchestrator(2);
  const PriorityResults results = co_await orchestrator.run_with_priority(std::move(tasks), stubborn(trace));
  EXPECT_FALSE(results);
  if (results) co_return;
  EXPECT_EQ(results.error().kind, PriorityKind::invalid_task);
  EXPECT_EQ(results.error().task_id, id);
  EXPECT_NE(results.error().message.find("task " + std::to_string(id) + ":"), std::string::npos);
  EXPECT_NE(results.error().message.find(bound), std::string::npos) << results.error().message;
  EXPECT_EQ(trace.recorder.started, 0);
}

Task<void> expect_refused(PrioritizedTask task, std::string bound) {
  TaskList tasks = alike(2, 3, 5ms);
  const std::uint32_t id = task.id;
  tasks.push_back(task);
  co_await expect_refused(std::move(tasks), id, std::move(bound));
}

TEST(PriorityOrchestrator, RefusesZeroWorkersAndSettingsOutOfBounds) {
  EXPECT_THROW(PriorityOrchestrator(0), std::invalid_argument);
  EXPECT_THROW(PriorityOrchestrator(1, with_ageing(0s)), std::invalid_argument);
  PriorityOptions options;
  options.margin = -1ns;
  EXPECT_THROW(PriorityOrchestrator(1, options), std::invalid_argument);
}

TEST(PriorityOrchestrator, RefusesAPriorityOrAnEstimateOutOfBoundsByName) {
  block_on([]() -> Task<void> {
    for (const unsigned priority : {0u, 11u, std::numeric_limits<unsigned>::max()})
      co_await expect_refused(PrioritizedTask(7, priority, 5ms), "from 1 to 10");
    const std::vector<Duration> wrong{-5ms, 0ms, 1ms - 1ns, 60s + 1ns, Duration::max(), Duration::min()};
    for (const Duration estimate : wrong)
      co_await expect_refused(PrioritizedTask(8, 5, estimate), "from 1 ms to 60 s");
    co_await expect_refused(PrioritizedTask(8, 5, std::chrono::hours::max()), "from 1 ms to 60 s");
  }());
}

TEST(PriorityOrchestrator, TakesDurationsOfAnyUnit) {
  PriorityOptions options;
  options.ageing_step = std::chrono::hours::max();
  options.margin = std::chrono::years(300);
  block_on([](PriorityOptions of) -> Task<void> {
    Trace trace;
    const PriorityOrchestrator oracle(1, of);
    EXPECT_TRUE(
        co_await oracle.run_with_priority(alike(1, 3, 5ms), stubborn(trace), std::chrono::hours::max()));
    EXPECT_FALSE(
        co_await oracle.run_with_priority(alike(1, 3, 5ms), stubborn(trace), std::chrono::hours::min()));
  }(options));
}

TEST(PriorityOrchestrator, RefusesAnIdThatTwoTasksShare) {
  block_on(expect_refused(PrioritizedTask(1, 5, 5ms), "unique"));
}

TEST(PriorityOrchestrator, RefusesNoTasksAndMoreThanTenThousand) {
  block_on([]() -> Task<void> {
    Trace trace;
    const PriorityResults none = co_await PriorityOrchestrator(1).run_with_priority({}, stubborn(trace));
    EXPECT_EQ(none.error().kind, PriorityKind::invalid_task);
    EXPECT_EQ(none.error().task_id, std::nullopt);
    EXPECT_NE(none.error().message.find("from 1 to 10000"), std::string::npos);
    co_await expect_refused(alike(10'001, 1, 1ms), 10'000, "from 1 to 10000");
  }());
}

TEST(PriorityOrchestrator, AcceptsTheBoundsThemselves) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    TaskList tasks{PrioritizedTask(0, 1, 1ms), PrioritizedTask(4'000'000'000, 10, 60s)};
    const PriorityOrchestrator unlimited(std::numeric_limits<std::size_t>::max());
    const PriorityResults results = co_await unlimited.run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(ids(results), (Ids{0, 4'000'000'000}));
    EXPECT_EQ(results->at(0).duration_ms, 1u);
    EXPECT_EQ(results->at(1).duration_ms, 60'000u);
  });
}

TEST(PriorityOrchestrator, RunsByPriorityThenShortestEstimateThenId) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    TaskList tasks{PrioritizedTask(1, 10, 1ms), PrioritizedTask(2, 2, 9ms), PrioritizedTask(3, 2, 3ms),
                   PrioritizedTask(9, 1, 50ms), PrioritizedTask(8, 2, 3ms), PrioritizedTask(5, 1, 60ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order(), (Ids{9, 5, 3, 8, 2, 1}));
    EXPECT_EQ(ids(results), trace.order());
    EXPECT_EQ(trace.recorder.peak, 1);
  });
}

TEST(PriorityOrchestrator, OtherPoliciesKeepTheirOwnOrder) {
  in_simulation([]() -> Task<void> {
    const Instant begin = now();
    TaskList tasks{PrioritizedTask(4, 5, 20ms), PrioritizedTask(1, 1, 30ms, begin + 1h),
                   PrioritizedTask(2, 9, 10ms), PrioritizedTask(3, 9, 40ms, begin + 1s)};
    const std::vector<std::pair<Policy, Ids>> expected{{Policy::fifo, {4, 1, 2, 3}},
                                                       {Policy::shortest, {2, 4, 1, 3}},
                                                       {Policy::priority, {1, 4, 2, 3}},
                                                       {Policy::deadline, {3, 1, 4, 2}},
                                                       {Policy::combined, {1, 4, 2, 3}}};
    for (const auto& [policy, order] : expected) {
      Trace trace;
      const PolicyOrchestrator orchestrator(1, policy);
      EXPECT_TRUE(co_await orchestrator.run_with_priority(tasks, stubborn(trace)));
      EXPECT_EQ(trace.order(), order) << static_cast<int>(policy);
    }
  });
}

TEST(PriorityOrchestrator, RunsEachTaskOnceWithinTheLimitFor1To16Workers) {
  for (std::size_t workers = 1; workers <= 16; ++workers) {
    for (const bool stealing : {true, false}) {
      const auto body = [](std::size_t limit, bool is_stealing) -> Task<void> {
        Recorder recorder;
        const PriorityOrchestrator orchestrator(limit);
        orchestrator.enable_work_stealing(is_stealing);
        TaskList tasks = alike(40, 1, 1ms);
        for (PrioritizedTask& task : tasks) task.priority = 1 + task.id % 10;
        const PriorityResults results =
            co_await orchestrator.run_with_priority(tasks, recorded_worker(recorder));
        Ids all(40);
        for (std::uint32_t id = 0; id < 40; ++id) all[id] = id;
        EXPECT_EQ(sorted(ids(results)), all);
        EXPECT_LE(recorder.peak, static_cast<int>(limit));
        EXPECT_EQ(recorder.started, 40);
        for (const PriorityResult& result : *results) EXPECT_LT(result.worker, limit);
      };
      const auto ended = sim::run(sim::Options{.seed = workers}, body(workers, stealing));
      EXPECT_TRUE(ended) << ended.error().message;
      Runtime::multi_thread(4).block_on(body(workers, stealing));
    }
  }
}

TEST(PriorityOrchestrator, ReachesTheLimit) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    EXPECT_TRUE(co_await PriorityOrchestrator(3).run_with_priority(alike(7, 1, 10ms), stubborn(trace)));
    EXPECT_EQ(trace.recorder.peak, 3);
    EXPECT_EQ(now() - begin, 30ms);
  });
}

TEST(PriorityOrchestrator, DealsInOrderOfUrgencyToTheQueueWithTheLeastEstimatedWork) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const PriorityOrchestrator orchestrator(2);
    orchestrator.enable_work_stealing(false);
    // Queue 0 gets 30 ms of work. Queue 1 gets 10, then 15 (25 in all), then 20 ms (45 in all). Queue 0 then gets 5 ms.
    TaskList tasks{PrioritizedTask(1, 1, 30ms), PrioritizedTask(2, 2, 10ms), PrioritizedTask(3, 3, 15ms),
                   PrioritizedTask(4, 4, 20ms), PrioritizedTask(5, 5, 5ms)};
    const PriorityResults results = co_await orchestrator.run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(of(1, results).worker, 0u);
    EXPECT_EQ(of(2, results).worker, 1u);
    EXPECT_EQ(of(3, results).worker, 1u);
    EXPECT_EQ(of(4, results).worker, 1u);
    EXPECT_EQ(of(5, results).worker, 0u);
  });
}

/// There are three queues: 0 holds tasks 1 and 4, 1 holds 2 and 5, 2 holds only 3. Task 5 is the most work that waits.
TaskList three_queues() {
  return TaskList{PrioritizedTask(1, 1, 30ms), PrioritizedTask(2, 1, 40ms), PrioritizedTask(3, 1, 200ms),
                  PrioritizedTask(4, 2, 50ms), PrioritizedTask(5, 2, 60ms)};
}

/// Task 3 is over at once, whatever was estimated.
Duration three_is_short(const PrioritizedTask& task) {
  return task.id == 3 ? 1ms : task.estimated_duration;
}

TEST(PriorityOrchestrator, AnIdleWorkerTakesFromTheFullestQueue) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const PriorityOrchestrator orchestrator(3);
    orchestrator.enable_work_stealing(true);
    const PriorityResults results =
        co_await orchestrator.run_with_priority(three_queues(), stubborn(trace, three_is_short));
    EXPECT_EQ(sorted(ids(results)), (Ids{1, 2, 3, 4, 5}));
    EXPECT_EQ(of(5, results).worker, 2u);
    EXPECT_EQ(of(4, results).worker, 0u);
    EXPECT_EQ(of(5, results).started - of(3, results).ended, 0ns);
  });
}

TEST(PriorityOrchestrator, WithStealingOffAnIdleWorkerStaysIdle) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const PriorityOrchestrator orchestrator(3);
    orchestrator.enable_work_stealing(true);
    orchestrator.enable_work_stealing(false);
    const PriorityResults results =
        co_await orchestrator.run_with_priority(three_queues(), stubborn(trace, three_is_short));
    EXPECT_EQ(of(4, results).worker, 0u);
    EXPECT_EQ(of(5, results).worker, 1u);
    EXPECT_EQ(of(5, results).started - of(2, results).ended, 0ns);
  });
}

TEST(PriorityOrchestrator, AnErrorIsAResultAndDurationsCountTimeInASlot) {
  in_simulation([]() -> Task<void> {
    const PriorityOrchestrator orchestrator(1);
    const PriorityExecutor complain = [](PrioritizedTask, PriorityContext) -> Task<Answer> {
      co_await sleep(7ms);
      co_return Err<std::string>("I know kung fu");
    };
    const PriorityResults results = co_await orchestrator.run_with_priority(alike(2, 1, 1ms), complain);
    EXPECT_EQ(results->at(1).result, "I know kung fu");
    EXPECT_EQ(results->at(1).duration_ms, 7u);
    EXPECT_EQ(results->at(1).ended - results->at(1).started, 7ms);
    EXPECT_EQ(results->at(1).deadline, Deadline::none);
  });
}

TEST(PriorityOrchestrator, ATaskIsNotThereBeforeItsRelease) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    const TaskList tasks{PrioritizedTask(1, 1, 10ms, std::nullopt, begin + 100ms),
                         PrioritizedTask(2, 5, 30ms, std::nullopt, begin - 1h),
                         PrioritizedTask(3, 9, 10ms, std::nullopt, begin + 90ms)};
    EXPECT_TRUE(co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace)));
    EXPECT_EQ(trace.order(), (Ids{2, 3, 1}));
    EXPECT_EQ(trace.starts[1].time - begin, 90ms);
    EXPECT_EQ(trace.starts[2].time - begin, 100ms);
  });
}

TEST(PriorityOrchestrator, AnIdleWorkerMeetsWhatArrivesForABusyOne) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    // The tasks are assigned to the queues 0, 1 and 0.
    const TaskList tasks{PrioritizedTask(1, 1, 20ms), PrioritizedTask(2, 1, 30ms),
                         PrioritizedTask(3, 2, 10ms, std::nullopt, begin + 40ms)};
    const auto long_first = [](const PrioritizedTask& task) { return task.id == 1 ? Duration(1s) : 10ms; };
    const PriorityResults results =
        co_await PriorityOrchestrator(2).run_with_priority(tasks, stubborn(trace, long_first));
    EXPECT_EQ(of(3, results).started - begin, 40ms);
    EXPECT_EQ(of(3, results).worker, 1u);
  });
}

TEST(PriorityOrchestrator, AllRunsOfAllCopiesShareOneLimit) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(3);
    const PriorityOrchestrator copy = orchestrator;
    auto first = spawn(orchestrator.run_with_priority(alike(9, 1, 1ms), recorded_worker(recorder)));
    auto second = spawn(copy.run_with_priority(alike(9, 2, 1ms), recorded_worker(recorder)));
    const auto results = co_await first;
    const auto more = co_await second;
    EXPECT_EQ((*results)->size() + (*more)->size(), 18u);
    EXPECT_LE(recorder.peak, 3);
  });
}

TEST(PriorityOrchestrator, ARunKeepsWhatItNeedsOfTheOrchestratorAndOfTheExecutor) {
  everywhere([]() -> Task<void> {
    const auto text = std::make_shared<const std::string>("kept");
    Task<PriorityResults> run = PriorityOrchestrator(1).run_with_priority(
        alike(2, 1, 1ms), [text](PrioritizedTask, PriorityContext context) -> Task<Answer> {
          co_await context.checkpoint();
          co_return *text;
        });
    const PriorityResults results = co_await std::move(run);
    EXPECT_EQ(results->at(1).result, "kept");
  });
}

TEST(PriorityOrchestrator, RunsTenThousandTasksWhateverTheNumberOfWorkers) {
  const auto body = [](std::size_t workers) -> Task<void> {
    Recorder recorder;
    const PriorityResults results = co_await PriorityOrchestrator(workers).run_with_priority(
        alike(10'000, 3, 1ms), recorded_worker(recorder));
    const Ids found = sorted(ids(results));
    EXPECT_EQ(found.size(), 10'000u);
    for (std::uint32_t id = 0; id < found.size(); ++id) EXPECT_EQ(found[id], id);
    EXPECT_LE(recorder.peak, static_cast<int>(workers));
  };
  for (const std::size_t workers : {1u, 7u, 20'000u}) {
    const auto ended = sim::run(sim::Options{.seed = workers}, body(workers));
    EXPECT_TRUE(ended) << ended.error().message;
  }
  Runtime::multi_thread(4).block_on(body(100));
}

}  // namespace
}  // namespace corokit
