#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
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

Task<int> answer_behind(Gate& gate, [[maybe_unused]] Counted here) {
  co_await gate.wait();
  co_return 42;
}

TEST(RunUntilCancelled, GivesTheResultOfAnOperationThatEndsFirst) {
  CancellationToken token;
  Gate gate;
  Census census;
  Probe running(token.run_until_cancelled(answer_behind(gate, Counted(census))));
  EXPECT_TRUE(running.is_pending());
  gate.open();
  ASSERT_TRUE(running.poll());
  EXPECT_EQ(running.take(), 42);
  EXPECT_EQ(census.alive, 0);
  token.cancel();
}

TEST(RunUntilCancelled, DropsTheOperationWhenTheTokenIsCancelled) {
  CancellationToken token;
  Gate gate;
  Census census;
  Probe running(token.run_until_cancelled(answer_behind(gate, Counted(census))));
  EXPECT_TRUE(running.is_pending());
  token.cancel();
  EXPECT_EQ(running.wake_count(), 1u);
  ASSERT_TRUE(running.poll());
  EXPECT_EQ(running.take(), std::nullopt);
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(gate.waiting(), 0u);
}

TEST(RunUntilCancelled, NeverStartsAnOperationOnceTheTokenIsCancelled) {
  CancellationToken token;
  token.cancel();
  bool started = false;
  auto start = [](bool& flag) -> Task<void> {
    flag = true;
    co_return;
  };
  Probe running(token.run_until_cancelled(start(started)));
  ASSERT_TRUE(running.poll());
  EXPECT_EQ(running.take(), std::nullopt);
  EXPECT_FALSE(started);
}

TEST(RunUntilCancelled, PrefersTheCancellationToAnOperationThatIsReadyAsWell) {
  CancellationToken token;
  Gate gate;
  Probe running(token.run_until_cancelled(gate.wait()));
  EXPECT_TRUE(running.is_pending());
  gate.open();
  token.cancel();
  ASSERT_TRUE(running.poll());
  EXPECT_FALSE(running.take());
}

TEST(RunUntilCancelled, OfVoidGivesUnit) {
  CancellationToken token;
  Gate gate;
  gate.open();
  Probe running(token.run_until_cancelled(gate.wait()));
  ASSERT_TRUE(running.poll());
  EXPECT_EQ(running.take(), Unit());
}

TEST(RunUntilCancelled, CarriesMoveOnlyResults) {
  CancellationToken token;
  auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  Probe running(token.run_until_cancelled(make()));
  ASSERT_TRUE(running.poll());
  EXPECT_EQ(**running.take(), 7);
}

TEST(RunUntilCancelled, ThrowsWhatEscapesTheOperation) {
  auto body = []() -> Task<void> {
    CancellationToken token;
    auto fail = []() -> Task<void> { throw std::runtime_error("broken"); };
    static_cast<void>(co_await token.run_until_cancelled(fail()));
  };
  EXPECT_THROW(static_cast<void>(sim::run({}, body())), std::runtime_error);
}

TEST(RunUntilCancelled, OutlivesTheTokenAndObservesItsParent) {
  CancellationToken parent;
  std::optional<CancellationToken> child(parent.child_token());
  Gate gate;
  Probe running(child->run_until_cancelled(gate.wait()));
  EXPECT_TRUE(running.is_pending());
  child.reset();
  parent.cancel();
  ASSERT_TRUE(running.poll());
  EXPECT_FALSE(running.take());
}

TEST(RunUntilCancelled, OfATemporaryTokenObservesItsParent) {
  CancellationToken parent;
  Gate gate;
  Probe running(parent.child_token().run_until_cancelled(gate.wait()));
  EXPECT_TRUE(running.is_pending());
  parent.cancel();
  ASSERT_TRUE(running.poll());
  EXPECT_FALSE(running.take());
}

TEST(RunUntilCancelled, AnOperationByReferenceGoesOnAfterwards) {
  auto body = []() -> Task<int> {
    CancellationToken token;
    auto [tx, rx] = oneshot::channel<int>();
    auto cancel = [](CancellationToken to_cancel) -> Task<void> {
      co_await sleep(1ms);
      to_cancel.cancel();
    };
    auto handle = spawn(cancel(token));
    EXPECT_FALSE(co_await token.run_until_cancelled(rx));
    EXPECT_TRUE(tx.send(7));
    static_cast<void>(co_await handle);
    const auto value = co_await rx;
    co_return *value;
  };
  EXPECT_EQ(sim::run({}, body()).value(), 7);
}

TEST(RunUntilCancelled, IsDroppedWithItsOperation) {
  CancellationToken token;
  Gate gate;
  Census census;
  Probe running(token.run_until_cancelled(answer_behind(gate, Counted(census))));
  EXPECT_TRUE(running.is_pending());
  running.drop();
  EXPECT_EQ(census.alive, 0);
  token.cancel();
}

TEST(CancellationDropGuard, KeepsItsTokenAliveAndReachesTheChildren) {
  std::optional<CancellationToken> token(std::in_place);
  const CancellationToken child = token->child_token();
  {
    const auto guard = token->drop_guard();
    token.reset();
    EXPECT_FALSE(child.is_cancelled());
  }
  EXPECT_TRUE(child.is_cancelled());
}

TEST(CancellationDropGuard, CancelsWhenATaskThatHoldsItIsDropped) {
  CancellationToken token;
  Gate gate;
  auto work = []([[maybe_unused]] CancellationDropGuard guard, Gate& until) -> Task<void> {
    co_await until.wait();
  };
  Probe working(work(token.drop_guard(), gate));
  EXPECT_TRUE(working.is_pending());
  working.drop();
  EXPECT_TRUE(token.is_cancelled());
}

}  // namespace
}  // namespace corokit
