// Aborts a task in each of its states, with each way to end and each state of its handle.
#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/manual_executor.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

// Every suspension point.

Task<int> child(Gate* gate, Counted) {
  co_await yield_now();
  co_await gate->wait();
  co_await sleep(1ms);
  co_return 1;
}

/// Waits in every way that the runtime offers.
Task<int> wait_in_every_way(Gate* gate, Counted counted) {
  int sum = co_await child(gate, counted);
  auto handle = spawn(child(gate, counted));
  sum += *co_await handle;
  co_await select(child(gate, counted), child(gate, counted), sleep(1h));
  co_await join(child(gate, counted), child(gate, counted));
  sum += *co_await timeout(1h, child(gate, counted));
  FuturesUnordered<Task<int>> futures;
  for (int i = 0; i < 3; ++i) futures.push(child(gate, counted));
  while (auto done = co_await futures.next()) sum += *done;
  JoinSet<int> set;
  for (int i = 0; i < 3; ++i) set.spawn(child(gate, counted));
  while (auto done = co_await set.join_next()) sum += **done;
  auto job = spawn_blocking([counted] { return 1; });
  sum += *co_await job;
  co_return sum;
}

COROKIT_EXPLORE(Abort, EndsATaskAtEverySuspensionPoint, .search = explorer::Search::random,
                .schedules = 2'000) {
  Census census;
  Gate gate;
  auto handle = spawn(wait_in_every_way(&gate, Counted(census)));
  if (explorer::choose(2) == 0) gate.open();
  for (std::size_t count = explorer::choose(150); count > 0; --count) {
    co_await yield_now();
    if (count % 3 == 0) co_await sleep(200us);
  }
  gate.open();
  explorer::reached("the task is over before", handle.is_finished());
  explorer::reached("the task is not over before", !handle.is_finished());
  handle.abort();
  co_await sleep(10ms);  // the tasks that it detached end
  EXPECT_TRUE(handle.is_finished());
  EXPECT_EQ(census.alive, 0);
}

// Every combination.

enum class Body { gives, throws, throws_at_once };
enum class HandleDropped { never, at_once, after_first_turn, after_end };
enum class Aborted { never, at_once, after_first_turn, after_end, after_result };
struct Case {
  Body body;
  bool polled;  ///< whether a task waits for the handle
  HandleDropped dropped;
  Aborted aborted;
  bool by_abort_handle;

  std::string name() const {
    return std::to_string(static_cast<int>(body)) + std::to_string(polled) +
           std::to_string(static_cast<int>(dropped)) + std::to_string(static_cast<int>(aborted)) +
           std::to_string(by_abort_handle);
  }
};

Task<Counted> run_body(Body body, Gate* gate, Census* frames, Census* outputs) {
  const Counted frame(*frames);
  if (body == Body::throws_at_once) throw std::runtime_error("broken");
  co_await gate->wait();
  if (body == Body::throws) throw std::runtime_error("broken");
  co_return Counted(*outputs);
}

std::string describe(const Result<Counted, JoinError>& result) {
  if (result) return "value";
  return result.error().is_cancelled() ? "cancelled" : result.error().message();
}

Task<void> watch(JoinHandle<Counted> handle, std::string* got) {
  *got = describe(co_await handle);
}

std::string expected_end(const Case& at) {
  if (at.aborted == Aborted::at_once) return "cancelled";
  if (at.body == Body::throws_at_once) return "broken";
  if (at.aborted == Aborted::after_first_turn) return "cancelled";
  return at.body == Body::throws ? "broken" : "value";
}

void run_case(const Case& at, std::uint64_t seed) {
  SCOPED_TRACE(at.name() + " seed " + std::to_string(seed));
  Census frames;
  Census outputs;
  std::string got;
  {
    Gate gate;
    sim::Simulation simulation({.seed = seed});
    std::optional<JoinHandle<Counted>> handle(simulation.spawn(run_body(at.body, &gate, &frames, &outputs)));
    const AbortHandle abort = handle->abort_handle();
    const auto reach = [&](HandleDropped drop_here, Aborted abort_here) {
      if (at.aborted == abort_here) at.by_abort_handle || !handle ? abort.abort() : handle->abort();
      if (at.dropped == drop_here) handle.reset();
    };
    reach(HandleDropped::at_once, Aborted::at_once);
    if (at.polled && handle) {
      simulation.spawn(watch(std::move(*handle), &got)).detach();
      handle.reset();
    }
    simulation.settle();
    reach(HandleDropped::after_first_turn, Aborted::after_first_turn);
    gate.open();
    simulation.settle();
    EXPECT_TRUE(abort.is_finished());
    EXPECT_EQ(frames.alive, 0);
    reach(HandleDropped::after_end, Aborted::after_end);
    if (handle) {
      simulation.spawn(watch(std::move(*handle), &got)).detach();
      handle.reset();
    }
    simulation.settle();
    reach(HandleDropped::never, Aborted::after_result);
  }
  const bool taken =
      at.dropped == HandleDropped::never || (at.polled && at.dropped != HandleDropped::at_once);
  EXPECT_EQ(got, taken ? expected_end(at) : "");
  EXPECT_EQ(outputs.alive, 0);
  EXPECT_EQ(outputs.made > 0, expected_end(at) == "value");
}

TEST(Abort, EveryCombinationDestroysFrameAndResultOnce) {
  for (const Body body : {Body::gives, Body::throws, Body::throws_at_once})
    for (const bool polled : {false, true})
      for (const auto dropped : {HandleDropped::never, HandleDropped::at_once,
                                 HandleDropped::after_first_turn, HandleDropped::after_end})
        for (const auto aborted : {Aborted::never, Aborted::at_once, Aborted::after_first_turn,
                                   Aborted::after_end, Aborted::after_result})
          for (const bool by_abort_handle : {false, true})
            for (std::uint64_t seed = 0; seed < 5; ++seed)
              run_case(Case{body, polled, dropped, aborted, by_abort_handle}, seed);
}

// Races.

COROKIT_EXPLORE(Abort, DuringCompletionReachesBothEnds, .search = explorer::Search::depth_first) {
  Census census;
  const auto body = [](Counted) -> Task<int> {
    co_await yield_now();
    co_return 1;
  };
  auto handle = spawn(body(Counted(census)));
  co_await yield_now();
  handle.abort();
  const auto result = co_await handle;
  explorer::reached("a value", result.has_value());
  explorer::reached("a cancelled task", !result && result.error().is_cancelled());
  EXPECT_TRUE(result || result.error().is_cancelled());
  EXPECT_EQ(census.alive, 0);
}

// A task gives way at the end of a child if that spends the last of its budget.
TEST(Abort, WhatAChildHasReceivedReachesItsParentFirst) {
  struct Program {
    static Task<int> receive(mpsc::Receiver<int>& from) { co_return *co_await from.recv(); }
    static Task<int> receive_in_child(mpsc::Receiver<int>& from) { co_return co_await receive(from); }
    static Task<void> run(mpsc::Receiver<int>& from, int& got, Gate& open) {
      got = co_await receive_in_child(from);
      co_await open.wait();
      got = 0;
    }
  };
  Gate open;
  open.open();
  auto [tx, rx] = mpsc::channel<int>(1);
  static_cast<void>(tx.try_send(7));
  int got = 0;
  test::ManualExecutor executor;
  executor.set_budget(1);
  auto handle = detail::spawn_on(executor, Program::run(rx, got, open));
  executor.run(handle.cell());
  EXPECT_FALSE(handle.is_finished());
  handle.abort();
  executor.run(handle.cell());
  EXPECT_TRUE(handle.is_finished());
  EXPECT_EQ(got, 7);
  handle.detach();
}

}  // namespace
}  // namespace corokit
