// Tests runs of PriorityOrchestrator that end before their tasks do: cancelled, timed out, failed or dropped.
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include "support/trace.hpp"

namespace corokit {
namespace {

using namespace test;

Task<void> until_started(const Recorder& recorder, int count) {
  while (recorder.started < count) co_await sleep(1ms);
}

/// Each task waits for its token, then cleans up for a while.
PriorityExecutor attentive(Recorder& recorder, Duration clean_up = 0ns) {
  return [&recorder, clean_up](PrioritizedTask, PriorityContext context) -> Task<Answer> {
    const Presence presence(recorder);
    co_await context.token().cancelled();
    ++recorder.told;
    co_await sleep(clean_up);
    ++recorder.cleaned;
    co_return "gone";
  };
}

/// Checks that all slots of the orchestrator are free.
Task<void> expect_free(const PriorityOrchestrator& orchestrator, int slots) {
  Recorder recorder;
  Notify all_here;
  const PriorityExecutor meet = [&](PrioritizedTask, PriorityContext) -> Task<Answer> {
    const Presence presence(recorder);
    while (recorder.peak < slots) co_await yield_now();
    co_return "";
  };
  const PriorityResults results =
      co_await orchestrator.run_with_priority(alike(static_cast<std::size_t>(slots), 1, 1ms), meet, 1h);
  EXPECT_TRUE(results) << results.error().message;
}

TEST(PriorityOrchestratorCancel, StartedTasksFinishTheOthersNeverStartAndTheirIdsAreNamed) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(3);
    TaskList tasks = alike(8, 5, 10ms);
    for (PrioritizedTask& task : tasks) task.id += 40;
    auto run = spawn(orchestrator.run_with_priority(tasks, attentive(recorder, 3ms), 1h));
    co_await until_started(recorder, 3);
    orchestrator.cancel();
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().task_id, std::nullopt);
    EXPECT_EQ((*results).error().unfinished, (Ids{43, 44, 45, 46, 47}));
    EXPECT_EQ(recorder.started, 3);
    EXPECT_EQ(recorder.told, 3);
    EXPECT_EQ(recorder.cleaned, 3);
    EXPECT_EQ(recorder.present, 0);
  });
}

TEST(PriorityOrchestratorCancel, CountsAlsoWhenEveryTaskEndsWell) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    auto run = spawn(orchestrator.run_with_priority(alike(2, 1, 5ms), attentive(recorder), 1h));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_TRUE((*results).error().unfinished.empty());
  });
}

TEST(PriorityOrchestratorCancel, NothingStartsAfterIt) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(3);
    const PriorityExecutor brief = [&recorder](PrioritizedTask, PriorityContext context) -> Task<Answer> {
      const Presence presence(recorder);
      co_await context.checkpoint();
      co_return "";
    };
    auto run = spawn(orchestrator.run_with_priority(alike(40, 1, 1ms), brief, 1h));
    while (recorder.started < 5) co_await yield_now();
    orchestrator.cancel();
    const int started = recorder.started;
    const auto results = co_await run;
    EXPECT_EQ(recorder.started, started);
    if (*results) co_return;  // all tasks were over before
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished.size(), 40u - static_cast<std::size_t>(started));
  });
}

TEST(PriorityOrchestratorCancel, OneBeforeTheRunStartsNothing) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    PriorityOrchestrator(orchestrator).cancel();
    const PriorityResults results =
        co_await orchestrator.run_with_priority(alike(3, 1, 1ms), recorded_worker(recorder));
    EXPECT_EQ(results.error().kind, PriorityKind::cancelled);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 2}));
    EXPECT_EQ(recorder.started, 0);
  });
}

TEST(PriorityOrchestratorCancel, TheGlobalTimeoutBoundsTasksThatIgnoreTheToken) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    auto run = spawn(orchestrator.run_with_priority(alike(3, 1, 60s), recorded_worker(recorder), 20ms));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished, (Ids{0, 1, 2}));
    EXPECT_EQ(recorder.started, 2);
    EXPECT_EQ(recorder.present, 0);
  });
}

TEST(PriorityOrchestratorCancel, EndsARunThatWaitsForTheSlotsOfAnother) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(1);
    auto busy = spawn(orchestrator.run_with_priority(alike(1, 1, 60s), recorded_worker(recorder)));
    co_await until_started(recorder, 1);
    auto in_line = spawn(orchestrator.run_with_priority(alike(1, 1, 60s), recorded_worker(recorder)));
    co_await sleep(1ms);
    const Instant begin = now();
    orchestrator.cancel();
    static_cast<void>(co_await in_line);
    EXPECT_EQ(now(), begin);
    static_cast<void>(co_await busy);
    EXPECT_EQ(recorder.started, 1);
  });
}

/// Returns: tasks of which the first gives way: the deadline of the second is at risk from 30 ms on.
TaskList preemption(Instant begin) {
  return TaskList{PrioritizedTask(1, 1, 100ms), PrioritizedTask(2, 9, 60ms, begin + 100ms),
                  PrioritizedTask(3, 9, 20ms)};
}

TEST(PriorityOrchestratorCancel, ATaskThatHasGivenWayIsResumedToCleanUp) {
  for (int moment = 20; moment <= 110; ++moment) {
    const auto body = [](Duration at) -> Task<void> {
      Trace trace;
      const PriorityOrchestrator orchestrator(1);
      auto run = spawn(orchestrator.run_with_priority(preemption(now()), worker(trace, 5ms), 1h));
      co_await sleep(at);
      const Ids before = trace.order();
      orchestrator.cancel();
      const auto results = co_await run;
      EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
      const bool is_second_started = std::find(before.begin(), before.end(), 2u) != before.end();
      EXPECT_EQ((*results).error().unfinished, is_second_started ? Ids{3} : (Ids{2, 3}));
      EXPECT_EQ(trace.recorder.present, 0);
    };
    const auto ended = sim::run(sim::Options{.seed = 1}, body(std::chrono::milliseconds(moment) + 1us));
    EXPECT_TRUE(ended) << ended.error().message;
  }
}

TEST(PriorityOrchestratorTimeout, DropsWhatRunsAndFreesTheSlots) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    const PriorityResults results =
        co_await orchestrator.run_with_priority(alike(4, 1, 60s), recorded_worker(recorder), 20ms);
    EXPECT_EQ(results.error().kind, PriorityKind::timeout);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 2, 3}));
    EXPECT_EQ(recorder.present, 0);
    co_await expect_free(orchestrator, 2);
  });
}

TEST(PriorityOrchestratorTimeout, NamesThoseThatWereNotOver) {
  in_simulation([]() -> Task<void> {
    Recorder recorder;
    TaskList tasks = alike(4, 1, 60s);
    tasks[2].estimated_duration = 1ms;
    const PriorityResults results =
        co_await PriorityOrchestrator(2).run_with_priority(tasks, recorded_worker(recorder), 20ms);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 3}));
    EXPECT_EQ(recorder.started, 3);
  });
}

TEST(PriorityOrchestratorTimeout, AContextThatOutlivesADroppedTaskKeepsNoSlot) {
  in_simulation([]() -> Task<void> {
    std::vector<PriorityContext> kept;
    const PriorityOrchestrator orchestrator(2);
    const PriorityExecutor keep = [&kept](PrioritizedTask, PriorityContext context) -> Task<Answer> {
      kept.push_back(context);
      co_await sleep(10h);
      co_return "";
    };
    EXPECT_FALSE(co_await orchestrator.run_with_priority(alike(2, 1, 1ms), keep, 20ms));
    EXPECT_EQ(kept.size(), 2u);
    co_await expect_free(orchestrator, 2);
  });
}

TEST(PriorityOrchestratorTimeout, WithoutTimeNothingStarts) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    for (const Duration timeout : {Duration(0), Duration(-1s)}) {
      const PriorityResults results =
          co_await orchestrator.run_with_priority(alike(2, 1, 1ms), recorded_worker(recorder), timeout);
      EXPECT_EQ(results.error().kind, PriorityKind::timeout);
      EXPECT_EQ(results.error().unfinished, (Ids{0, 1}));
    }
    EXPECT_EQ(recorder.started, 0);
  });
}

TEST(PriorityOrchestratorTimeout, DropsTasksThatHaveGivenWay) {
  in_simulation([]() -> Task<void> {
    Trace trace;
    const PriorityOrchestrator orchestrator(1);
    const PriorityResults results =
        co_await orchestrator.run_with_priority(preemption(now()), worker(trace, 5ms), 60ms);
    EXPECT_EQ(results.error().kind, PriorityKind::timeout);
    EXPECT_EQ(trace.order(), (Ids{1, 2}));
    EXPECT_EQ(trace.recorder.present, 0);
    co_await expect_free(orchestrator, 1);
  });
}

TEST(PriorityOrchestratorFailure, AnExceptionFailsTheRunByNameAndDropsTheOthers) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    const PriorityExecutor fail = [&recorder](PrioritizedTask task, PriorityContext) -> Task<Answer> {
      const Presence presence(recorder);
      if (task.id == 1) throw std::runtime_error("there is no spoon");
      co_await sleep(10h);
      co_return "";
    };
    const PriorityResults results = co_await orchestrator.run_with_priority(alike(3, 1, 1ms), fail);
    EXPECT_EQ(results.error().kind, PriorityKind::task_failed);
    EXPECT_EQ(results.error().task_id, 1u);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 2}));
    EXPECT_NE(results.error().message.find("task 1: "), std::string::npos);
    EXPECT_NE(results.error().message.find("there is no spoon"), std::string::npos);
    EXPECT_EQ(recorder.present, 0);
    co_await expect_free(orchestrator, 2);
  });
}

TEST(PriorityOrchestratorFailure, OneAfterACancellationLeavesTheOthersTimeToCleanUp) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(2);
    const PriorityExecutor act = [&recorder](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      const Presence presence(recorder);
      co_await context.token().cancelled();
      if (task.id == 0) throw 7;
      co_await sleep(5ms);
      ++recorder.cleaned;
      co_return "";
    };
    auto run = spawn(orchestrator.run_with_priority(alike(2, 1, 1ms), act));
    co_await until_started(recorder, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished, (Ids{0}));
    EXPECT_EQ(recorder.cleaned, 1);
  });
}

TEST(PriorityOrchestratorDrop, MidwayEndsItsTasksAndFreesTheSlots) {
  everywhere([]() -> Task<void> {
    Recorder recorder;
    const PriorityOrchestrator orchestrator(3);
    const auto dropped = co_await timeout(
        5ms, orchestrator.run_with_priority(alike(9, 1, 60s), recorded_worker(recorder, 1ms)));
    EXPECT_FALSE(dropped);
    co_await expect_free(orchestrator, 3);
    EXPECT_EQ(recorder.present, 0);
  });
}

TEST(PriorityOrchestratorDrop, AtAnyStepLeavesNothingBehind) {
  for (std::uint64_t steps = 1; steps < 150; ++steps) {
    Trace trace;
    sim::Simulation simulation(sim::Options{.seed = steps});
    const auto body = [&](std::uint64_t count) -> Task<void> {
      const PriorityOrchestrator orchestrator(2);
      // All deadlines are at risk at the same time, and every task gives way when it is asked.
      TaskList tasks = alike(6, 5, 1ms);
      for (std::size_t i = 3; i < 6; ++i) tasks[i].deadline = now() + 2ms;
      const PriorityExecutor work = [&](PrioritizedTask, PriorityContext context) -> Task<Answer> {
        const Presence presence(trace.recorder);
        for (int i = 0; i < 5; ++i) co_await context.checkpoint();
        co_return "";
      };
      auto run = spawn(orchestrator.run_with_priority(tasks, work));
      for (std::uint64_t i = 0; i < count; ++i) co_await yield_now();
      run.abort();
      static_cast<void>(co_await run);
      co_await expect_free(orchestrator, 2);
    };
    const auto ended = simulation.run(body(steps));
    EXPECT_TRUE(ended) << ended.error().message;
    simulation.settle();
    EXPECT_EQ(trace.recorder.present, 0);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
  }
}

TEST(PriorityOrchestratorDrop, WhileATaskHasGivenWayLeavesNothingBehind) {
  for (int moment = 20; moment <= 110; moment += 3) {
    Trace trace;
    sim::Simulation simulation(sim::Options{.seed = static_cast<std::uint64_t>(moment)});
    const auto body = [&](Duration at) -> Task<void> {
      const PriorityOrchestrator orchestrator(1);
      EXPECT_FALSE(
          co_await timeout(at, orchestrator.run_with_priority(preemption(now()), worker(trace, 5ms))));
      co_await expect_free(orchestrator, 1);
    };
    const auto ended = simulation.run(body(std::chrono::milliseconds(moment)));
    EXPECT_TRUE(ended) << ended.error().message;
    simulation.settle();
    EXPECT_EQ(trace.recorder.present, 0);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
  }
}

}  // namespace
}  // namespace corokit
