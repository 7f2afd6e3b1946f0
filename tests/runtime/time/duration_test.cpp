#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/duration.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <future>
#include <limits>
#include <ratio>
#include <stdexcept>
#include <string>

#include "support/gate.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration;
using test::Gate;

constexpr Duration in_nanoseconds(AnyDuration any) {
  return any;
}

static_assert(in_nanoseconds(Duration::max()) == Duration::max());
static_assert(in_nanoseconds(Duration::min()) == Duration::min());
static_assert(in_nanoseconds(-1h) == Duration(-3'600'000'000'000));
static_assert(in_nanoseconds(std::chrono::seconds(9'223'372'036)) == 9'223'372'036s);
static_assert(in_nanoseconds(std::chrono::seconds(9'223'372'037)) == Duration::max());
static_assert(in_nanoseconds(std::chrono::seconds(-9'223'372'037)) == Duration::min());
static_assert(in_nanoseconds(std::chrono::years(292)) == Duration(292LL * 31'556'952 * 1'000'000'000));
static_assert(in_nanoseconds(duration<std::int64_t, std::ratio<1, 3>>(1)) == Duration(333'333'333));
static_assert(in_nanoseconds(duration<std::int64_t, std::ratio<1, 3>>(-2)) == Duration(-666'666'667));
static_assert(in_nanoseconds(duration<std::int64_t, std::pico>(1'499)) == 1ns);
static_assert(in_nanoseconds(duration<std::int64_t, std::pico>(-1'500)) == -2ns);
static_assert(in_nanoseconds(duration<std::int64_t, std::ratio<INT64_MAX>>(0)) == 0ns);
static_assert(in_nanoseconds(duration<double>(0.1)) == 100ms);
static_assert(in_nanoseconds(duration<float>(-0.25F)) == -250ms);
static_assert(in_nanoseconds(duration<double, std::nano>(2.5)) == 3ns);
static_assert(in_nanoseconds(duration<double, std::nano>(-2.5)) == -3ns);
static_assert(in_nanoseconds(duration<double>(9.3e9)) == Duration::max());
static_assert(in_nanoseconds(duration<double>(-1e300)) == Duration::min());
static_assert(in_nanoseconds(duration<long double, std::nano>(9223372036854775807.0L)) == Duration::max());

/// Calls `visit` with durations of every unit that are longer than Duration can say, and with the longest one.
template <class Visit>
void each_that_never_ends(const Visit& visit) {
  visit("nanoseconds", std::chrono::nanoseconds::max());
  visit("microseconds", std::chrono::microseconds::max());
  visit("milliseconds", std::chrono::milliseconds::max());
  visit("seconds", std::chrono::seconds::max());
  visit("minutes", std::chrono::minutes::max());
  visit("hours", std::chrono::hours::max());
  visit("days", std::chrono::days(1'000'000));
  visit("weeks", std::chrono::weeks::max());
  visit("months", std::chrono::months(12 * 300));
  visit("years", std::chrono::years(300));
  visit("unsigned", duration<std::uint64_t>(UINT64_MAX));
  visit("exa", duration<int, std::exa>(1));
  visit("double", duration<double>(1e300));
  visit("infinity", duration<double>(std::numeric_limits<double>::infinity()));
  visit("float", duration<float, std::ratio<3600>>(std::numeric_limits<float>::max()));
}

/// As each_that_never_ends(), for durations that are over before they begin.
template <class Visit>
void each_that_is_over(const Visit& visit) {
  visit("nanoseconds", std::chrono::nanoseconds::min());
  visit("milliseconds", std::chrono::milliseconds::min());
  visit("hours", std::chrono::hours::min());
  visit("years", std::chrono::years(-300));
  visit("exa", duration<int, std::exa>(-1));
  visit("infinity", duration<double>(-std::numeric_limits<double>::infinity()));
  visit("one less than none", -1ns);
}

// The public calls that take a duration. Each returns when the duration is over.
struct Sleep {
  template <class D>
  static Task<void> wait(D length) {
    co_await sleep(length);
  }
};
struct Timeout {
  template <class D>
  static Task<void> wait(D length) {
    Gate never;
    EXPECT_FALSE(co_await timeout(length, never.wait()));
  }
};
struct SendTimeout {
  template <class D>
  static Task<void> wait(D length) {
    auto [sender, receiver] = mpsc::channel<int>(1);
    co_await sender.send(1);
    EXPECT_FALSE(co_await sender.send_timeout(2, length));
  }
};
struct ResetAfter {
  template <class D>
  static Task<void> wait(D length) {
    Interval every = interval(1s);
    every.reset_after(length);
    co_await every.tick();
  }
};
struct IntervalOf {
  template <class D>
  static Task<void> wait(D length) {
    Interval every = interval(length);
    co_await every.tick();
    co_await every.tick();
  }
};
struct IntervalAt {
  template <class D>
  static Task<void> wait(D length) {
    Interval every = interval_at(now(), length);
    co_await every.tick();
    co_await every.tick();
  }
};

template <class Call, class D>
std::string outcome(D length) {
  auto body = [](D of) -> Task<bool> {
    const Instant begin = now();
    co_await Call::wait(of);
    co_return now() == begin;
  };
  try {
    const auto end = sim::run({}, body(length));
    if (!end) return end.error().kind == sim::Failure::Kind::deadlock ? "waits for ever" : "spins";
    return *end ? "over at once" : "over too late";
  } catch (const std::invalid_argument&) {
    return "refused";
  }
}

template <class Call>
class EveryCall : public ::testing::Test {};
using Waits = ::testing::Types<Sleep, Timeout, SendTimeout, ResetAfter>;
TYPED_TEST_SUITE(EveryCall, Waits);
template <class Call>
class EveryPeriod : public ::testing::Test {};
using Periods = ::testing::Types<IntervalOf, IntervalAt>;
TYPED_TEST_SUITE(EveryPeriod, Periods);

constexpr duration<double> kNoNumber(std::numeric_limits<double>::quiet_NaN());

TYPED_TEST(EveryCall, SaturatesADurationOfAnyUnit) {
  each_that_never_ends(
      [](const char* unit, auto length) { EXPECT_EQ(outcome<TypeParam>(length), "waits for ever") << unit; });
  each_that_is_over(
      [](const char* unit, auto length) { EXPECT_EQ(outcome<TypeParam>(length), "over at once") << unit; });
  EXPECT_EQ(outcome<TypeParam>(kNoNumber), "refused");
}

TYPED_TEST(EveryPeriod, SaturatesADurationOfAnyUnit) {
  each_that_never_ends(
      [](const char* unit, auto length) { EXPECT_EQ(outcome<TypeParam>(length), "waits for ever") << unit; });
  each_that_is_over(
      [](const char* unit, auto length) { EXPECT_EQ(outcome<TypeParam>(length), "refused") << unit; });
  EXPECT_EQ(outcome<TypeParam>(kNoNumber), "refused");
}

TEST(EveryCall, AdvanceSaturatesADurationOfAnyUnit) {
  each_that_never_ends([](const char* unit, auto length) {
    sim::Simulation simulation;
    simulation.advance(1h);
    simulation.advance(length);
    EXPECT_EQ(simulation.now(), Instant::max()) << unit;
  });
  each_that_is_over([](const char* unit, auto length) {
    sim::Simulation simulation;
    const Instant begin = simulation.now();
    EXPECT_THROW(simulation.advance(length), std::invalid_argument) << unit;
    EXPECT_EQ(simulation.now(), begin) << unit;
  });
  EXPECT_THROW(sim::Simulation().advance(kNoNumber), std::invalid_argument);
}

TEST(EveryCall, ShutdownSaturatesADurationOfAnyUnit) {
  each_that_never_ends(
      [](const char* unit, auto length) { EXPECT_TRUE(Runtime::current_thread().shutdown(length)) << unit; });
  each_that_is_over([](const char* unit, auto length) {
    std::promise<void> go;
    std::promise<void> started;
    auto runtime = Runtime::current_thread();
    JoinHandle<void> job = runtime.spawn_blocking([&] {
      started.set_value();
      go.get_future().wait();
    });
    started.get_future().wait();
    EXPECT_FALSE(runtime.shutdown(length)) << unit;
    go.set_value();
    auto join = [](JoinHandle<void> handle) -> Task<void> { co_await handle; };
    block_on(join(std::move(job)));
  });
  auto runtime = Runtime::current_thread();
  EXPECT_THROW(runtime.shutdown(kNoNumber), std::invalid_argument);
  EXPECT_TRUE(runtime.shutdown(1h));
}

}  // namespace
}  // namespace corokit
