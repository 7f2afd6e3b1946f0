#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>

#include <gtest/gtest.h>
#include <deque>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "support/scaled.hpp"

namespace corokit::detail {
namespace {

constexpr Instant kStart{Duration{1'000'000'007}};

/// A timer without a coroutine. Its branch belongs to a task that counts as active for ever.
struct Timer : ChildBranch {
  explicit Timer(TaskHeader& owner, int number) : id(number) {
    part_of = &owner;
    node.branch = this;
  }
  TimerNode node;
  int id;
};

/// A wheel with ticks of one nanosecond, and its timers.
class Bench {
 public:
  Timer& add(std::int64_t at) {
    Timer& timer = timers_.emplace_back(task_, static_cast<int>(timers_.size()));
    wheel.insert(timer.node, kStart + Duration{at});
    return timer;
  }
  /// Advances the wheel. Returns: the ids of the timers that fired, in their order.
  std::vector<int> advance(std::int64_t to) {
    {
      WakeBatch batch;
      wheel.advance(kStart + Duration{to}, batch);
    }
    Turn turn(task_, context_);
    turn.take_ready();
    std::vector<int> fired;
    while (Branch* branch = turn.queue.pop()) fired.push_back(static_cast<Timer*>(branch)->id);
    return fired;
  }
  /// Advances from one alarm of the wheel to the next, as an executor does. Returns: when each timer fired.
  std::vector<std::pair<int, std::int64_t>> run_until(std::int64_t end) {
    std::vector<std::pair<int, std::int64_t>> log;
    for (auto next = wheel.approx_next(); next && *next <= kStart + Duration{end};
         next = wheel.approx_next()) {
      const std::int64_t time = (*next - kStart).count();
      for (const int id : advance(time)) log.emplace_back(id, time);
    }
    return log;
  }

  TimerWheel wheel;

  explicit Bench(TimerWheel::Users users = TimerWheel::Users::many_threads) : wheel(0, kStart, users) {}

 private:
  TaskHeader task_;
  Context context_;
  std::deque<Timer> timers_;
};

TEST(TimerWheel, CountsWhatItFires) {
  Bench bench;
  for (const std::int64_t at : {5, 5, 70, 70'000}) bench.add(at);
  WakeBatch batch;
  EXPECT_EQ(bench.wheel.advance(kStart + Duration{4}, batch), 0u);
  EXPECT_EQ(bench.wheel.advance(kStart + Duration{69}, batch), 2u);
  EXPECT_EQ(bench.wheel.advance(kStart + Duration{70'000}, batch), 2u);
  EXPECT_EQ(bench.wheel.advance(kStart + Duration{80'000}, batch), 0u);
}

TEST(TimerWheel, IsEmptyAtFirst) {
  Bench bench;
  EXPECT_FALSE(bench.wheel.approx_next());
  EXPECT_TRUE(bench.advance(1'000'000).empty());
}

// The first tick of each level, counted from 0.
constexpr int kLevelShifts[] = {0, 6, 16, 22, 28, 34, 40, 46, 52, 58};

TEST(TimerWheel, FiresExactlyAtTheBoundariesOfItsLevels) {
  std::vector<std::int64_t> ticks;
  for (const int shift : kLevelShifts)
    for (const int off : {-1, 0, 1}) ticks.push_back((std::int64_t{1} << shift) + off);
  ticks.push_back(std::int64_t{1} << 61);
  for (const std::int64_t at : ticks)
    for (const std::int64_t begin : ticks) {
      if (begin >= at) continue;
      Bench bench;
      bench.advance(begin);
      bench.add(at);
      EXPECT_TRUE(bench.advance(at - 1).empty()) << at;
      EXPECT_EQ(bench.advance(at), std::vector<int>{0}) << at;
      EXPECT_FALSE(bench.wheel.approx_next()) << at;
    }
}

TEST(TimerWheel, ADistantTimerTakesFewAlarmsAndNoneIsLate) {
  Bench bench;
  std::int64_t far = 0;  // a number whose digit is 1 on every level
  for (const int shift : kLevelShifts) far += std::int64_t{1} << shift;
  bench.add(far);
  int alarms = 0;
  while (true) {
    const auto next = bench.wheel.approx_next();
    ASSERT_TRUE(next);
    const std::int64_t at = (*next - kStart).count();
    ASSERT_LE(at, far);
    ++alarms;
    if (!bench.advance(at).empty()) {
      EXPECT_EQ(at, far);
      break;
    }
  }
  EXPECT_EQ(alarms, 10);
}

TEST(TimerWheel, FiresInTheOrderOfDeadlineThenInsertion) {
  Bench bench;
  for (const std::int64_t at : {300, 5, 300, 64, 5, 65536, 64, 300}) bench.add(at);
  EXPECT_EQ(bench.advance(70'000), (std::vector<int>{1, 4, 3, 6, 0, 2, 7, 5}));
}

TEST(TimerWheel, KeepsTheOrderOfInsertionAcrossLevels) {
  // The first timer is on a high level when the second one is inserted on a low level.
  Bench bench;
  bench.add(5000);
  bench.advance(4990);
  bench.add(5000);
  EXPECT_EQ(bench.advance(5000), (std::vector<int>{0, 1}));
}

TEST(TimerWheel, ATimerWhoseTickEndsAfterTheEndOfTimeIsNotDueAtOnce) {
  for (unsigned shift = 0; shift <= 20; ++shift) {
    TaskHeader task;
    Timer timer(task, 0);
    TimerWheel wheel(shift, Instant{});
    const Instant deadline = Instant::max() - Duration{1};
    wheel.insert(timer.node, deadline);
    Instant next{};
    WakeBatch batch;
    for (int moves = 0; moves < 10 && next < deadline; ++moves) {
      EXPECT_EQ(wheel.advance(next, batch), 0u) << "a tick is 2^" << shift << " ns";
      EXPECT_GT(*wheel.approx_next(), next);
      next = *wheel.approx_next();
    }
    EXPECT_GE(next, deadline);
    wheel.remove(timer.node);
  }
}

TEST(TimerWheel, ATimerAtTheEndOfTimeWaits) {
  Bench bench;
  const std::int64_t last = (Instant::max() - kStart).count();
  bench.add(last);
  bench.add(10);
  EXPECT_EQ(bench.advance(10), std::vector<int>{1});
  EXPECT_TRUE(bench.advance(last - 1).empty());
  EXPECT_EQ(bench.advance(last), std::vector<int>{0});
}

TEST(TimerWheel, ATimerThatIsAlreadyDueFiresNext) {
  Bench bench;
  bench.add(100);
  bench.advance(100);
  bench.add(50);
  bench.add(-5);
  EXPECT_EQ(bench.advance(101), (std::vector<int>{1, 2}));
}

TEST(TimerWheel, SaysWhenATimerIsTheFirst) {
  Bench bench;
  TaskHeader task;
  Timer late(task, 0);
  Timer early(task, 1);
  Timer middle(task, 2);
  EXPECT_TRUE(bench.wheel.insert(late.node, kStart + Duration{40}));
  EXPECT_TRUE(bench.wheel.insert(early.node, kStart + Duration{20}));
  EXPECT_FALSE(bench.wheel.insert(middle.node, kStart + Duration{30}));
  for (Timer* timer : {&late, &early, &middle}) bench.wheel.remove(timer->node);
}

TEST(TimerWheel, ARemovedTimerDoesNotFire) {
  Bench bench;
  for (const std::int64_t at : {10, 100, 5000}) {
    Timer& removed = bench.add(at);
    bench.add(at + 1);
    bench.wheel.remove(removed.node);
    bench.wheel.remove(removed.node);  // remove() is idempotent
  }
  EXPECT_EQ(bench.advance(10'000), (std::vector<int>{1, 3, 5}));
  EXPECT_FALSE(bench.wheel.approx_next());
}

TEST(TimerWheel, TicksAreRoundedUp) {
  // With ticks of 2^15 ns, a timer fires at the first tick that is not before its deadline.
  TimerWheel wheel(15, kStart);
  TaskHeader task;
  Timer timer(task, 0);
  constexpr std::int64_t kTick = 1 << 15;
  wheel.insert(timer.node, kStart + Duration{kTick + 1});
  EXPECT_EQ(*wheel.approx_next() - kStart, Duration{2 * kTick});
  WakeBatch batch;
  wheel.advance(kStart + Duration{2 * kTick - 1}, batch);
  EXPECT_TRUE(timer.node.is_linked());
  wheel.advance(kStart + Duration{2 * kTick}, batch);
  EXPECT_FALSE(timer.node.is_linked());
}

std::int64_t random_distance(Rng& rng) {
  switch (rng.below(5)) {
    case 0:
      return 1 + rng.below(4);
    case 1:
      return 58 + rng.below(12);
    case 2:
      return 1 + rng.below(5000);
    case 3:
      return 1 + rng.below(300'000);
    default:
      return 1 + static_cast<std::int64_t>(rng.next() >> (8 + rng.below(30)));
  }
}

void compare_with_a_model(std::uint64_t seed, int steps, TimerWheel::Users users) {
  SCOPED_TRACE(seed);
  Rng rng(seed);
  Bench bench(users);
  std::multimap<std::int64_t, Timer*> model;  // equal keys stay in the order of insertion
  std::int64_t time = 0;
  for (int step = 0; step < steps; ++step) {
    const std::uint32_t dice = rng.below(10);
    if (dice < 5) {
      const std::int64_t at = time + random_distance(rng);
      model.emplace(at, &bench.add(at));
    } else if (dice < 7 && !model.empty()) {
      auto doomed = std::next(model.begin(), rng.below(static_cast<std::uint32_t>(model.size())));
      bench.wheel.remove(doomed->second->node);
      model.erase(doomed);
    } else {
      if (dice == 9 && !model.empty() && model.begin()->first < (std::int64_t{1} << 60))
        time = model.begin()->first;  // exactly at a deadline
      else
        time += rng.below(dice == 8 ? 100'000 : 70);
      std::vector<int> expected;
      while (!model.empty() && model.begin()->first <= time) {
        expected.push_back(model.begin()->second->id);
        model.erase(model.begin());
      }
      ASSERT_EQ(bench.advance(time), expected) << "step " << step;
    }
    const auto next = bench.wheel.approx_next();
    ASSERT_EQ(next.has_value(), !model.empty());
    if (next) {
      ASSERT_LE((*next - kStart).count(), model.begin()->first);
      // An alarm in the past moves timers down a level, which happens at most once.
      if ((*next - kStart).count() <= time) {
        ASSERT_TRUE(bench.advance(time).empty());
        ASSERT_GT((*bench.wheel.approx_next() - kStart).count(), time);
      }
    }
  }
}

TEST(TimerWheel, BehavesAsAnOrderedMap) {
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    compare_with_a_model(seed, 500, TimerWheel::Users::many_threads);
}

TEST(TimerWheel, OfOneThreadBehavesAsAnOrderedMap) {
  for (std::uint64_t seed = 200; seed < 300; ++seed)
    compare_with_a_model(seed, 500, TimerWheel::Users::one_thread);
}

TEST(TimerWheel, AThousandTimersFireExactlyAtTheirTick) {
  Bench bench;
  for (std::int64_t at = 1; at <= 1024; ++at) bench.add(at);
  const auto log = bench.run_until(2000);
  ASSERT_EQ(log.size(), 1024u);
  for (const auto& [id, time] : log) ASSERT_EQ(time, id + 1);
}

TEST(TimerWheel, MayBeUsedByManyThreadsAtOnce) {
  // Each thread adds and removes its own timers while one thread advances time. Every timer that is not removed fires.
  TimerWheel wheel(0, kStart);
  std::atomic<std::int64_t> time{0};
  std::atomic<int> at_work{3};
  const auto use = [&](std::uint64_t seed) {
    Rng rng(seed);
    TaskHeader task;
    std::deque<Timer> timers;
    for (int i = 0; i < static_cast<int>(test::scaled(20'000)); ++i) {
      Timer& timer = timers.emplace_back(task, i);
      wheel.insert(timer.node, kStart + Duration{time.load() + 1 + rng.below(10'000)});
      if (i >= 10) wheel.remove(timers[static_cast<std::size_t>(i) - rng.below(10)].node);
    }
    for (Timer& timer : timers) wheel.remove(timer.node);
    at_work.fetch_sub(1);
  };
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 3; ++i) threads.emplace_back(use, i);
  while (at_work.load() != 0) {
    WakeBatch batch;
    wheel.advance(kStart + Duration{time.fetch_add(37)}, batch);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(wheel.approx_next());
}

}  // namespace
}  // namespace corokit::detail
