// Every task makes progress while other tasks wake each other, spawn, yield for ever, or never yield.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Gate;
using test::nothing;

class ProgressOn : public test::OnEachRuntime {
 protected:
  static std::size_t workers() { return has_workers() ? GetParam().workers : 1; }
};
COROKIT_ON_EACH_RUNTIME(ProgressOn);

// The LIFO slot.

struct PingPong {
  Notify ping;
  Notify pong;
};

Task<void> play(PingPong* table, bool first, std::atomic<bool>* stop) {
  Notify& mine = first ? table->ping : table->pong;
  Notify& theirs = first ? table->pong : table->ping;
  while (!stop->load()) {
    theirs.notify_one();
    co_await mine.notified();
  }
  theirs.notify_one();
}

TEST_P(ProgressOn, TasksThatWakeEachOtherStarveNoTaskInTheLocalQueue) {
  // Each task of a pair runs from the LIFO slot of its worker, and wakes the other one into that slot before it waits.
  auto body = [](std::size_t pairs) -> Task<void> {
    std::vector<PingPong> tables(pairs);
    std::atomic<bool> stop{false};
    JoinSet<void> players;
    for (PingPong& table : tables)
      for (const bool first : {false, true}) players.spawn(play(&table, first, &stop));
    for (int i = 0; i < 100; ++i) {
      co_await yield_now();
      co_await spawn(nothing());
    }
    stop.store(true);
    while (co_await players.join_next()) {
    }
  };
  Runtime runtime = make();
  runtime.block_on(body(2 * workers()));
}

Task<void> respawn_until(std::atomic<bool>* stop) {
  if (!stop->load()) spawn(respawn_until(stop)).detach();
  co_return;
}

TEST_P(ProgressOn, AChainOfSpawnsStarvesNoTaskInTheLocalQueue) {
  auto body = [](std::size_t chains, std::atomic<bool>* stop) -> Task<void> {
    auto set = [](std::atomic<bool>* flag) -> Task<void> {
      flag->store(true);
      co_return;
    };
    auto behind = spawn(set(stop));
    for (std::size_t i = 0; i < chains; ++i)
      spawn(respawn_until(stop)).detach();  // the last one is in the LIFO slot
    co_await behind;
  };
  std::deque<std::atomic<bool>> stops(20);  // tasks read it until the runtime is destroyed
  Runtime runtime = make();
  for (auto& stop : stops) runtime.block_on(body(workers(), &stop));
}

// Wakes and spawns from outside.

TEST_P(ProgressOn, ASpawnFromOutsideReachesAnIdleRuntime) {
  Runtime runtime = make();
  auto open = [](Gate* gate) -> Task<void> {
    gate->open();
    co_return;
  };
  auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
  for (std::uint64_t i = 0; i < test::scaled(300); ++i) {
    Gate gate;
    std::thread outside([&] {
      while (gate.waiting() == 0) std::this_thread::yield();  // no task can run now
      runtime.spawn(open(&gate)).detach();
    });
    runtime.block_on(wait(&gate));
    outside.join();
  }
}

TEST_P(ProgressOn, ATaskThatYieldsForEverDelaysNeitherTimersNorWakesFromOutside) {
  Runtime runtime = make();
  auto spin = []() -> Task<void> {
    for (;;) co_await yield_now();
  };
  auto body = [](Gate* gate) -> Task<void> {
    for (int i = 0; i < 10; ++i) co_await sleep(50us);
    co_await gate->wait();
    co_await spawn(nothing());
  };
  Gate gate;
  auto spinning = runtime.spawn(spin());
  std::thread outside([&gate] { gate.open(); });
  runtime.block_on(body(&gate));
  outside.join();
  spinning.abort();
}

TEST_P(ProgressOn, NoWakeIsLostWhenTwoThreadsWakeOneTask) {
  Runtime runtime = make();
  auto wait = [](Gate* gate) -> Task<void> { co_await gate->wait(); };
  auto body = [](auto wait_at, Gate* one, Gate* two) -> Task<void> {
    co_await join(wait_at(one), wait_at(two));
  };
  for (std::uint64_t i = 0; i < test::scaled(500); ++i) {
    Gate one;
    Gate two;
    std::thread opener([&one] { one.open(); });
    auto joined = runtime.spawn(body(wait, &one, &two));
    two.open();
    auto await = [](JoinHandle<void>* handle) -> Task<void> { co_await *handle; };
    runtime.block_on(await(&joined));
    opener.join();
  }
}

// Tasks that never yield.

TEST(Progress, TasksThatNeverYieldOccupyOnlyTheirOwnWorkers) {
  constexpr int kWorkers = 4;
  auto never_yield = [](std::atomic<int>* running, std::atomic<bool>* stop) -> Task<void> {
    running->fetch_add(1);
    while (!stop->load()) std::this_thread::yield();
    co_return;
  };
  auto body = [](std::atomic<int>* running) -> Task<void> {
    while (running->load() != kWorkers - 1) co_await yield_now();
    JoinSet<void> tasks;
    for (int i = 0; i < 1000; ++i) tasks.spawn(nothing());
    while (co_await tasks.join_next()) {
    }
    co_await sleep(1ms);
  };
  for (const bool global_queue : {false, true}) {
    std::atomic<int> running{0};
    std::atomic<bool> stop{false};
    Runtime runtime = global_queue ? Runtime::global_queue(kWorkers) : Runtime::multi_thread(kWorkers);
    for (int i = 1; i < kWorkers; ++i) runtime.spawn(never_yield(&running, &stop)).detach();
    runtime.block_on(body(&running));
    stop.store(true);
  }
}

// Very many tasks.

TEST(Progress, AMillionTasksAreAliveAtOnce) {
  const auto count = static_cast<std::size_t>(test::scaled(1'000'000));
  auto wait = [](Gate* gate, std::atomic<std::size_t>* ended) -> Task<void> {
    co_await gate->wait();
    ended->fetch_add(1, std::memory_order_relaxed);
  };
  Gate gate;
  std::atomic<std::size_t> ended{0};
  Runtime runtime = Runtime::multi_thread(2);
  for (std::size_t i = 0; i < count; ++i) runtime.spawn(wait(&gate, &ended)).detach();
  EXPECT_EQ(runtime.approx_alive_tasks(), count);
  gate.open();
  test::run_until(runtime, [&] { return runtime.approx_alive_tasks() == 1; });
  EXPECT_EQ(ended.load(), count);
}

/// One task of a ring. It passes the tokens on until they have gone round often enough.
Task<void> pass_on(mpsc::Receiver<int> from, mpsc::Sender<int> to) {
  while (const auto token = co_await from.recv()) {
    if (*token == 0) break;
    static_cast<void>(co_await to.send(*token - 1));
  }
}

TEST_P(ProgressOn, TokensGoRoundInManyRingsOfTasksAtOnce) {
  auto body = [](int hops) -> Task<void> {
    constexpr int kRings = 20;
    constexpr int kMembers = 10;
    JoinSet<void> members;
    for (int ring = 0; ring < kRings; ++ring) {
      auto [first_tx, rx] = mpsc::channel<int>(1);
      static_cast<void>(first_tx.try_send(hops));
      for (int i = 1; i < kMembers; ++i) {
        auto [tx, next_rx] = mpsc::channel<int>(1);
        members.spawn(pass_on(std::move(rx), std::move(tx)));
        rx = std::move(next_rx);
      }
      members.spawn(pass_on(std::move(rx), std::move(first_tx)));
    }
    while (co_await members.join_next()) {
    }
  };
  Runtime runtime = make();
  runtime.block_on(body(static_cast<int>(test::scaled(2000))));
}

}  // namespace
}  // namespace corokit
