// Tests deadlines, preemption and learning of PriorityOrchestrator, in virtual time.
#include <corokit/time/timeout.hpp>

#include <cstdio>

#include "support/load_generator.hpp"
#include "support/trace.hpp"

namespace corokit {
namespace {

using namespace test;

TEST(PriorityOrchestratorDeadline, PriorityRulesUntilADeadlineIsAtRisk) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    // Task 3 has to start at 70 ms, and the margin is 10 ms: when the worker is free at 50 ms it can wait, at 60 ms it
    // cannot.
    const TaskList tasks{PrioritizedTask(1, 1, 50ms), PrioritizedTask(2, 2, 10ms),
                         PrioritizedTask(3, 9, 30ms, begin + 100ms), PrioritizedTask(4, 2, 11ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order(), (Ids{1, 2, 3, 4}));
    EXPECT_EQ(of(3, results).deadline, Deadline::met);
    EXPECT_EQ(of(4, results).deadline, Deadline::none);
  });
}

TEST(PriorityOrchestratorDeadline, OfThoseAtRiskTheEarliestGoesFirst) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    TaskList tasks{PrioritizedTask(9, 1, 10ms), PrioritizedTask(1, 1, 20ms, begin + 63ms),
                   PrioritizedTask(2, 9, 20ms, begin + 42ms), PrioritizedTask(3, 5, 20ms, begin + 21ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order(), (Ids{3, 2, 1, 9}));
    for (const std::uint32_t id : {1u, 2u, 3u}) EXPECT_EQ(of(id, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorDeadline, ManyThatCouldWaitAloneAreAtRiskTogether) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    TaskList tasks = alike(11, 9, 10ms);
    for (PrioritizedTask& task : tasks) task.deadline = now() + 108ms;
    tasks[0].deadline.reset();
    tasks[0].priority = 1;
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order().back(), 0u);
    for (std::uint32_t id = 1; id < 11; ++id) EXPECT_EQ(of(id, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorDeadline, OneThatHasPassedRunsInItsTurnAndIsReportedAsMissed) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    const TaskList tasks{PrioritizedTask(1, 5, 10ms, begin - 1s), PrioritizedTask(2, 1, 10ms),
                         PrioritizedTask(3, 9, 10ms), PrioritizedTask(4, 8, 10ms, begin)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order(), (Ids{2, 1, 4, 3}));
    EXPECT_EQ(of(1, results).deadline, Deadline::missed);
    EXPECT_EQ(of(4, results).deadline, Deadline::missed);
  });
}

TEST(PriorityOrchestratorDeadline, IfAllHavePassedEachTaskStillRunsOnce) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    TaskList tasks = alike(50, 4, 3ms);
    for (PrioritizedTask& task : tasks) task.deadline = Instant::min() + Duration(task.id);
    const PriorityResults results =
        co_await PriorityOrchestrator(3).run_with_priority(tasks, worker(trace, 1ms));
    EXPECT_EQ(results->size(), 50u);
    for (const PriorityResult& result : *results) EXPECT_EQ(result.deadline, Deadline::missed);
    EXPECT_EQ(trace.starts.size(), 50u);
  });
}

TEST(PriorityOrchestratorDeadline, OneAtTheEndOfTimePutsNobodyAtRisk) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const TaskList tasks{PrioritizedTask(1, 5, 10ms, Instant::max()), PrioritizedTask(2, 1, 10ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(trace.order(), (Ids{2, 1}));
    EXPECT_EQ(of(1, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorPreemption, ALessUrgentTaskGivesWayAtItsNextCheckpointAndGoesOnWhereItWas) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    // Task 2 has to start by 53 ms: task 1 is asked at 43 ms, and gives way at 45 ms.
    const TaskList tasks{PrioritizedTask(1, 1, 100ms), PrioritizedTask(2, 9, 50ms, begin + 103ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, worker(trace, 5ms));
    EXPECT_EQ(trace.order(), (Ids{1, 2, 1}));
    EXPECT_EQ(trace.starts.at(1).time - begin, 45ms);
    EXPECT_EQ(trace.starts.at(2).time - begin, 95ms);
    EXPECT_EQ(of(2, results).deadline, Deadline::met);
    EXPECT_EQ(of(1, results).ended - begin, 150ms);
    EXPECT_EQ(of(1, results).duration_ms, 100u);
    EXPECT_EQ(of(1, results).preemptions, 1u);
    EXPECT_EQ(of(1, results).started, begin);
    EXPECT_EQ(of(2, results).preemptions, 0u);
    EXPECT_EQ(trace.recorder.started, 2);
    EXPECT_EQ(results->at(0).task_id, 2u);
  });
}

TEST(PriorityOrchestratorPreemption, AContextTellsWhetherItsTaskIsAsked) {
  in_simulation([]() -> Task<void> {
    const Instant begin = now();
    std::vector<bool> asked;
    const PriorityExecutor look = [&](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      for (int i = 0; i < 5 && task.id == 1; ++i) {
        asked.push_back(context.is_asked_to_give_way());
        co_await sleep(20ms);
      }
      co_return "";
    };
    const TaskList tasks{PrioritizedTask(1, 1, 100ms), PrioritizedTask(2, 9, 50ms, begin + 103ms)};
    EXPECT_TRUE(co_await PriorityOrchestrator(1).run_with_priority(tasks, look));
    EXPECT_EQ(asked, (std::vector<bool>{false, false, false, true, true}));
  });
}

TEST(PriorityOrchestratorPreemption, TheLeastUrgentIsAskedFirst) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    // All three run. Of the two without a deadline task 2 is less urgent. Task 3 has a deadline, later than that of 4.
    const TaskList tasks{PrioritizedTask(1, 1, 200ms), PrioritizedTask(2, 2, 200ms),
                         PrioritizedTask(3, 2, 100ms, begin + 900ms),
                         PrioritizedTask(4, 9, 50ms, begin + 150ms, begin + 20ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(3).run_with_priority(tasks, worker(trace, 5ms));
    EXPECT_EQ(of(2, results).preemptions, 1u);
    EXPECT_EQ(of(1, results).preemptions, 0u);
    EXPECT_EQ(of(3, results).preemptions, 0u);
    EXPECT_EQ(of(4, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorPreemption, AMoreUrgentDeadlineIsNotAsked) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    const TaskList tasks{PrioritizedTask(1, 9, 100ms, begin + 100ms),
                         PrioritizedTask(2, 1, 50ms, begin + 110ms, begin + 1ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, worker(trace, 5ms));
    EXPECT_EQ(trace.order(), (Ids{1, 2}));
    EXPECT_EQ(of(1, results).deadline, Deadline::met);
    EXPECT_EQ(of(2, results).deadline, Deadline::missed);
  });
}

TEST(PriorityOrchestratorPreemption, AnEarlierDeadlineMakesALaterOneGiveWay) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    const TaskList tasks{PrioritizedTask(1, 1, 100ms, begin + 400ms),
                         PrioritizedTask(2, 9, 50ms, begin + 90ms, begin + 12ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, worker(trace, 5ms));
    EXPECT_EQ(trace.order(), (Ids{1, 2, 1}));
    for (const PriorityResult& result : *results) EXPECT_EQ(result.deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorPreemption, AsManyGiveWayAsDeadlinesNeed) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    TaskList tasks = alike(8, 1, 300ms);
    for (std::uint32_t id = 100; id < 104; ++id)
      tasks.emplace_back(id, 9, 100ms, begin + 160ms, begin + 20ms);
    const PriorityResults results =
        co_await PriorityOrchestrator(8).run_with_priority(tasks, worker(trace, 5ms));
    std::size_t preemptions = 0;
    for (const PriorityResult& result : *results) preemptions += result.preemptions;
    EXPECT_EQ(preemptions, 4u);
    for (std::uint32_t id = 100; id < 104; ++id) EXPECT_EQ(of(id, results).deadline, Deadline::met);
    EXPECT_LE(trace.recorder.present, 0);
  });
}

TEST(PriorityOrchestratorPreemption, TurnedOffNobodyIsAskedAndNoneStartsThatADeadlineCannotWaitFor) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    PriorityOptions options;
    options.preemption = false;
    const TaskList tasks{PrioritizedTask(1, 1, 60ms), PrioritizedTask(3, 1, 20ms),
                         PrioritizedTask(2, 9, 50ms, begin + 100ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1, options).run_with_priority(tasks, worker(trace, 5ms));
    EXPECT_EQ(trace.order(), (Ids{3, 2, 1}));
    EXPECT_EQ(of(2, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorPreemption, ATaskThatNeverChecksIsWaitedForAndRemembered) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const Instant begin = now();
    // Task 1 is asked at 20 ms, and ends at 200 ms: from then on tasks are known to take 180 ms to give way. So at
    // 250 ms task 3 does not start, although task 4 could wait until 350 ms.
    const TaskList tasks{PrioritizedTask(1, 1, 200ms), PrioritizedTask(2, 9, 50ms, begin + 130ms),
                         PrioritizedTask(3, 1, 150ms, std::nullopt, begin + 230ms),
                         PrioritizedTask(4, 9, 50ms, begin + 400ms, begin + 230ms)};
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, stubborn(trace));
    EXPECT_EQ(of(1, results).preemptions, 0u);
    EXPECT_EQ(of(2, results).deadline, Deadline::missed);
    EXPECT_EQ(trace.order(), (Ids{1, 2, 4, 3}));
    EXPECT_EQ(of(4, results).deadline, Deadline::met);
  });
}

TEST(PriorityOrchestratorPreemption, ATaskMayDropItsCheckpointAndTheRunStillEnds) {
  in_simulation([]() -> Task<void> {
    const Instant begin = now();
    const PriorityOrchestrator orchestrator(1);
    const PriorityExecutor impatient = [](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      for (Duration left = task.estimated_duration; left > Duration(0); left -= 5ms) {
        co_await sleep(5ms);
        static_cast<void>(co_await timeout(1ms, context.checkpoint()));
      }
      co_return "";
    };
    for (int round = 0; round < 2; ++round) {
      const TaskList tasks{PrioritizedTask(1, 1, 100ms), PrioritizedTask(2, 9, 50ms, begin + 103ms)};
      const PriorityResults results = co_await orchestrator.run_with_priority(tasks, impatient);
      EXPECT_EQ(results->size(), 2u);
    }
  });
}

TEST(PriorityOrchestratorPreemption, AContextThatOutlivesItsTaskKeepsNoSlot) {
  everywhere([]() -> Task<void> {
    std::vector<PriorityContext> kept;  // tasks use it one at a time
    const PriorityOrchestrator orchestrator(1);
    const PriorityExecutor keep = [&kept](PrioritizedTask, PriorityContext context) -> Task<Answer> {
      kept.push_back(context);
      co_return "";
    };
    EXPECT_TRUE(co_await orchestrator.run_with_priority(alike(3, 1, 1ms), keep));
    EXPECT_EQ(kept.size(), 3u);
  });
}

TEST(PriorityOrchestratorLearning, EstimatesThatAreFourTimesTooShortAreCorrected) {
  const auto body = [](std::size_t lessons, Deadline expected) -> Task<void> {
    Trace trace;
    const Instant begin = now();
    TaskList tasks = alike(lessons, 2, 10ms);
    const Duration taught = 40ms * static_cast<int>(lessons);
    tasks.emplace_back(1000, 3, 300ms, std::nullopt, begin + taught + 1ms);
    // The task takes 200 ms, so it has to start 100 ms after its arrival; by its estimate it could wait until 250 ms.
    tasks.emplace_back(2000, 9, 50ms, begin + taught + 302ms, begin + taught + 2ms);
    const auto four_times = [](const PrioritizedTask& task) { return task.estimated_duration * 4; };
    const PriorityResults results =
        co_await PriorityOrchestrator(1).run_with_priority(tasks, worker(trace, 5ms, four_times));
    EXPECT_EQ(of(2000, results).deadline, expected);
  };
  EXPECT_TRUE(sim::run(sim::Options{.seed = 1}, body(0, Deadline::missed)));
  EXPECT_TRUE(sim::run(sim::Options{.seed = 1}, body(20, Deadline::met)));
}

struct Count {
  std::size_t with_deadline = 0;
  std::size_t missed = 0;
};

Task<Count> missed(LoadShape shape, Policy policy) {
  const std::vector<LoadTask> load = LoadGenerator(shape).make(now());
  TaskList tasks;
  std::map<std::uint32_t, Duration> work;
  for (const LoadTask& each : load) {
    tasks.push_back(each.task);
    work[each.task.id] = each.work;
  }
  Trace trace;
  const auto work_of = [&work](const PrioritizedTask& task) { return work.at(task.id); };
  const PriorityResults results = co_await PolicyOrchestrator(shape.workers, policy)
                                      .run_with_priority(tasks, worker(trace, 5ms, work_of));
  Count count;
  for (const PriorityResult& result : *results) {
    count.with_deadline += result.deadline != Deadline::none;
    count.missed += result.deadline == Deadline::missed;
  }
  co_return count;
}

/// Returns: the share of the deadlines of several sets that were missed, in percent.
double miss_rate(LoadShape shape, Policy policy) {
  Count sum;
  for (shape.seed = 1; shape.seed <= 5; ++shape.seed) {
    const sim::Options simulation{.seed = shape.seed, .max_steps = 100'000'000};
    const auto count = sim::run(simulation, missed(shape, policy));
    EXPECT_TRUE(count) << count.error().message;
    sum.with_deadline += count->with_deadline;
    sum.missed += count->missed;
  }
  EXPECT_GT(sum.with_deadline, 0u);
  return 100.0 * static_cast<double>(sum.missed) / static_cast<double>(sum.with_deadline);
}

TEST(PriorityOrchestratorLoad, AtMost5PercentOfFeasibleDeadlinesAreMissedAt90PercentLoad) {
  std::printf(
      "deadlines missed, by load            50 %%    80 %%    90 %%   100 %%    (priority alone at 90 %%)\n");
  for (const bool at_once : {true, false}) {
    for (const double wrong_by : {1.0, 4.0}) {
      for (const std::size_t workers : {1u, 4u}) {
        LoadShape shape;
        shape.is_at_once = at_once;
        shape.wrong_by = wrong_by;
        shape.workers = workers;
        shape.with_deadline = 0.8;
        std::printf("%s, estimates %s, %zu worker%s", at_once ? "at once" : "Poisson",
                    wrong_by > 1 ? "off by 4x" : "exact    ", workers, workers > 1 ? "s" : " ");
        for (const double load : {0.5, 0.8, 0.9, 1.0}) {
          shape.load = load;
          const double rate = miss_rate(shape, Policy::combined);
          std::printf("  %5.2f %%", rate);
          if (load <= 0.9) {
            EXPECT_LE(rate, 5);
          }
        }
        shape.load = 0.9;
        std::printf("    %5.2f %%\n", miss_rate(shape, Policy::priority));
      }
    }
  }
}

}  // namespace
}  // namespace corokit
