// Compares RateLimiter with sums over many schedules, in virtual time, and runs it on threads.
#include <corokit/explore_test.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/chosen.hpp"
#include "support/on_each_runtime.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using detail::UInt128;
using explorer::Search;
using test::Chosen;

/// Returns: how long `tokens` tokens take to come.
Duration time_of(std::uint64_t tokens, std::uint64_t rate, std::uint64_t period) {
  const UInt128 parts = UInt128{tokens} * period;
  return Duration(static_cast<Duration::rep>((parts + rate - 1) / rate));
}

Task<void> take_and_compare(RateLimiter& limiter, std::uint64_t tokens, Instant when) {
  co_await limiter.acquire(tokens);
  EXPECT_EQ(now(), when);
}

COROKIT_EXPLORE(RateLimiterModel, AQueueIsServedExactlyWhenItsTokensCome, .search = Search::random,
                .schedules = 2'000) {
  const std::uint64_t rate = 1 + Chosen::below(1'000);
  const std::uint64_t period = 20 * rate + Chosen::below(Chosen::below(2) == 0 ? 10 : 1'000'000'000);
  const std::uint64_t burst = 1 + Chosen::below(20);
  RateLimiter limiter(rate, Duration(period), burst);
  const Instant begin = now();
  co_await limiter.acquire(burst);
  std::uint64_t sum = 0;
  std::vector<JoinHandle<void>> waits;
  for (int i = 0; i < 10; ++i) {  // all of them come before the first token does
    const std::uint64_t tokens = 1 + Chosen::below(static_cast<std::uint32_t>(burst));
    sum += tokens;
    waits.push_back(spawn(take_and_compare(limiter, tokens, begin + time_of(sum, rate, period))));
    co_await sleep(1ns);
  }
  for (auto& wait : waits) {
    const auto ended = co_await wait;
    EXPECT_TRUE(ended);
  }
}

struct Taken {
  Instant when;
  std::uint64_t tokens;
};

/// Takes tokens in each way that there is, some of which give up.
Task<void> take_some(RateLimiter& limiter, std::vector<Taken>& taken, int times) {
  for (int i = 0; i < times; ++i) {
    const std::uint64_t tokens = 1 + Chosen::below(static_cast<std::uint32_t>(limiter.burst()));
    bool is_taken = true;
    switch (Chosen::below(4)) {
      case 0:
        is_taken = limiter.try_acquire(tokens);
        break;
      case 1: {
        const auto waited = co_await timeout(Duration(Chosen::below(50)), limiter.acquire(tokens));
        explorer::reached("a wait is given up", !waited);
        is_taken = waited.has_value();
        break;
      }
      case 2:
        co_await sleep(Duration(Chosen::below(50)));
        is_taken = false;
        break;
      default:
        co_await limiter.acquire(tokens);
    }
    if (is_taken) taken.push_back({now(), tokens});
  }
}

COROKIT_EXPLORE(RateLimiterSchedules, NoSpanOfTimeHasMoreThanTheBurstAndTheRate, .search = Search::random,
                .schedules = 1'000) {
  const std::uint64_t rate = 1 + Chosen::below(5);
  const std::uint64_t period = 1 + Chosen::below(20);
  const std::uint64_t burst = 1 + Chosen::below(8);
  RateLimiter limiter(rate, Duration(period), burst);
  std::vector<Taken> taken;
  JoinSet<void> all;
  for (int i = 0; i < 4; ++i) all.spawn(take_some(limiter, taken, 10));
  while (co_await all.join_next()) {
  }
  for (std::size_t first = 0; first < taken.size(); ++first) {
    std::uint64_t sum = 0;
    for (std::size_t last = first; last < taken.size(); ++last) {
      sum += taken[last].tokens;
      const auto passed = static_cast<std::uint64_t>((taken[last].when - taken[first].when).count());
      explorer::require(sum * period <= burst * period + (passed + 1) * rate,
                        "no more than the burst, and what comes within that time and a nanosecond");
    }
  }
  // Nobody holds anything back: after the time of a burst all tokens are there.
  co_await sleep(time_of(burst, rate, period));
  EXPECT_TRUE(limiter.try_acquire(burst));
}

// On threads.

class RateLimiterOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RateLimiterOn);

Task<void> take_often(RateLimiter& limiter, int times) {
  for (int i = 0; i < times; ++i) co_await limiter.acquire(i % 2 == 0 ? 1 : 2);
}

TEST_P(RateLimiterOn, GivesTokensNoSoonerThanTheRateAllows) {
  Runtime runtime = make();
  auto body = []() -> Task<void> {
    constexpr int kTasks = 8;
    const int times = static_cast<int>(test::scaled(40));
    RateLimiter limiter(100'000, 1s, 20);
    const Instant begin = now();
    JoinSet<void> all;
    for (int i = 0; i < kTasks; ++i) all.spawn(take_often(limiter, times));
    while (co_await all.join_next()) {
    }
    const auto tokens = std::uint64_t{kTasks} * static_cast<std::uint64_t>(times) / 2 * 3;
    EXPECT_GE(now() - begin + 1ns, time_of(tokens - 20, 100'000, 1'000'000'000));
  };
  runtime.block_on(body());
}

Task<void> take_one(RateLimiter& limiter) {
  co_await limiter.acquire();
}

/// Eight tasks wait for a token each, four of which are aborted. The others all get theirs.
Task<void> abort_some(std::uint64_t seed) {
  detail::Rng random(seed);
  RateLimiter limiter(1, 20us, 1);
  co_await limiter.acquire();
  std::vector<JoinHandle<void>> staying;
  std::vector<JoinHandle<void>> leaving;
  for (int i = 0; i < 4; ++i) {
    leaving.push_back(spawn(take_one(limiter)));
    staying.push_back(spawn(take_one(limiter)));
  }
  for (std::uint32_t turns = random.below(8); turns > 0; --turns) co_await yield_now();
  for (auto& handle : leaving) handle.abort();
  for (auto& handle : leaving) static_cast<void>(co_await handle);
  for (auto& handle : staying) {
    const auto result = co_await handle;
    EXPECT_TRUE(result);
  }
  co_await limiter.acquire();
}

TEST_P(RateLimiterOn, AnAbortedWaitHoldsNobodyUp) {
  Runtime runtime = make();
  for (std::uint64_t round = 0; round < test::scaled(100); ++round) runtime.block_on(abort_some(round));
}

}  // namespace
}  // namespace corokit
