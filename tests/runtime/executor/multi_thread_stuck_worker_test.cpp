// A worker that blocks in user code delays only the task that blocks.
#include <corokit/runtime.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Gate;

/// A stuck task waits for this signal. It gives up after a time that only a broken runtime needs.
class Signal {
 public:
  Signal() : ready_(promise_.get_future()) {}
  void set() { promise_.set_value(); }
  /// Blocks the thread. Returns: whether the signal was set in time.
  bool wait() {
    const std::shared_future<void> mine = ready_;  // several threads may wait
    return mine.wait_for(20s) == std::future_status::ready;
  }

 private:
  std::promise<void> promise_;
  const std::shared_future<void> ready_;
};

Task<void> set_it(Signal* signal) {
  signal->set();
  co_return;
}

Task<void> sleep_and_set(Duration duration, Signal* signal) {
  co_await sleep(duration);
  signal->set();
}

Task<bool> block_until(Signal* signal) {
  co_return signal->wait();
}

TEST(StuckWorker, TheTaskThatItWokeRunsElsewhere) {
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 20; ++i) {
    Signal child_ran;
    auto body = [](Signal* signal) -> Task<bool> {
      spawn(set_it(signal)).detach();
      co_return signal->wait();
    };
    ASSERT_TRUE(runtime.block_on(body(&child_ran)));
  }
}

TEST(StuckWorker, TheTaskThatItWokeRunsElsewhereAlthoughAllWorkersWereBusy) {
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 20; ++i) {
    Signal child_ran;
    std::atomic<bool> is_busy{false};
    std::atomic<bool> stuck{false};
    auto keep_busy = [](std::atomic<bool>* busy, std::atomic<bool>* until) -> Task<void> {
      busy->store(true);
      while (!until->load()) std::this_thread::yield();
      co_return;
    };
    auto get_stuck = [](Signal* signal, std::atomic<bool>* other_is_busy,
                        std::atomic<bool>* now) -> Task<bool> {
      while (!other_is_busy->load()) std::this_thread::yield();
      spawn(set_it(signal)).detach();
      now->store(true);
      co_return signal->wait();
    };
    auto other = runtime.spawn(keep_busy(&is_busy, &stuck));
    ASSERT_TRUE(runtime.block_on(get_stuck(&child_ran, &is_busy, &stuck)));
    other.detach();
  }
}

Task<bool> get_stuck_in_a_chain(int depth, Signal* ran) {
  ran->set();
  if (depth == 0) co_return true;
  Signal next;
  auto handle = spawn(get_stuck_in_a_chain(depth - 1, &next));
  const bool in_time = next.wait();
  const auto below = co_await handle;
  co_return (in_time && *below);
}

TEST(StuckWorker, AllButOneMayBeStuck) {
  Runtime runtime = Runtime::multi_thread(8);
  for (int i = 0; i < 5; ++i) {
    Signal ran;
    ASSERT_TRUE(runtime.block_on(get_stuck_in_a_chain(7, &ran)));
  }
}

TEST(StuckWorker, TimersOfOthersFire) {
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 20; ++i) {
    Signal fired;
    auto body = [](Signal* signal) -> Task<bool> {
      auto sleeper = spawn(sleep_and_set(2ms, signal));
      co_await yield_now();  // the sleeper may begin to sleep on this worker
      const bool in_time = signal->wait();
      co_await sleeper;
      co_return in_time;
    };
    ASSERT_TRUE(runtime.block_on(body(&fired)));
  }
}

TEST(StuckWorker, TimersOfOthersFireAlthoughItWasTheTimedSleeper) {
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 20; ++i) {
    Signal fired;
    auto sleeper = runtime.spawn(sleep_and_set(5ms, &fired));
    for (int n = 0; n < 100; ++n) std::this_thread::yield();  // both workers may sleep by now, but need not
    ASSERT_TRUE(runtime.block_on(block_until(&fired)));
    sleeper.detach();
  }
}

TEST(StuckWorker, TimersFireWhileATimerHasMadeAllOtherWorkersStuck) {
  Runtime runtime = Runtime::multi_thread(4);
  for (int i = 0; i < 5; ++i) {
    Signal fired;
    auto sleep_and_block = [](Duration duration, Signal* signal) -> Task<bool> {
      co_await sleep(duration);
      co_return signal->wait();
    };
    std::vector<JoinHandle<bool>> stuck;
    for (int n = 0; n < 3; ++n) stuck.push_back(runtime.spawn(sleep_and_block(1ms * (n + 1), &fired)));
    auto last = [](std::vector<JoinHandle<bool>>* others, Signal* signal) -> Task<bool> {
      co_await sleep(10ms);
      signal->set();
      bool all = true;
      for (auto& other : *others) all = all && *co_await other;
      co_return all;
    };
    ASSERT_TRUE(runtime.block_on(last(&stuck, &fired)));
  }
}

TEST(StuckWorker, ATaskThatYieldedToAStuckOneRunsElsewhere) {
  // The task yielded to the task that it spawned, and that one is stuck.
  Runtime runtime = Runtime::multi_thread(2);
  for (int i = 0; i < 20; ++i) {
    Signal ran;
    auto body = [](Signal* signal) -> Task<bool> {
      auto handle = spawn(block_until(signal));
      co_await yield_now();
      signal->set();
      const auto in_time = co_await handle;
      co_return *in_time;
    };
    ASSERT_TRUE(runtime.block_on(body(&ran)));
  }
}

TEST(StuckWorker, WakesFromOutsideReachTheOtherWorkers) {
  Runtime runtime = Runtime::multi_thread(2);
  Signal release;
  Gate gate;
  auto waiter = [](Gate* at, Signal* signal) -> Task<void> {
    co_await at->wait();
    signal->set();
  };
  auto waiting = runtime.spawn(waiter(&gate, &release));
  auto stuck = runtime.spawn(block_until(&release));
  std::thread opener([&gate] { gate.open(); });
  auto join = [](JoinHandle<bool> handle) -> Task<bool> {
    const auto result = co_await handle;
    co_return *result;
  };
  EXPECT_TRUE(runtime.block_on(join(std::move(stuck))));
  opener.join();
  waiting.detach();
}

}  // namespace
}  // namespace corokit
