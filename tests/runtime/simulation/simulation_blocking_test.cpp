#include <corokit/explore_test.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;

constexpr std::uint64_t kSeeds = 50;
const explorer::Options kFew{.search = Search::depth_first, .preemptions = 1, .schedules = 1'000};

/// Calls `wait` in a function of spawn_blocking() in a simulation, once each `release` has been called and once before.
template <class Wait, class Release>
Task<void> wait_before_and_after(Wait wait, Release release) {
  auto waiter = spawn_blocking(wait);
  for (int i = 0; i < 3; ++i) co_await yield_now();
  release();
  const auto waited = co_await waiter;
  if (!waited) throw std::runtime_error(waited.error().message());
}

template <class Wait, class Release>
void expect_waits(Wait wait, Release release) {
  explorer::check(kFew, [&] { return wait_before_and_after(wait, release); });
}

TEST(SimulationBlocking, EveryBlockingCallWaitsUntilATaskLetsItGoOn) {
  Mutex<int> mutex(0);
  explorer::check(kFew, [&mutex]() -> Task<void> {
    std::optional<MutexGuard<int>> held(*mutex.try_lock());
    const int before = **held;
    co_await wait_before_and_after([&] { *mutex.blocking_lock() += 1; }, [&] { held.reset(); });
    EXPECT_EQ(*mutex.try_lock().value(), before + 1);
  });

  RwLock<int> lock(0);
  explorer::check(kFew, [&lock]() -> Task<void> {
    std::optional<RwLockWriteGuard<int>> written(*lock.try_write());
    const int before = **written;
    const auto both = [&] {
      { EXPECT_EQ(*lock.blocking_read(), before); }
      *lock.blocking_write() += 1;
    };
    co_await wait_before_and_after(both, [&] { written.reset(); });
    EXPECT_EQ(*lock.try_read().value(), before + 1);
  });

  Semaphore semaphore(0);
  expect_waits([&] { semaphore.blocking_acquire_many(2)->forget(); }, [&] { semaphore.add_permits(2); });

  auto line = mpsc::channel<int>(1);
  expect_waits([&] { EXPECT_EQ(line.rx.blocking_recv(), 7); }, [&] { EXPECT_TRUE(line.tx.try_send(7)); });
  EXPECT_TRUE(line.tx.try_send(1));
  expect_waits([&] { EXPECT_TRUE(line.tx.blocking_send(2)); }, [&] { EXPECT_TRUE(line.rx.try_recv()); });

  auto news = broadcast::channel<int>(4);
  expect_waits([&] { EXPECT_EQ(*news.rx.blocking_recv(), 3); }, [&] { EXPECT_TRUE(news.tx.send(3)); });

  explorer::check(kFew, []() -> Task<void> {
    auto once = oneshot::channel<int>();
    const auto ask = [&] { EXPECT_EQ(*once.rx.blocking_recv(), 5); };
    co_await wait_before_and_after(ask, [&] { EXPECT_TRUE(once.tx.send(5)); });
  });
}

/// Threads and tasks that pass a number on through two channels, in both directions.
Task<int> ping_pong(int rounds) {
  auto [ping, pinged] = mpsc::channel<int>(1);
  auto [pong, ponged] = mpsc::channel<int>(1);
  auto thread =
      spawn_blocking([in = std::make_shared<mpsc::Receiver<int>>(std::move(pinged)), out = std::move(pong)] {
        int sum = 0;
        while (const auto number = in->blocking_recv()) {
          sum += *number;
          if (!out.blocking_send(*number)) break;
        }
        return sum;
      });
  for (int i = 1; i <= rounds; ++i) {
    co_await ping.send(i);
    co_await sleep(1ms);
    const auto back = co_await ponged.recv();
    EXPECT_EQ(*back, i);
  }
  { const auto gone = std::move(ping); }
  co_return *co_await thread;
}

COROKIT_EXPLORE(SimulationBlocking, FunctionsAndTasksTakeTurns, .search = Search::depth_first,
                .preemptions = 1) {
  const int sum = co_await ping_pong(5);
  EXPECT_EQ(sum, 15);
}

COROKIT_EXPLORE(SimulationBlocking, SeveralFunctionsThatWaitGoOnInAnyOrder, .search = Search::random,
                .schedules = 100) {
  Semaphore semaphore(0);
  std::string order;
  std::vector<JoinHandle<void>> waiting;
  for (const char name : {'a', 'b', 'c'})
    waiting.push_back(spawn_blocking([&semaphore, &order, name] {
      const auto permit = semaphore.blocking_acquire();
      order += name;
    }));
  co_await sleep(1ms);
  semaphore.add_permits(3);
  for (auto& each : waiting) co_await each;
  EXPECT_EQ(order.size(), 3U);
  for (const char* reached : {"abc", "acb", "bac", "bca", "cab", "cba"})
    explorer::reached(reached, order == reached);
}

TEST(SimulationBlocking, BlockOnRunsATaskOfTheSimulation) {
  auto body = []() -> Task<Duration> {
    const Instant begin = now();
    auto thread = spawn_blocking([] {
      return block_on([]() -> Task<int> {
        co_await sleep(1h);
        co_return 3;
      }());
    });
    const auto three = co_await thread;
    EXPECT_EQ(*three, 3);
    co_return now() - begin;
  };
  EXPECT_EQ(*sim::run({}, body()), 1h);
}

TEST(SimulationBlocking, AFunctionThatWaitsForEverIsADeadlockThatNamesTheCall) {
  Mutex<int> mutex(0);
  const auto held = *mutex.try_lock();
  std::string ended;
  auto body = [](Mutex<int>* at, std::string* to) -> Task<void> {
    auto thread = spawn_blocking([at, to] {
      try {
        const auto guard = at->blocking_lock();
      } catch (const std::runtime_error& error) {
        *to = error.what();
        throw;
      }
    });
    co_await thread;
  };
  const auto end = sim::run({}, body(&mutex, &ended));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, sim::Failure::Kind::deadlock);
  EXPECT_NE(end.error().message.find("(Mutex::blocking_lock) waits in Mutex::lock"), std::string::npos)
      << end.error().message;
  EXPECT_NE(ended.find("the simulation ended while Mutex::blocking_lock waited"), std::string::npos) << ended;
}

TEST(SimulationBlocking, ATaskMustNotBlock) {
  Mutex<int> mutex(0);
  auto body = [](Mutex<int>* at) -> Task<void> {
    EXPECT_THROW(static_cast<void>(at->blocking_lock()), std::logic_error);
    EXPECT_THROW(block_on([]() -> Task<void> { co_return; }()), std::logic_error);
    co_return;
  };
  EXPECT_TRUE(sim::run({}, body(&mutex)));
}

TEST(SimulationBlocking, TheEndDropsWhatFunctionsWaitFor) {
  Census census;
  Gate never;
  {
    sim::Simulation simulation;
    auto body = [](Gate* at, Counted counted) -> Task<void> {
      for (int i = 0; i < 3; ++i)
        spawn_blocking([at, counted] {
          for (int again = 0; again < 2; ++again) {
            try {
              block_on([](Gate* gate, Counted) -> Task<void> { co_await gate->wait(); }(at, counted));
            } catch (const std::runtime_error&) {
            }
          }
        }).detach();
      co_return;
    };
    EXPECT_TRUE(simulation.run(body(&never, Counted(census))));
    simulation.settle();
    EXPECT_EQ(never.waiting(), 3u);
  }
  EXPECT_EQ(never.waiting(), 0u);
  EXPECT_EQ(census.alive, 0);
}

TEST(SimulationBlocking, TheSameSeedGivesTheSameSchedule) {
  auto trace = [](std::uint64_t seed) {
    sim::Simulation simulation({.seed = seed});
    EXPECT_TRUE(simulation.run(ping_pong(3)));
    return simulation.steps();
  };
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) EXPECT_EQ(trace(seed), trace(seed));
}

}  // namespace
}  // namespace corokit
