#include <corokit/join.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using sim::Failure;
using sim::Simulation;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;

Task<void> write_letters(std::string* log, char name) {
  for (int i = 0; i < 4; ++i) {
    *log += name;
    co_await yield_now();
  }
}

Task<std::string> interleave() {
  std::string log;
  std::vector<JoinHandle<void>> handles;
  for (char name = 'a'; name < 'f'; ++name) handles.push_back(spawn(write_letters(&log, name)));
  for (auto& handle : handles) co_await handle;
  co_return log;
}

TEST(Simulation, TheSameSeedGivesTheSameSchedule) {
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_EQ(*sim::run({.seed = seed}, interleave()), *sim::run({.seed = seed}, interleave()));
}

TEST(Simulation, SeedsGiveDifferentSchedules) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) seen.insert(*sim::run({.seed = seed}, interleave()));
  EXPECT_GT(seen.size(), 190u);
}

Task<std::string> order_of_two() {
  std::string log;
  auto write = [](std::string* to, char name) -> Task<void> {
    *to += name;
    co_return;
  };
  auto a = spawn(write(&log, 'a'));
  auto b = spawn(write(&log, 'b'));
  auto c = spawn(write(&log, 'c'));
  co_await a;
  co_await b;
  co_await c;
  co_return log;
}

TEST(Simulation, ReachesEveryOrder) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) seen.insert(*sim::run({.seed = seed}, order_of_two()));
  EXPECT_EQ(seen, (std::set<std::string>{"abc", "acb", "bac", "bca", "cab", "cba"}));
}

TEST(Simulation, ATaskMayYieldAtAReadyAwait) {
  // Under some seeds, another task runs between two ready awaits.
  Gate open;
  open.open();
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto write = [](std::string* to, Gate* gate, char name) -> Task<void> {
      for (int i = 0; i < 3; ++i) {
        *to += name;
        co_await gate->wait();
      }
    };
    auto both = [](auto make, Gate* gate) -> Task<std::string> {
      std::string log;
      auto a = spawn(make(&log, gate, 'a'));
      auto b = spawn(make(&log, gate, 'b'));
      co_await a;
      co_await b;
      co_return log;
    };
    seen.insert(*sim::run({.seed = seed}, both(write, &open)));
  }
  EXPECT_GT(seen.size(), 2u);  // more than the two orders in which one task runs after the other
}

// Time.

TEST(Simulation, VirtualTimeIsExact) {
  auto body = []() -> Task<bool> {
    bool exact = true;
    for (const Duration duration : {Duration(1ns), Duration(64ns), Duration(65ns), Duration(1us),
                                    Duration(1ms), Duration(1ms) + 1ns, Duration(1h), Duration(24h * 3650)}) {
      const Instant before = now();
      co_await sleep(duration);
      exact = exact && now() - before == duration;
    }
    co_return exact;
  };
  EXPECT_TRUE(*sim::run({}, body()));
}

TEST(Simulation, TimeStandsStillWhileATaskCanRun) {
  auto body = []() -> Task<bool> {
    auto handle = spawn([]() -> Task<void> { co_await sleep(1ns); }());
    const Instant before = now();
    for (int i = 0; i < 1000; ++i) co_await yield_now();
    co_return now() == before && !handle.is_finished();
  };
  EXPECT_TRUE(*sim::run({}, body()));
}

TEST(Simulation, AdvanceFiresTimersInTheirOrder) {
  Simulation simulation;
  std::string log;
  auto body = [](std::string* to, Duration duration, char name) -> Task<void> {
    co_await sleep(duration);
    *to += name;
  };
  simulation.spawn(body(&log, 3ms, 'c')).detach();
  simulation.spawn(body(&log, 1ms, 'a')).detach();
  simulation.spawn(body(&log, 2ms, 'b')).detach();
  const Instant begin = simulation.now();
  simulation.advance(2ms);
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(simulation.now() - begin, 2ms);
  simulation.advance(1ms - 1ns);
  EXPECT_EQ(log, "ab");
  simulation.advance(1ns);
  EXPECT_EQ(log, "abc");
  EXPECT_EQ(simulation.alive_tasks(), 0u);
}

TEST(Simulation, AdvanceStopsAtTheEndOfTime) {
  Simulation simulation;
  simulation.advance(1h);
  simulation.advance(Duration::max());
  EXPECT_EQ(simulation.now(), Instant::max());
}

// Failures.

Task<void> join_one(Gate* gate, Counted counted) {
  auto handle = spawn(wait_at(gate, counted));
  co_await handle;
}

TEST(Simulation, ADeadlockReportsWhichTaskWaitsWhere) {
  Gate gate;
  Census census;
  {
    Simulation simulation;
    const auto end = simulation.run(join_one(&gate, Counted(census)));
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind, Failure::Kind::deadlock);
    EXPECT_NE(end.error().message.find("task 1 waits in JoinHandle"), std::string::npos)
        << end.error().message;
    EXPECT_NE(end.error().message.find("task 2 waits in Gate::wait"), std::string::npos)
        << end.error().message;
    EXPECT_EQ(simulation.alive_tasks(), 1u);  // the root is destroyed, and the other task can continue
    gate.open();
    simulation.settle();
    EXPECT_EQ(simulation.alive_tasks(), 0u);
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(Simulation, ADeadlockNamesATaskWhoseLatestTurnBeganNoWait) {
  // One branch ended, and the other one still waits in the same place.
  Gate never;
  Gate open_later;
  auto body = [](Gate* first, Gate* second) -> Task<void> { co_await join(first->wait(), second->wait()); };
  auto root = [](auto make, Gate* first, Gate* second) -> Task<void> {
    auto handle = spawn(make(first, second));
    co_await sleep(1ms);
    second->open();
    co_await handle;
  };
  const auto end = sim::run({}, root(body, &never, &open_later));
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().message.find("task 2 waits in join"), std::string::npos) << end.error().message;
}

TEST(Simulation, AnEndlessRunMeetsTheStepLimit) {
  auto spin = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  const auto end = sim::run({.seed = 1, .max_steps = 1000}, spin());
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, Failure::Kind::step_limit);
}

TEST(Simulation, AnEndlessTaskBesideTheRootMeetsTheStepLimit) {
  Census census;
  auto spin = [](Counted) -> Task<void> {
    for (;;) co_await yield_now();
  };
  auto root = [](auto make, Counted counted) -> Task<void> {
    auto handle = spawn(make(counted));
    co_await handle;
  };
  {
    Simulation simulation({.seed = 1, .max_steps = 1000});
    const auto end = simulation.run(root(spin, Counted(census)));
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind, Failure::Kind::step_limit);
    EXPECT_EQ(simulation.alive_tasks(), 1u);
  }
  EXPECT_EQ(census.alive, 0);
}

/// Returns: what the simulation says about a root that waits for a task made by `spin`.
std::string complaint_about(Task<void> (*spin)()) {
  auto root = [](Task<void> (*make)()) -> Task<void> { co_await spawn(make()); };
  const auto end = sim::run({.seed = 1, .max_steps = 5000}, root(spin));
  return end ? "no complaint" : end.error().message;
}

TEST(Simulation, AnEndlessRunIsReportedWithTheTaskThatSpinsAndWhereItWaits) {
  const auto yields = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  EXPECT_EQ(complaint_about(yields).find("the schedule took too many steps: task 2 had 1000 of the last 1000 "
                                         "turns, in yield_now; time stands still"),
            0u)
      << complaint_about(yields);
  const auto never_waits = []() -> Task<void> {
    for (;;) co_await consume_budget();
  };
  EXPECT_NE(complaint_about(never_waits).find("turns and never waits; time stands still"), std::string::npos)
      << complaint_about(never_waits);
  const auto polls = []() -> Task<void> {
    for (;;) co_await sleep(1ms);
  };
  EXPECT_NE(complaint_about(polls).find("turns, in sleep (2 tasks alive)"), std::string::npos)
      << complaint_about(polls);
}

TEST(Simulation, AWaitBesideAPendingTimerIsNoDeadlock) {
  Gate gate;
  auto root = [](Gate* at) -> Task<std::size_t> {
    co_return (co_await select(at->wait(), sleep(24h))).index();
  };
  EXPECT_EQ(*sim::run({}, root(&gate)), 1u);
}

// Runs.

TEST(Simulation, ThrowsWhatEscapesTheRoot) {
  auto body = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  EXPECT_THROW(static_cast<void>(sim::run({}, body())), std::runtime_error);
}

TEST(Simulation, DropsWhatTheRootDidNotJoin) {
  Census census;
  Gate gate;
  auto root = [](Gate* at, Counted counted) -> Task<void> {
    for (int i = 0; i < 10; ++i) spawn(wait_at(at, counted)).detach();
    co_await yield_now();
  };
  EXPECT_TRUE(sim::run({}, root(&gate, Counted(census))));
  EXPECT_EQ(census.alive, 0);
}

TEST(Simulation, RunsBlockingFunctionsAsSteps) {
  auto body = []() -> Task<int> {
    auto a = spawn_blocking([] { return 1; });
    auto b = spawn_blocking([]() -> int { throw std::runtime_error("broken"); });
    int sum = *co_await a;
    const auto failed = co_await b;
    co_return sum + (failed ? 0 : 10);
  };
  EXPECT_EQ(*sim::run({}, body()), 11);
}

TEST(Simulation, IsSimulatedIsTrueInsideOneOnly) {
  auto body = []() -> Task<bool> { co_return sim::is_simulated(); };
  EXPECT_FALSE(sim::is_simulated());
  EXPECT_TRUE(*sim::run({}, body()));
  EXPECT_FALSE(sim::is_simulated());
}

TEST(Simulation, GoesOnFromOneRunToTheNext) {
  Simulation simulation;
  Gate gate;
  Census census;
  simulation.spawn(wait_at(&gate, Counted(census))).detach();
  auto nothing = []() -> Task<int> { co_return 1; };
  EXPECT_EQ(*simulation.run(nothing()), 1);
  simulation.settle();
  EXPECT_EQ(simulation.describe_waiting(), "  task 1 waits in Gate::wait\n");
  EXPECT_EQ(simulation.alive_tasks(), 1u);
  gate.open();
  EXPECT_EQ(*simulation.run(nothing()), 1);
  simulation.settle();
  EXPECT_EQ(simulation.alive_tasks(), 0u);
  EXPECT_EQ(simulation.describe_waiting(), "");
  EXPECT_GT(simulation.steps(), 3u);
}

TEST(Simulation, TasksThatNeverRestMeetTheStepLimitOutsideOfRunToo) {
  auto spin = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  sim::Simulation simulation({.max_steps = 1000});
  const JoinHandle<void> spinning = simulation.spawn(spin());
  EXPECT_THROW(simulation.settle(), std::runtime_error);
  EXPECT_THROW(simulation.advance(1ms), std::runtime_error);
  EXPECT_EQ(simulation.steps(), 2000U);
}

TEST(Simulation, AdvanceBoundsTheStepsOfAllItsTimersTogether) {
  auto tick = []() -> Task<void> {
    for (;;) co_await sleep(1us);
  };
  sim::Simulation simulation({.max_steps = 1000});
  const JoinHandle<void> ticking = simulation.spawn(tick());
  EXPECT_THROW(simulation.advance(1s), std::runtime_error);
}

}  // namespace
}  // namespace corokit
