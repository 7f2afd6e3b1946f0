#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;
using test::Probe;

Task<int> give_after(Duration duration, int value, Counted) {
  co_await sleep(duration);
  co_return value;
}

Task<std::string> race(Duration limit, Duration work, Counted counted) {
  const Instant begin = now();
  const auto result = co_await timeout(limit, give_after(work, 7, counted));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now() - begin).count();
  co_return (result ? std::to_string(*result) : result.error().message()) + " after " + std::to_string(took);
}

TEST(Timeout, GivesTheResultOrTheErrorOnTime) {
  explorer::check({.search = explorer::Search::depth_first}, []() -> Task<void> {
    Census census;
    const auto in_time = co_await race(10ms, 5ms, Counted(census));
    EXPECT_EQ(in_time, "7 after 5");
    const auto late = co_await race(5ms, 10ms, Counted(census));
    EXPECT_EQ(late, "deadline has elapsed after 5");
    const auto at_once = co_await race(0ms, 10ms, Counted(census));
    EXPECT_EQ(at_once, "deadline has elapsed after 0");
    const auto without_limit = co_await race(Duration::max(), 1h, Counted(census));
    EXPECT_EQ(without_limit, "7 after 3600000");
    EXPECT_EQ(census.alive, 0);
  });
}

TEST(Timeout, AnOperationThatIsReadyWinsThoughTheTimeIsUp) {
  Gate open;
  open.open();
  Probe probe(timeout_at(Instant{}, open.wait()));
  EXPECT_TRUE(probe.poll());
  EXPECT_TRUE(probe.take());
}

TEST(Timeout, OfVoidGivesAResultWithoutValue) {
  Gate never;
  Probe late(timeout_at(Instant{}, never.wait()));
  EXPECT_TRUE(late.poll());
  const Result<void, Elapsed> result = late.take();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Elapsed{});
  EXPECT_EQ(never.waiting(), 0u);
}

TEST(Timeout, TheOperationIsGoneWhenItReturns) {
  Gate never;
  Census census;
  auto wait = [](Gate* gate, Counted) -> Task<void> { co_await gate->wait(); };
  auto body = [](auto make, Gate* gate, Counted counted) -> Task<int> {
    const int before = counted.census().alive;
    co_await timeout(1ms, make(gate, counted));
    co_return counted.census().alive - before;
  };
  EXPECT_EQ(*sim::run({}, body(wait, &never, Counted(census))), 0);
}

TEST(Timeout, ThrowsWhatEscapesTheOperation) {
  auto fail = []() -> Task<int> {
    co_await sleep(1ms);
    throw std::runtime_error("broken");
  };
  auto body = [](auto make) -> Task<bool> {
    const auto result = co_await timeout(1h, make());
    co_return result.has_value();
  };
  EXPECT_THROW(static_cast<void>(sim::run({}, body(fail))), std::runtime_error);
}

TEST(Timeout, AHandleByReferenceGoesOnAfterwards) {
  Census census;
  auto body = [](Counted counted) -> Task<int> {
    auto handle = spawn(give_after(5ms, 3, counted));
    const auto early = co_await timeout(1ms, handle);
    EXPECT_FALSE(early);
    const auto late = co_await timeout(1h, handle);
    co_return **late;
  };
  EXPECT_EQ(*sim::run({}, body(Counted(census))), 3);
}

TEST(Timeout, Nests) {
  auto body = []() -> Task<int> {
    Gate never;
    const auto result = co_await timeout(10ms, timeout(5ms, timeout(20ms, never.wait())));
    co_return result ? (*result ? 2 : 1) : 0;  // the limit in the middle ends first, inside the outer one
  };
  EXPECT_EQ(*sim::run({}, body()), 1);
}

TEST(Timeout, IsDroppedWithItsOperation) {
  Gate gate;
  Census census;
  auto wait = [](Gate* at, Counted) -> Task<void> { co_await at->wait(); };
  {
    Probe probe(timeout(1h, wait(&gate, Counted(census))));
    EXPECT_TRUE(probe.is_pending());
    gate.open();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(Timeout, CarriesMoveOnlyValues) {
  auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  auto body = [](auto maker) -> Task<int> {
    auto result = co_await timeout(1h, maker());
    co_return **result;
  };
  EXPECT_EQ(block_on(body(make)), 3);
}

}  // namespace
}  // namespace corokit
