#include <corokit/simulation.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::Probe;

/// When a tick was taken and when it was due, in milliseconds since the beginning.
struct Tick {
  std::int64_t taken;
  std::int64_t due;
  friend bool operator==(const Tick&, const Tick&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Tick& tick) {
    return out << tick.taken << " (due " << tick.due << ")";
  }
};
using Ticks = std::vector<Tick>;

class Recorder {
 public:
  explicit Recorder(Duration period) : begin_(now()), interval_(interval(period)) {}
  Task<void> tick() {
    const Instant due = co_await interval_.tick();
    ticks_.push_back({since_begin(now()), since_begin(due)});
  }
  Task<void> tick(int times) {
    for (int i = 0; i < times; ++i) co_await tick();
  }
  Interval& operator*() { return interval_; }
  Interval* operator->() { return &interval_; }
  Instant at(Duration since) const { return begin_ + since; }
  Ticks take() { return std::exchange(ticks_, {}); }

 private:
  std::int64_t since_begin(Instant time) const {
    return std::chrono::duration_cast<milliseconds>(time - begin_).count();
  }
  Instant begin_;
  Interval interval_;
  Ticks ticks_;
};

/// Runs `body` in virtual time.
template <class Body>
Ticks record(Body body) {
  return sim::run({}, body()).value();
}

TEST(Interval, RefusesAPeriodThatIsNotPositive) {
  EXPECT_THROW(static_cast<void>(interval(0ms)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(interval_at(now(), -1ms)), std::invalid_argument);
}

TEST(Interval, TheFirstTickIsDueAtOnceAndTheOthersAPeriodApart) {
  auto body = []() -> Task<Ticks> {
    Recorder every(300ms);
    EXPECT_EQ(every->period(), 300ms);
    co_await every.tick();
    co_await sleep(100ms);  // work between two ticks does not delay the next one
    co_await every.tick(2);
    co_return every.take();
  };
  EXPECT_EQ(record(body), (Ticks{{0, 0}, {300, 300}, {600, 600}}));
}

TEST(Interval, BeginsAtTheTimeThatItIsGiven) {
  auto body = []() -> Task<Ticks> {
    const Instant begin = now();
    Interval every = interval_at(begin + 50ms, 100ms);
    Ticks ticks;
    for (int i = 0; i < 2; ++i) {
      const Instant due = co_await every.tick();
      EXPECT_EQ(due, now());
      ticks.push_back({(due - begin) / 1ms, 0});
    }
    co_return ticks;
  };
  EXPECT_EQ(record(body), (Ticks{{50, 0}, {150, 0}}));
}

// The next three tests have the same timeline and different policies: a period of 300 ms, and the first tick after the
// one at 300 is taken at 1250.

template <MissedTickBehaviour kBehaviour>
Task<Ticks> with_a_pause() {
  Recorder every(300ms);
  every->set_missed_tick_behaviour(kBehaviour);
  EXPECT_EQ(every->missed_tick_behaviour(), kBehaviour);
  co_await every.tick(2);
  co_await sleep(950ms);
  co_await every.tick(5);
  co_return every.take();
}

TEST(Interval, BurstCatchesUpOnMissedTicks) {
  EXPECT_EQ(record(with_a_pause<MissedTickBehaviour::burst>),
            (Ticks{{0, 0}, {300, 300}, {1250, 600}, {1250, 900}, {1250, 1200}, {1500, 1500}, {1800, 1800}}));
}

TEST(Interval, DelayContinuesOnePeriodAfterTheLateTick) {
  EXPECT_EQ(record(with_a_pause<MissedTickBehaviour::delay>),
            (Ticks{{0, 0}, {300, 300}, {1250, 600}, {1550, 1550}, {1850, 1850}, {2150, 2150}, {2450, 2450}}));
}

TEST(Interval, SkipContinuesWithTheNextOfTheOldTimes) {
  EXPECT_EQ(record(with_a_pause<MissedTickBehaviour::skip>),
            (Ticks{{0, 0}, {300, 300}, {1250, 600}, {1500, 1500}, {1800, 1800}, {2100, 2100}, {2400, 2400}}));
}

TEST(Interval, ATickThatIsALittleLateIsNotMissed) {
  auto body = []() -> Task<Ticks> {
    Recorder every(100ms);
    every->set_missed_tick_behaviour(MissedTickBehaviour::delay);
    co_await every.tick();
    co_await sleep(105ms);
    co_await every.tick(2);
    co_await sleep(106ms);
    co_await every.tick(2);
    co_return every.take();
  };
  EXPECT_EQ(record(body), (Ticks{{0, 0}, {105, 100}, {200, 200}, {306, 300}, {406, 406}}));
}

// The next tests reset the interval 100 ms after the tick at 300.

template <class Set>
auto set_anew(Set set) {
  return [set]() -> Task<Ticks> {
    Recorder every(300ms);
    co_await every.tick(2);
    co_await sleep(100ms);
    set(every);
    co_await every.tick(2);
    co_return every.take();
  };
}

TEST(Interval, ResetBeginsANewPeriodNow) {
  EXPECT_EQ(record(set_anew([](Recorder& every) { every->reset(); })),
            (Ticks{{0, 0}, {300, 300}, {700, 700}, {1000, 1000}}));
}

TEST(Interval, ResetImmediatelyTicksAtOnce) {
  EXPECT_EQ(record(set_anew([](Recorder& every) { every->reset_immediately(); })),
            (Ticks{{0, 0}, {300, 300}, {400, 400}, {700, 700}}));
}

TEST(Interval, ResetAfterTicksAfterTheDuration) {
  EXPECT_EQ(record(set_anew([](Recorder& every) { every->reset_after(20ms); })),
            (Ticks{{0, 0}, {300, 300}, {420, 420}, {720, 720}}));
}

TEST(Interval, ResetAtTicksAtThatTime) {
  EXPECT_EQ(record(set_anew([](Recorder& every) { every->reset_at(every.at(440ms)); })),
            (Ticks{{0, 0}, {300, 300}, {440, 440}, {740, 740}}));
}

TEST(Interval, ResetAtMayBeFurtherAwayThanAPeriod) {
  EXPECT_EQ(record(set_anew([](Recorder& every) { every->reset_at(every.at(2s)); })),
            (Ticks{{0, 0}, {300, 300}, {2000, 2000}, {2300, 2300}}));
}

TEST(Interval, ADroppedTickIsNotLost) {
  auto body = []() -> Task<Ticks> {
    Recorder every(300ms);
    co_await every.tick();
    EXPECT_FALSE(co_await timeout(100ms, every->tick()));
    EXPECT_FALSE(co_await timeout(100ms, every->tick()));
    co_await every.tick();
    co_return every.take();
  };
  EXPECT_EQ(record(body), (Ticks{{0, 0}, {300, 300}}));
}

TEST(Interval, ATickThatIsDueDoesNotSuspendAndOneThatIsNotWakesNobody) {
  Interval every = interval_at(now() - 1ms, 1h);
  Probe due(every.tick());
  EXPECT_TRUE(due.poll());
  Probe pending(every.tick());
  EXPECT_TRUE(pending.is_pending());
  EXPECT_FALSE(pending.is_woken());
}

TEST(Interval, APeriodMayReachTheEndOfTime) {
  auto body = []() -> Task<Ticks> {
    Recorder every(Duration::max());
    co_await every.tick();
    EXPECT_FALSE(co_await timeout(24h, every->tick()));
    every->reset();
    every->set_missed_tick_behaviour(MissedTickBehaviour::skip);
    EXPECT_FALSE(co_await timeout(24h, every->tick()));
    co_return every.take();
  };
  EXPECT_EQ(record(body), (Ticks{{0, 0}}));
}

}  // namespace
}  // namespace corokit
