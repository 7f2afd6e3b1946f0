#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Gate;
using test::Probe;

TEST(YieldNow, SuspendsOnceAndIsWokenOnce) {
  Probe probe(yield_now());
  EXPECT_FALSE(probe.poll());
  // It is queued again already, so it runs one more turn.
  EXPECT_TRUE(probe.poll());
}

TEST(YieldNow, LetsTheOthersRunFirst) {
  auto write = [](std::string* log, char name) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      *log += name;
      co_await yield_now();
    }
  };
  auto body = [](auto make) -> Task<std::string> {
    std::string log;
    auto a = spawn(make(&log, 'a'));
    auto b = spawn(make(&log, 'b'));
    co_await a;
    co_await b;
    co_return log;
  };
  EXPECT_EQ(block_on(body(write)), "ababab");  // the current-thread runtime is first in, first out
}

TEST(YieldNow, BranchesOfOneTaskTakeTurns) {
  auto write = [](std::string* log, char name) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      *log += name;
      co_await yield_now();
    }
  };
  auto body = [](auto make) -> Task<std::string> {
    std::string log;
    co_await select(biased, make(&log, 'a'), make(&log, 'b'));
    co_return log;
  };
  EXPECT_EQ(block_on(body(write)), "ababab");
}

TEST(Budget, EndsATurnAfterItsReadyAwaits) {
  Gate open;
  open.open();
  auto loop = [](Gate* gate, int rounds, int* done) -> Task<void> {
    for (; *done < rounds; ++*done) co_await gate->wait();
  };
  int done = 0;
  Probe probe(loop(&open, 300, &done));
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(done, 128);
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(done, 257);  // the await at which it yielded, and 128 more
  EXPECT_TRUE(probe.poll());
}

TEST(Budget, ConsumingItYieldsOnceItIsSpent) {
  auto compute = [](int rounds, int* done) -> Task<void> {
    for (; *done < rounds; ++*done) co_await consume_budget();
  };
  int done = 0;
  Probe probe(compute(200, &done));
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(done, 128);
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(done, 200);
}

TEST(Budget, ATaskThatConsumesItLetsOthersRun) {
  auto compute = [](const bool* stop) -> Task<void> {
    while (!*stop) co_await consume_budget();
  };
  auto body = [](auto make) -> Task<void> {
    bool stop = false;
    auto computing = spawn(make(&stop));
    for (int i = 0; i < 10; ++i) co_await yield_now();
    stop = true;
    co_await computing;
  };
  block_on(body(compute));
  EXPECT_TRUE(sim::run({}, body(compute)));
}

// A lock that is held while its holder waits for the processor makes all other tasks queue up. The queue would then
// never become empty again, because each task hands the lock to the next.
TEST(Budget, ATaskThatYieldsDoesNotHoldTheLockThatItWants) {
  auto hog = [](Mutex<>* mutex, bool* stop) -> Task<void> {
    while (!*stop) const auto guard = co_await mutex->lock();
  };
  auto body = [](auto make) -> Task<int> {
    Mutex<> mutex;
    bool stop = false;
    auto hogging = spawn(make(&mutex, &stop));
    int free = 0;
    for (int i = 0; i < 10; ++i) {
      co_await yield_now();
      if (mutex.try_lock()) ++free;
    }
    stop = true;
    co_await hogging;
    co_return free;
  };
  EXPECT_EQ(block_on(body(hog)), 10);
}

TEST(Budget, ALockTriedAfterAYieldMayHaveToWait) {
  auto first = [](Mutex<>* mutex, int* rounds) -> Task<void> {
    for (; *rounds < 1'000; ++*rounds) const auto guard = co_await mutex->lock();
  };
  auto second = [](Mutex<>* mutex, const int* rounds) -> Task<void> {
    const auto guard = co_await mutex->lock();  // while the first task yields
    const int before = *rounds;
    for (int i = 0; i < 3; ++i) co_await yield_now();
    EXPECT_EQ(*rounds, before);
  };
  auto body = [](auto make_first, auto make_second) -> Task<int> {
    Mutex<> mutex;
    int rounds = 0;
    auto one = spawn(make_first(&mutex, &rounds));
    auto other = spawn(make_second(&mutex, &rounds));
    co_await one;
    co_await other;
    co_return rounds;
  };
  EXPECT_EQ(block_on(body(first, second)), 1'000);
  EXPECT_EQ(sim::run({}, body(first, second)), 1'000);
}

// The branches of this select have no coroutine of their own.
TEST(Budget, ABranchWithoutACoroutineYieldsBeforeItBegins) {
  auto loop = [](Mutex<>* mutex, Mutex<>* held) -> Task<int> {
    int done = 0;
    for (; done < 1'000; ++done) co_await select(biased, mutex->lock(), held->lock());
    co_return done;
  };
  auto body = [](auto make) -> Task<int> {
    Mutex<> mutex, held;
    const auto guard = co_await held.lock();
    auto looping = spawn(make(&mutex, &held));
    const auto done = co_await looping;
    co_return *done;
  };
  EXPECT_EQ(block_on(body(loop)), 1'000);
}

TEST(Budget, ABranchThatHasNotBegunCanBeDropped) {
  Mutex<> mutex;
  auto loop = [](Mutex<>* wanted, Gate* never) -> Task<void> {
    for (;;) co_await select(biased, wanted->lock(), never->wait());
  };
  Gate never;
  Probe probe(loop(&mutex, &never));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(probe.poll());
  probe.drop();
  EXPECT_EQ(never.waiting(), 0u);
  EXPECT_TRUE(mutex.try_lock());
}

TEST(Budget, ATaskThatYieldedCanBeDropped) {
  Gate open;
  open.open();
  auto loop = [](Gate* gate) -> Task<void> {
    for (;;) co_await gate->wait();
  };
  Probe probe(loop(&open));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(probe.poll());
  probe.drop();
  EXPECT_EQ(open.waiting(), 0u);
}

}  // namespace
}  // namespace corokit
