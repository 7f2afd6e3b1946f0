// How a run of the PriorityOrchestrator ends before its tasks do: cancelled, timed out, failed or dropped.
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include "support/priority_stage.hpp"

namespace corokit {
namespace {

using namespace test;

Task<void> until_started(const Stage& stage, int count) {
  while (stage.started < count) co_await sleep(1ms);
}

/// Waits for the token, then cleans up for a while.
PriorityExecutor attentive(Stage& stage, Duration clean_up = 0ns) {
  return [&stage, clean_up](PrioritizedTask, PriorityContext context) -> Task<Answer> {
    const Presence presence(stage);
    co_await context.token().cancelled();
    ++stage.told;
    co_await sleep(clean_up);
    ++stage.cleaned;
    co_return "gone";
  };
}

/// The orchestrator still has all its slots.
Task<void> expect_free(const PriorityOrchestrator& orchestrator, int slots) {
  Stage stage;
  Notify all_here;
  const PriorityExecutor meet = [&](PrioritizedTask, PriorityContext) -> Task<Answer> {
    const Presence presence(stage);
    while (stage.peak < slots) co_await yield_now();
    co_return "";
  };
  const PriorityResults results =
      co_await orchestrator.run_with_priority(alike(static_cast<std::size_t>(slots), 1, 1ms), meet, 1h);
  EXPECT_TRUE(results) << results.error().message;
}

TEST(PriorityOrchestratorCancel, StartedTasksFinishTheOthersNeverStartAndTheirIdsAreNamed) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(3);
    TaskList tasks = alike(8, 5, 10ms);
    for (PrioritizedTask& task : tasks) task.id += 40;
    auto run = spawn(orchestrator.run_with_priority(tasks, attentive(stage, 3ms), 1h));
    co_await until_started(stage, 3);
    orchestrator.cancel();
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().task_id, std::nullopt);
    EXPECT_EQ((*results).error().unfinished, (Ids{43, 44, 45, 46, 47}));
    EXPECT_EQ(stage.started, 3);
    EXPECT_EQ(stage.told, 3);
    EXPECT_EQ(stage.cleaned, 3);
    EXPECT_EQ(stage.present, 0);
  });
}

TEST(PriorityOrchestratorCancel, CountsAlsoWhenEveryTaskEndsWell) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    auto run = spawn(orchestrator.run_with_priority(alike(2, 1, 5ms), attentive(stage), 1h));
    co_await until_started(stage, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_TRUE((*results).error().unfinished.empty());
  });
}

TEST(PriorityOrchestratorCancel, NothingStartsAfterIt) {
  in_simulation([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(3);
    const PriorityExecutor brief = [&stage](PrioritizedTask, PriorityContext context) -> Task<Answer> {
      const Presence presence(stage);
      co_await context.checkpoint();
      co_return "";
    };
    auto run = spawn(orchestrator.run_with_priority(alike(40, 1, 1ms), brief, 1h));
    while (stage.started < 5) co_await yield_now();
    orchestrator.cancel();
    const int started = stage.started;
    const auto results = co_await run;
    EXPECT_EQ(stage.started, started);
    if (*results) co_return;  // all 40 were over
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished.size(), 40u - static_cast<std::size_t>(started));
  });
}

TEST(PriorityOrchestratorCancel, OneBeforeTheRunStartsNothing) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    PriorityOrchestrator(orchestrator).cancel();
    const PriorityResults results = co_await orchestrator.run_with_priority(alike(3, 1, 1ms), actor(stage));
    EXPECT_EQ(results.error().kind, PriorityKind::cancelled);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 2}));
    EXPECT_EQ(stage.started, 0);
  });
}

TEST(PriorityOrchestratorCancel, TheGlobalTimeoutBoundsTasksThatIgnoreTheToken) {
  in_simulation([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    auto run = spawn(orchestrator.run_with_priority(alike(3, 1, 60s), actor(stage), 20ms));
    co_await until_started(stage, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished, (Ids{0, 1, 2}));
    EXPECT_EQ(stage.started, 2);
    EXPECT_EQ(stage.present, 0);
  });
}

TEST(PriorityOrchestratorCancel, EndsARunThatWaitsForTheSlotsOfAnother) {
  in_simulation([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(1);
    auto busy = spawn(orchestrator.run_with_priority(alike(1, 1, 60s), actor(stage)));
    co_await until_started(stage, 1);
    auto in_line = spawn(orchestrator.run_with_priority(alike(1, 1, 60s), actor(stage)));
    co_await sleep(1ms);
    const Instant begin = now();
    orchestrator.cancel();
    static_cast<void>(co_await in_line);
    EXPECT_EQ(now(), begin);
    static_cast<void>(co_await busy);
    EXPECT_EQ(stage.started, 1);
  });
}

/// A task that is about to give way, or has: a deadline is at risk from 30 ms on.
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
      EXPECT_EQ(trace.stage.present, 0);
    };
    const auto ended = sim::run(sim::Options{.seed = 1}, body(std::chrono::milliseconds(moment) + 1us));
    EXPECT_TRUE(ended) << ended.error().message;
  }
}

TEST(PriorityOrchestratorTimeout, DropsWhatRunsAndFreesTheSlots) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    const PriorityResults results =
        co_await orchestrator.run_with_priority(alike(4, 1, 60s), actor(stage), 20ms);
    EXPECT_EQ(results.error().kind, PriorityKind::timeout);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 2, 3}));
    EXPECT_EQ(stage.present, 0);
    co_await expect_free(orchestrator, 2);
  });
}

TEST(PriorityOrchestratorTimeout, NamesThoseThatWereNotOver) {
  in_simulation([]() -> Task<void> {
    Stage stage;
    TaskList tasks = alike(4, 1, 60s);
    tasks[2].estimated_duration = 1ms;
    const PriorityResults results =
        co_await PriorityOrchestrator(2).run_with_priority(tasks, actor(stage), 20ms);
    EXPECT_EQ(results.error().unfinished, (Ids{0, 1, 3}));
    EXPECT_EQ(stage.started, 3);
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
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    for (const Duration timeout : {Duration(0), Duration(-1s)}) {
      const PriorityResults results =
          co_await orchestrator.run_with_priority(alike(2, 1, 1ms), actor(stage), timeout);
      EXPECT_EQ(results.error().kind, PriorityKind::timeout);
      EXPECT_EQ(results.error().unfinished, (Ids{0, 1}));
    }
    EXPECT_EQ(stage.started, 0);
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
    EXPECT_EQ(trace.stage.present, 0);
    co_await expect_free(orchestrator, 1);
  });
}

TEST(PriorityOrchestratorFailure, AnExceptionFailsTheRunByNameAndDropsTheOthers) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    const PriorityExecutor fail = [&stage](PrioritizedTask task, PriorityContext) -> Task<Answer> {
      const Presence presence(stage);
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
    EXPECT_EQ(stage.present, 0);
    co_await expect_free(orchestrator, 2);
  });
}

TEST(PriorityOrchestratorFailure, OneAfterACancellationLeavesTheOthersTimeToCleanUp) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(2);
    const PriorityExecutor act = [&stage](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      const Presence presence(stage);
      co_await context.token().cancelled();
      if (task.id == 0) throw 7;
      co_await sleep(5ms);
      ++stage.cleaned;
      co_return "";
    };
    auto run = spawn(orchestrator.run_with_priority(alike(2, 1, 1ms), act));
    co_await until_started(stage, 2);
    orchestrator.cancel();
    const auto results = co_await run;
    EXPECT_EQ((*results).error().kind, PriorityKind::cancelled);
    EXPECT_EQ((*results).error().unfinished, (Ids{0}));
    EXPECT_EQ(stage.cleaned, 1);
  });
}

TEST(PriorityOrchestratorDrop, MidwayEndsItsTasksAndFreesTheSlots) {
  everywhere([]() -> Task<void> {
    Stage stage;
    const PriorityOrchestrator orchestrator(3);
    const auto dropped =
        co_await timeout(5ms, orchestrator.run_with_priority(alike(9, 1, 60s), actor(stage, 1ms)));
    EXPECT_FALSE(dropped);
    co_await expect_free(orchestrator, 3);
    EXPECT_EQ(stage.present, 0);
  });
}

TEST(PriorityOrchestratorDrop, AtAnyStepLeavesNothingBehind) {
  for (std::uint64_t steps = 1; steps < 150; ++steps) {
    Trace trace;
    sim::Simulation simulation(sim::Options{.seed = steps});
    const auto body = [&](std::uint64_t count) -> Task<void> {
      const PriorityOrchestrator orchestrator(2);
      // All at the same time: the deadlines are at risk at once, and every task gives way when it is asked.
      TaskList tasks = alike(6, 5, 1ms);
      for (std::size_t i = 3; i < 6; ++i) tasks[i].deadline = now() + 2ms;
      const PriorityExecutor work = [&](PrioritizedTask, PriorityContext context) -> Task<Answer> {
        const Presence presence(trace.stage);
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
    EXPECT_EQ(trace.stage.present, 0);
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
    EXPECT_EQ(trace.stage.present, 0);
    EXPECT_EQ(simulation.alive_tasks(), 0u);
  }
}

}  // namespace
}  // namespace corokit
