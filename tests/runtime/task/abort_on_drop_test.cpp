#include <corokit/abort_on_drop.hpp>
#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::give_after_sleep;

TEST(AbortOnDrop, ItsDestructorAbortsTheTask) {
  auto body = [](Gate* gate, Counted counted) -> Task<bool> {
    std::optional<AbortHandle> task;
    {
      AbortOnDrop handle(spawn(give_after(gate, 1, counted)));
      task.emplace(handle.abort_handle());
      co_await sleep(1ms);
      EXPECT_FALSE(handle.is_finished());
    }
    co_await sleep(1ms);
    co_return task->is_finished();
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    Gate gate;
    Census census;
    const bool finished = co_await body(&gate, Counted(census));
    EXPECT_TRUE(finished);
    EXPECT_EQ(census.alive, 0);
    EXPECT_EQ(gate.waiting(), 0u);
  });
}

TEST(AbortOnDrop, AnEmptyOneIsRefused) {
  auto body = []() -> Task<void> {
    JoinHandle<int> none = spawn(test::give_later(1));
    none.detach();
    EXPECT_THROW(AbortOnDrop<int>(std::move(none)), std::invalid_argument);
    AbortOnDrop handle(spawn(test::give_later(1)));
    EXPECT_TRUE(handle);
    handle.detach();
    handle.detach();
    EXPECT_FALSE(handle);
    EXPECT_THROW(handle.abort(), std::logic_error);
    EXPECT_THROW(handle.abort_handle(), std::logic_error);
    EXPECT_THROW(static_cast<void>(handle.is_finished()), std::logic_error);
    EXPECT_THROW(static_cast<void>(handle.id()), std::logic_error);
    EXPECT_THROW(static_cast<void>(handle.release()), std::logic_error);
    EXPECT_THROW(static_cast<void>(handle.operator co_await()), std::logic_error);
    handle = AbortOnDrop(spawn(test::give_later(2)));
    const auto result = co_await handle;
    EXPECT_EQ(*result, 2);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(AbortOnDrop, GivesWhatTheHandleGives) {
  auto fail = []() -> Task<int> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<void> {
    AbortOnDrop<int> value(spawn(give_after_sleep(1ms, 7)));
    AbortOnDrop<int> broken(spawn(make()));
    AbortOnDrop<int> aborted(spawn(give_after_sleep(1h, 7)));
    aborted.abort();
    const auto one = co_await value;
    EXPECT_EQ(*one, 7);
    const auto two = co_await broken;
    EXPECT_EQ(two.error().message(), "broken");
    const auto three = co_await aborted;
    EXPECT_TRUE(three.error().is_cancelled());
  };
  explorer::check({.preemptions = 2, .schedules = 2'000},
                  [&body, &fail]() -> Task<void> { co_await body(fail); });
}

TEST(AbortOnDrop, AWaitThatASelectDropsLeavesTheTaskAlone) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    AbortOnDrop<int> handle(spawn(give_after(gate, 7, counted)));
    const auto first = co_await select(handle, sleep(1ms));
    EXPECT_EQ(first.index(), 1u);
    gate->open();
    const auto result = co_await handle;
    co_return *result;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 7);
}

TEST(AbortOnDrop, AnOperandThatIsMovedInIsAbortedWithTheLosers) {
  auto body = [](Gate* gate, Counted counted) -> Task<std::size_t> {
    AbortOnDrop<int> handle(spawn(give_after(gate, 7, counted)));
    const auto first = co_await select(std::move(handle), sleep(1ms));
    co_await sleep(1ms);
    EXPECT_EQ(gate->waiting(), 0u);
    co_return first.index();
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 1u);
}

TEST(AbortOnDrop, ReleaseAndDetachKeepTheTask) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    std::optional<JoinHandle<int>> released;
    {
      AbortOnDrop<int> first(spawn(give_after(gate, 7, counted)));
      AbortOnDrop<int> second(spawn(give_after(gate, 8, counted)));
      released.emplace(first.release());
      second.detach();
    }
    co_await sleep(1ms);
    EXPECT_EQ(gate->waiting(), 2u);
    gate->open();
    const auto result = co_await *released;
    co_await sleep(1ms);
    co_return *result;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 7);
  EXPECT_EQ(census.alive, 0);
}

TEST(AbortOnDrop, AMoveTakesTheTaskAndAnAssignmentAbortsTheOldOne) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    std::vector<AbortOnDrop<int>> handles;  // it moves them as it grows
    for (int i = 0; i < 5; ++i) handles.emplace_back(spawn(give_after(gate, i, counted)));
    co_await sleep(1ms);
    EXPECT_EQ(gate->waiting(), 5u);
    handles[0] = std::move(handles[1]);
    co_await sleep(1ms);
    EXPECT_EQ(gate->waiting(), 4u);
    gate->open();
    const auto result = co_await handles[0];
    co_return *result;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 1);
  EXPECT_EQ(census.alive, 0);
}

class AbortOnDropOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(AbortOnDropOn);

TEST_P(AbortOnDropOn, MayBeDroppedWhileItsTaskEnds) {
  Runtime runtime = make();
  Census census;
  auto body = [](Gate* gate, Counted counted) -> Task<void> {
    AbortOnDrop<int> handle(spawn(give_after(gate, 1, counted)));
    co_await yield_now();
    gate->open();
  };
  for (std::uint64_t i = 0; i < test::scaled(500); ++i) {
    Gate gate;
    runtime.block_on(body(&gate, Counted(census)));
    test::run_until(runtime, [&] { return census.alive == 0; });
  }
}

}  // namespace
}  // namespace corokit
