#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Probe;

TEST(Sleep, ADeadlineInThePastDoesNotSuspend) {
  Probe past(sleep_until(Instant{}));
  EXPECT_TRUE(past.poll());
  Probe earliest(sleep_until(Instant::min()));
  EXPECT_TRUE(earliest.poll());
  auto none = []() -> Task<void> {
    co_await sleep(0ns);
    co_await sleep(-1h);
    co_await sleep(Duration::min());
  };
  EXPECT_TRUE(sim::run({}, none()));
}

/// Makes a sleep, awaits another one, and only then awaits the first. Returns: how long both took.
Task<Duration> wait_late(Duration duration, Duration meanwhile) {
  const Instant begin = now();
  auto wait = sleep(duration);
  co_await sleep(meanwhile);
  co_await wait;
  co_return now() - begin;
}

TEST(Sleep, CountsFromTheCall) {
  EXPECT_EQ(*sim::run({}, wait_late(10ms, 4ms)), 10ms);
}

TEST(Sleep, FiresInTheOrderOfDeadlinesWhateverTheOrderOfCalls) {
  auto body = []() -> Task<std::vector<int>> {
    std::vector<int> order;
    auto one = [](std::vector<int>* to, int delay) -> Task<void> {
      co_await sleep(Duration(delay));
      to->push_back(delay);
    };
    FuturesUnordered<Task<void>> futures;
    for (const int delay : {4096, 63, 1, 65, 4095, 64, 262144}) futures.push(one(&order, delay));
    while (co_await futures.next()) {
    }
    co_return order;
  };
  EXPECT_EQ(*sim::run({}, body()), (std::vector<int>{1, 63, 64, 65, 4095, 4096, 262144}));
}

TEST(Sleep, TenThousandRandomSleepsWakeExactlyAndTheSameEveryTime) {
  auto body = [](std::uint64_t seed) -> Task<std::uint64_t> {
    auto one = [](Duration delay, std::uint64_t* hash) -> Task<void> {
      const Instant due = now() + delay;
      co_await sleep(delay);
      EXPECT_EQ(now(), due);
      *hash = *hash * 31 + static_cast<std::uint64_t>(delay.count());
    };
    detail::Rng rng(seed);
    std::uint64_t hash = 0;
    std::vector<JoinHandle<void>> handles;
    for (int i = 0; i < 10'000; ++i)
      handles.push_back(spawn(one(Duration(1 + (rng.next() >> (20 + rng.below(40)))), &hash)));
    for (auto& handle : handles) co_await handle;
    co_return hash;
  };
  EXPECT_EQ(*sim::run({.seed = 3}, body(5)), *sim::run({.seed = 3}, body(5)));
}

TEST(Sleep, SleepsOfTenYearsAndToTheEndOfTimeAreNotDueAtOnce) {
  auto body = []() -> Task<std::size_t> {
    const auto first = co_await select(sleep(Duration::max()), sleep_until(Instant::max()),
                                       sleep(24h * 365 * 10), sleep(1ns));
    co_return first.index();
  };
  EXPECT_EQ(*sim::run({}, body()), 3u);
  EXPECT_EQ(block_on(body()), 3u);
  auto ten_years = []() -> Task<bool> {
    const Instant begin = now();
    co_await sleep(24h * 365 * 10);
    co_return now() - begin == 24h * 365 * 10;
  };
  EXPECT_TRUE(*sim::run({}, ten_years()));
}

TEST(Sleep, IsDroppedWithoutATrace) {
  auto body = []() -> Task<void> {
    for (int i = 0; i < 1000; ++i) {
      co_await select(sleep(1s), sleep(Duration(i)), sleep(1h));
    }
  };
  auto end = sim::run({}, body());
  EXPECT_TRUE(end);
}

TEST(Sleep, AnObjectSaysItsDeadlineAndWhetherItHasElapsed) {
  auto body = []() -> Task<void> {
    const Instant begin = now();
    Sleep pause = sleep(10ms);
    EXPECT_EQ(pause.deadline(), begin + 10ms);
    EXPECT_EQ(Sleep(10ms).deadline(), begin + 10ms);
    EXPECT_FALSE(pause.is_elapsed());
    co_await sleep(9ms);
    EXPECT_FALSE(pause.is_elapsed());
    co_await pause;
    EXPECT_EQ(now() - begin, 10ms);
    EXPECT_TRUE(pause.is_elapsed());
    co_await pause;  // it is over
    EXPECT_EQ(now() - begin, 10ms);
    EXPECT_TRUE(Sleep(Instant::min()).is_elapsed());
    EXPECT_FALSE(Sleep(Instant::max()).is_elapsed());
    EXPECT_FALSE(Sleep(Duration::max()).is_elapsed());
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(Sleep, AnObjectThatIsResetMayBeAwaitedAgain) {
  auto body = []() -> Task<std::vector<Duration>> {
    const Instant begin = now();
    std::vector<Duration> ends;
    Sleep pause(10ms);
    co_await pause;
    ends.push_back(now() - begin);
    pause.reset(begin + 30ms);  // after its end
    EXPECT_FALSE(pause.is_elapsed());
    {
      const auto first = co_await select(biased, pause, sleep(5ms));
      EXPECT_EQ(first.index(), 1u);
    }
    pause.reset(begin + 20ms);  // before its end, to an earlier time
    co_await pause;
    ends.push_back(now() - begin);
    pause.reset_after(20ms);
    {
      const auto first = co_await select(biased, pause, sleep(5ms));
      EXPECT_EQ(first.index(), 1u);
    }
    pause.reset_after(20ms);  // to a later time
    co_await pause;
    ends.push_back(now() - begin);
    pause.reset(begin);  // to the past
    co_await pause;
    ends.push_back(now() - begin);
    co_return ends;
  };
  EXPECT_EQ(*sim::run({}, body()), (std::vector<Duration>{10ms, 20ms, 45ms, 45ms}));
}

TEST(Sleep, AnObjectKeepsItsDeadlineFromOneSelectToTheNext) {
  auto body = []() -> Task<int> {
    int ticks = 0;
    const Sleep limit(10ms);
    for (;; ++ticks) {
      const auto first = co_await select(biased, sleep(3ms), limit);
      if (first.index() == 1) co_return ticks;
    }
  };
  EXPECT_EQ(*sim::run({}, body()), 3);
}

class SleepOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(SleepOn);

Task<bool> sleep_many(int count, std::uint64_t seed) {
  bool early = false;
  detail::Rng rng(seed);
  for (int i = 0; i < count; ++i) {
    const Instant due = now() + std::chrono::microseconds(rng.below(500));
    co_await sleep_until(due);
    early = early || now() < due;
  }
  co_return early;
}

TEST_P(SleepOn, UntilTheEndOfTimeSetsNoTimer) {
  // So no thread ever wakes for it.
  auto body = []() -> Task<bool> {
    bool has_timer = true;
    auto look = [](bool* found) -> Task<void> {
      *found = detail::current_context()->timers->approx_next().has_value();
      co_return;
    };
    co_await select(biased, sleep(Duration::max()), sleep_until(Instant::max()), look(&has_timer));
    co_return has_timer;
  };
  EXPECT_FALSE(make().block_on(body()));
}

TEST_P(SleepOn, NeverWakesEarly) {
  Runtime runtime = make();
  auto body = []() -> Task<bool> {
    std::vector<JoinHandle<bool>> handles;
    for (std::uint64_t i = 0; i < 50; ++i) handles.push_back(spawn(sleep_many(50, i)));
    bool early = false;
    for (auto& handle : handles) early = *co_await handle || early;
    co_return early;
  };
  EXPECT_FALSE(runtime.block_on(body()));
}

TEST_P(SleepOn, ASleepThatIsOverBeforeItIsAwaitedEnds) {
  Runtime runtime = make();
  EXPECT_GE(runtime.block_on(wait_late(1ms, 3ms)), 3ms);
}

TEST_P(SleepOn, AnObjectThatIsResetNeverWakesEarly) {
  Runtime runtime = make();
  auto body = []() -> Task<bool> {
    bool early = false;
    Sleep pause(Instant::max());
    detail::Rng rng(1);
    for (int i = 0; i < 50; ++i) {
      pause.reset_after(std::chrono::microseconds(rng.below(500)));
      const auto first = co_await select(pause, sleep(100us));
      if (first.index() == 0) early = early || !pause.is_elapsed();
    }
    co_return early;
  };
  EXPECT_FALSE(runtime.block_on(body()));
}

TEST_P(SleepOn, AThousandZeroSleepsEnd) {
  Runtime runtime = make();
  auto body = []() -> Task<void> {
    for (int i = 0; i < 1000; ++i) co_await sleep(0ns);
  };
  runtime.block_on(body());
}

/// Begins a sleep on one worker and drops it on another.
Task<void> cancel_after_hops(int hops, Counted) {
  auto long_sleep = []() -> Task<void> { co_await sleep(1h); };
  auto hop = [](int count) -> Task<void> {
    for (int i = 0; i < count; ++i) co_await yield_now();
  };
  co_await select(long_sleep(), hop(hops), sleep(1h));
}

TEST_P(SleepOn, ATimerMayBeCancelledFromAnyWorker) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<void> {
    for (std::uint64_t round = 0; round < test::scaled(100); ++round) {
      std::vector<JoinHandle<void>> handles;
      for (int i = 0; i < 20; ++i) handles.push_back(spawn(cancel_after_hops(i, counted)));
      for (auto& handle : handles) co_await handle;
    }
  };
  runtime.block_on(body(Counted(census)));
  EXPECT_EQ(census.alive, 0);
}

TEST_P(SleepOn, AbortRacesWithTheTimer) {
  Runtime runtime = make();
  Census census;
  auto nap = [](Counted) -> Task<void> { co_await sleep(30us); };
  auto body = [](auto make_nap, Counted counted) -> Task<int> {
    int ended = 0;
    for (std::uint64_t round = 0; round < test::scaled(2000); ++round) {
      auto handle = spawn(make_nap(counted));
      co_await sleep(20us);
      handle.abort();
      co_await handle;
      ++ended;
    }
    co_return ended;
  };
  EXPECT_EQ(runtime.block_on(body(nap, Counted(census))), static_cast<int>(test::scaled(2000)));
  EXPECT_EQ(census.alive, 0);
}

}  // namespace
}  // namespace corokit
