#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/each_budget.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Probe;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST(RateLimiter, GivesItsBurstAtOnceAndThenTheRate) {
  auto body = []() -> Task<void> {
    const Instant begin = now();
    RateLimiter limiter(10, 1s, 3);
    EXPECT_EQ(limiter.burst(), 3u);
    for (int i = 0; i < 3; ++i) co_await limiter.acquire();
    EXPECT_EQ(now(), begin);
    EXPECT_EQ(limiter.available(), 0u);
    for (int i = 1; i <= 5; ++i) {
      co_await limiter.acquire();
      EXPECT_EQ(now(), begin + i * 100ms);
    }
    co_await sleep(250ms);
    EXPECT_EQ(limiter.available(), 2u);
    co_await sleep(1h);
    EXPECT_EQ(limiter.available(), 3u);  // the others found the bucket full
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, ARateThatDividesNoNanosecondLosesNothing) {
  auto body = []() -> Task<void> {
    const Instant begin = now();
    RateLimiter limiter(3, 1s, 1);
    std::string dues;
    co_await limiter.acquire();
    for (int i = 0; i < 3; ++i) {
      co_await limiter.acquire();
      dues += std::to_string((now() - begin).count()) + " ";
    }
    EXPECT_EQ(dues, "333333334 666666667 1000000000 ");
    for (int i = 0; i < 3'000; ++i) co_await limiter.acquire();
    EXPECT_EQ(now(), begin + 1001s);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, TryAcquireTakesWhatIsThereAndNeverWaits) {
  auto body = []() -> Task<void> {
    RateLimiter limiter(1, 1ms, 5);
    EXPECT_TRUE(limiter.try_acquire(4));
    EXPECT_FALSE(limiter.try_acquire(2));
    EXPECT_EQ(limiter.available(), 1u);  // a refusal takes nothing
    EXPECT_TRUE(limiter.try_acquire());
    EXPECT_FALSE(limiter.try_acquire());
    co_await sleep(2ms);
    EXPECT_TRUE(limiter.try_acquire(2));
    EXPECT_FALSE(limiter.try_acquire());
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, ZeroTokensAreAlwaysThere) {
  auto body = []() -> Task<void> {
    RateLimiter limiter(1, 1h, 1);
    co_await limiter.acquire();
    auto take = [](RateLimiter& from) -> Task<void> { co_await from.acquire(); };
    const auto waiting = spawn(take(limiter));
    co_await yield_now();
    const Instant before = now();
    co_await limiter.acquire(0);
    EXPECT_TRUE(limiter.try_acquire(0));
    EXPECT_EQ(now(), before);
    waiting.abort();
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, RefusesWhatItCouldNeverGive) {
  EXPECT_THROW(RateLimiter(0, 1s, 1), std::invalid_argument);
  EXPECT_THROW(RateLimiter(1, 0s, 1), std::invalid_argument);
  EXPECT_THROW(RateLimiter(1, -1s, 1), std::invalid_argument);
  EXPECT_THROW(RateLimiter(1, std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()), 1),
               std::invalid_argument);
  EXPECT_THROW(RateLimiter(1, 1s, 0), std::invalid_argument);
  RateLimiter limiter(1, 1s, 5);
  EXPECT_THROW(static_cast<void>(limiter.acquire(6)),
               std::invalid_argument);  // at the call, not when it is awaited
  EXPECT_THROW(static_cast<void>(limiter.try_acquire(kMost)), std::invalid_argument);
  EXPECT_TRUE(limiter.try_acquire(5));
}

TEST(RateLimiter, ALimiterOfTheWholeProgramServesASimulation) {
  static RateLimiter limiter(1, 1ms, 2);  // made by another clock, of which a full bucket knows nothing
  auto body = []() -> Task<Duration> {
    const Instant begin = now();
    for (int i = 0; i < 4; ++i) co_await limiter.acquire();
    co_return now() - begin;
  };
  EXPECT_EQ(*sim::run({}, body()), 2ms);
}

TEST(RateLimiter, TakesOneHundredAndTwelveBytes) {
  EXPECT_EQ(sizeof(RateLimiter), 112u);
}

// The queue.

TEST(RateLimiter, NobodyOvertakesAWaiterForManyTokens) {
  auto body = []() -> Task<void> {
    auto take = [](RateLimiter& from, std::uint64_t tokens, std::vector<Duration>& times,
                   Instant begin) -> Task<void> {
      co_await from.acquire(tokens);
      times.push_back(now() - begin);
    };
    const Instant begin = now();
    RateLimiter limiter(1, 1ms, 10);
    std::vector<Duration> times;
    co_await limiter.acquire(10);
    JoinSet<void> all;
    for (const std::uint64_t tokens : {8, 1, 10, 1}) {
      all.spawn(take(limiter, tokens, times, begin));
      co_await sleep(1us);  // until it is in the queue
    }
    co_await sleep_until(begin + 5ms);
    EXPECT_EQ(limiter.available(), 5u);
    EXPECT_FALSE(limiter.try_acquire(1));  // they are for the first one
    while (co_await all.join_next()) {
    }
    EXPECT_EQ(times, (std::vector<Duration>{8ms, 9ms, 19ms, 20ms}));
    EXPECT_FALSE(limiter.try_acquire(1));
    co_await sleep(1ms);
    EXPECT_TRUE(limiter.try_acquire(1));
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, ADroppedWaiterHasTakenNothingAndLetsTheNextGo) {
  auto body = []() -> Task<void> {
    RateLimiter limiter(1, 1ms, 10);
    co_await limiter.acquire(10);
    const Instant begin = now();
    auto take = [](RateLimiter& from, std::uint64_t tokens) -> Task<Instant> {
      co_await from.acquire(tokens);
      co_return now();
    };
    auto many = spawn(take(limiter, 10));
    co_await sleep(1us);
    auto few = spawn(take(limiter, 3));
    co_await sleep(1us);
    auto behind = spawn(take(limiter, 2));
    co_await sleep(4ms - 2us);
    many.abort();
    const auto aborted = co_await many;
    EXPECT_FALSE(aborted);
    const auto first = co_await few;
    EXPECT_EQ(*first, begin + 4ms);  // with tokens that came for the one before
    behind.abort();
    const auto also_aborted = co_await behind;
    EXPECT_FALSE(also_aborted);
    EXPECT_EQ(limiter.available(), 1u);
    EXPECT_TRUE(limiter.try_acquire(1));
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, AWaitThatIsNotAwaitedTakesNothing) {
  RateLimiter limiter(1, 1h, 2);
  { const auto wait = limiter.acquire(2); }
  EXPECT_TRUE(limiter.try_acquire(2));
}

TEST(RateLimiter, AWaitThatLosesWhenItsTokensComeLeavesThemThere) {
  explorer::check({.search = Search::depth_first}, []() -> Task<void> {
    RateLimiter limiter(1, 1ms, 2);
    co_await limiter.acquire(2);
    // Both are over at the same moment, and the first operand wins.
    const auto first = co_await select(biased, sleep(1ms), limiter.acquire());
    explorer::reached("the tokens come back", first.index() == 0);
    EXPECT_EQ(limiter.available(), first.index() == 0 ? 1u : 0u);
    co_await limiter.acquire(2);
  });
}

TEST(RateLimiter, ATimeoutEndsAWait) {
  auto body = []() -> Task<void> {
    RateLimiter limiter(1, 1s, 1);
    co_await limiter.acquire();
    const auto waited = co_await timeout(999ms, limiter.acquire());
    EXPECT_FALSE(waited);
    const auto again = co_await timeout(2ms, limiter.acquire());
    EXPECT_TRUE(again);
  };
  EXPECT_TRUE(sim::run({}, body()));
}

TEST(RateLimiter, TheHeadOfTheQueueWaitsForATimerAndTheOthersForTheHead) {
  RateLimiter limiter(1, 1h, 1);
  Probe first(limiter.acquire());
  EXPECT_TRUE(first.poll());
  Probe second(limiter.acquire());
  Probe third(limiter.acquire());
  EXPECT_TRUE(second.is_pending() && third.is_pending());
  EXPECT_FALSE(second.is_woken() || third.is_woken());
  second.drop();
  EXPECT_EQ(third.wake_count(), 1u);
  EXPECT_FALSE(third.poll());
  EXPECT_FALSE(third.is_woken());
}

TEST(RateLimiter, ABudgetChangesNothing) {
  test::does_the_same_at_each_budget("RateLimiter", []() -> Task<std::string> {
    RateLimiter limiter(1, 1h, 5);
    std::string text;
    for (;;) {
      const auto first = co_await select(biased, limiter.acquire(), consume_budget());
      text += std::to_string(first.index());
      if (first.index() == 1) co_return text;
    }
  });
}

// The ends of the numbers.

TEST(RateLimiter, TheLargestCountsAndDurationsDoNotOverflow) {
  auto body = []() -> Task<void> {
    RateLimiter fast(kMost, 1ns, kMost);
    EXPECT_TRUE(fast.try_acquire(kMost));
    co_await fast.acquire(kMost);
    co_await fast.acquire(1);
    co_await sleep(24h * 365 * 200);
    EXPECT_EQ(fast.available(), kMost);

    RateLimiter slow(1, Duration::max(), kMost);
    EXPECT_EQ(slow.available(), kMost);
    EXPECT_TRUE(slow.try_acquire(kMost));
    EXPECT_EQ(slow.available(), 0u);
    const auto never = co_await timeout(24h * 365, slow.acquire(kMost));
    EXPECT_FALSE(never);
    EXPECT_FALSE(slow.try_acquire());

    RateLimiter both(kMost, std::chrono::years(1'000'000), kMost);  // as long as Duration::max()
    EXPECT_TRUE(both.try_acquire(kMost));
    const Instant before = now();
    co_await both.acquire(2);
    EXPECT_EQ(now(), before + 1ns);  // two come in a nanosecond, and a little more
    co_await sleep(1h);
    EXPECT_GE(both.available(), 7'200'000'000'000u);

    RateLimiter often(1, 1ns, 1);
    co_await often.acquire();
    for (int i = 0; i < 100; ++i) co_await often.acquire();
  };
  EXPECT_TRUE(sim::run({}, body()));
}

}  // namespace
}  // namespace corokit
