// Runs random tasks under random settings, and ends the runs at any point: tests what holds whatever happens.
#include <corokit/explore_test.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <iterator>

#include "support/chosen.hpp"
#include "support/trace.hpp"

namespace corokit {
namespace {

using namespace test;

enum class End { by_itself, cancelled, timed_out, dropped, failed };
constexpr End kEnds[] = {End::by_itself, End::cancelled, End::timed_out, End::dropped, End::failed};

/// One random run, and what its tasks do.
class RandomRun {
 public:
  explicit RandomRun(End end) : end_(end), workers_(1 + below(4)) {}

  Task<void> play() {
    const PriorityOptions chosen = options();
    if (policy_ == Policy::combined)
      co_await play_on(PriorityOrchestrator(workers_, chosen));
    else
      co_await play_on(PolicyOrchestrator(workers_, policy_, chosen));
  }

  int present() const { return recorder_.present; }

 private:
  template <class Orchestrator>
  Task<void> play_on(const Orchestrator orchestrator) {
    orchestrator.enable_work_stealing(below(2) == 0);
    const TaskList tasks = draw_tasks();
    const Duration limit = end_ == End::timed_out ? 1ms * below(120) : Duration(1h);
    auto run = spawn(orchestrator.run_with_priority(tasks, executor(), limit));
    if (end_ == End::cancelled || end_ == End::dropped) {
      for (unsigned steps = below(400); steps > 0; --steps) co_await yield_now();
      co_await sleep(below(2) == 0 ? Duration(0) : 1ms * below(120));
    }
    if (end_ == End::dropped) run.abort();
    if (end_ == End::cancelled) orchestrator.cancel();
    const std::size_t before = began_.size();
    auto results = co_await run;
    if (results) judge(tasks, *results, before);
    if (end_ != End::cancelled) co_await expect_free(orchestrator);
  }

  static unsigned below(unsigned limit) { return Chosen::below(limit); }

  PriorityOptions options() {
    PriorityOptions options = with_ageing(1ms * (1 + below(60)));
    constexpr Policy kPolicies[] = {Policy::priority, Policy::shortest, Policy::fifo, Policy::deadline};
    if (below(3) == 0) policy_ = kPolicies[below(4)];
    options.margin = 1ms * below(20);
    options.preemption = below(4) != 0;
    return options;
  }

  /// Half of the tasks have a deadline, and some deadlines have passed; a third arrives later; any estimate may be wrong.
  TaskList draw_tasks() {
    TaskList tasks;
    for (std::uint32_t id = 0, count = 1 + below(24); id < count; ++id) {
      tasks.emplace_back(id, 1 + below(10), 1ms * (1 + below(30)));
      if (below(2) == 0) tasks.back().deadline = now() + 1ms * below(250) - 20ms;
      if (below(3) == 0) tasks.back().release = now() + 1ms * below(90);
      work_[id] = 250us * below(120);
    }
    std::shuffle(tasks.begin(), tasks.end(), Chosen{});
    if (end_ == End::failed) thrower_ = tasks.front().id;
    return tasks;
  }

  PriorityExecutor executor() {
    return [this](PrioritizedTask task, PriorityContext context) -> Task<Answer> {
      const Presence presence(recorder_);
      began_.push_back(task.id);
      for (Duration left = work_[task.id]; left > Duration(0); left -= 1ms) {
        EXPECT_LE(++in_slot_, workers_);
        co_await sleep(std::min<Duration>(left, 1ms));
        --in_slot_;
        co_await context.checkpoint();
      }
      if (task.id == thrower_) throw std::runtime_error("deja vu");
      co_return "agent " + std::to_string(task.id);
    };
  }

  void judge(const TaskList& tasks, const PriorityResults& results, std::size_t before) const {
    EXPECT_EQ(recorder_.present, 0);
    Ids all;
    for (const PrioritizedTask& task : tasks) all.push_back(task.id);
    std::sort(all.begin(), all.end());
    Ids began = began_;
    std::sort(began.begin(), began.end());
    EXPECT_EQ(std::adjacent_find(began.begin(), began.end()), began.end()) << "a task began twice";
    if (results) {
      EXPECT_NE(end_, End::failed);  // other ends may come after the run is over
      EXPECT_EQ(sorted(ids(results)), all);
      return;
    }
    const PriorityError& error = results.error();
    EXPECT_TRUE(std::is_sorted(error.unfinished.begin(), error.unfinished.end()));
    EXPECT_TRUE(std::includes(all.begin(), all.end(), error.unfinished.begin(), error.unfinished.end()));
    if (end_ == End::cancelled) {
      EXPECT_EQ(error.kind, PriorityKind::cancelled);
      EXPECT_EQ(began_.size(), before) << "tasks began after cancel()";
      Ids never;
      std::set_difference(all.begin(), all.end(), began.begin(), began.end(), std::back_inserter(never));
      EXPECT_EQ(error.unfinished, never);  // the tasks that have started could finish
    } else if (end_ == End::failed) {
      EXPECT_EQ(error.kind, PriorityKind::task_failed);
      EXPECT_EQ(error.task_id, thrower_);
    } else {
      EXPECT_EQ(end_, End::timed_out) << error.message;
      EXPECT_EQ(error.kind, PriorityKind::timeout);
    }
  }

  /// Checks that all slots are back: as many tasks as there are workers are present at the same time.
  template <class Orchestrator>
  Task<void> expect_free(const Orchestrator& orchestrator) {
    Recorder recorder;
    const PriorityExecutor meet = [&](PrioritizedTask, PriorityContext) -> Task<Answer> {
      const Presence presence(recorder);
      while (recorder.peak < static_cast<int>(workers_)) co_await yield_now();
      co_return "";
    };
    EXPECT_TRUE(co_await orchestrator.run_with_priority(alike(workers_, 1, 1ms), meet, 1h));
  }

  const End end_;
  const std::size_t workers_;
  Policy policy_ = Policy::combined;
  std::map<std::uint32_t, Duration> work_;
  std::optional<std::uint32_t> thrower_;
  Recorder recorder_;
  std::size_t in_slot_ = 0;
  Ids began_;
};

COROKIT_EXPLORE(PriorityOrchestratorFuzz, WhateverEndsARunNothingIsLostOrLeftBehind,
                .search = explorer::Search::random, .schedules = 2'000) {
  RandomRun run(kEnds[explorer::choose(std::size(kEnds))]);
  co_await run.play();
  co_await sleep(1h);  // until all wait
  EXPECT_EQ(run.present(), 0);
}

/// Cancels at every step of a run, while tasks run, have given way, wait, or have not arrived.
TEST(PriorityOrchestratorCancel, AtAnyStepLetsWhatHasStartedFinishAndNothingElse) {
  for (unsigned steps = 0; steps < 250 && !HasFailure(); ++steps) {
    Recorder recorder;
    const auto body = [&]() -> Task<void> {
      const PriorityOrchestrator orchestrator(2);
      TaskList tasks = alike(8, 5, 1ms);
      for (std::size_t i = 3; i < 6; ++i) tasks[i].deadline = now() + 2ms;
      const PriorityExecutor work = [&](PrioritizedTask, PriorityContext context) -> Task<Answer> {
        const Presence presence(recorder);
        for (int i = 0; i < 5; ++i) co_await context.checkpoint();
        ++recorder.cleaned;
        co_return "";
      };
      auto run = spawn(orchestrator.run_with_priority(tasks, work));
      for (unsigned i = 0; i < steps; ++i) co_await yield_now();
      orchestrator.cancel();
      const int started = recorder.started;
      const auto results = co_await run;
      EXPECT_EQ(recorder.started, started);
      EXPECT_EQ(recorder.cleaned, started);
      EXPECT_EQ(recorder.present, 0);
      const std::size_t unfinished = *results ? 0 : (*results).error().unfinished.size();
      EXPECT_EQ(unfinished, 8u - static_cast<std::size_t>(started));
    };
    const auto ended = sim::run(sim::Options{.seed = steps + 1}, body());
    EXPECT_TRUE(ended) << steps << ": " << ended.error().message;
  }
}

}  // namespace
}  // namespace corokit
