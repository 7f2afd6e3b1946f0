// Runs select() with random operands, by value and by reference, some of which wait for a lock.
#include <corokit/explore_test.hpp>
#include <corokit/pin.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/task.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Chosen;
using test::Counted;
using test::Gate;

/// An operand that ends once its gate is open, with its number or with an exception that carries its number.
struct Operand {
  Gate gate;
  bool is_open = false;
  bool throws = false;
  bool begun = false;
  Census frames;

  void open() {
    is_open = true;
    gate.open();
  }
};
struct Thrown {
  std::size_t number;
};

/// A select of three operands, the second of which is given by reference.
struct Round {
  bool is_biased = false;
  std::array<Operand, 3> operands;
  std::size_t winner = 3;
};
constexpr std::size_t kKept = 1;

Task<std::size_t> operate(Round& round, std::size_t number, Counted) {
  Operand& self = round.operands[number];
  self.begun = true;
  co_await self.gate.wait();
  if (self.throws) throw Thrown{number};
  co_return number;
}

Task<void> choose(Round& round) {
  const auto operand = [&round](std::size_t number) {
    return operate(round, number, Counted(round.operands[number].frames));
  };
  auto kept = pin(operand(kKept));
  try {
    if (round.is_biased) {
      const auto first = co_await select(biased, operand(0), kept, operand(2));
      round.winner = std::visit([](std::size_t number) { return number; }, first);
      EXPECT_EQ(first.index(), round.winner);
    } else {
      const auto first = co_await select(operand(0), kept, operand(2));
      round.winner = std::visit([](std::size_t number) { return number; }, first);
      EXPECT_EQ(first.index(), round.winner);
    }
    EXPECT_FALSE(round.operands[round.winner].throws);
  } catch (const Thrown& thrown) {
    round.winner = thrown.number;
    EXPECT_TRUE(round.operands[round.winner].throws);
  }
  // The operands by value are destroyed. The operand by reference continues, whether or not it had begun.
  EXPECT_EQ(round.operands[0].frames.alive, 0);
  EXPECT_EQ(round.operands[2].frames.alive, 0);
  if (round.winner == kKept) co_return;
  EXPECT_EQ(round.operands[kKept].frames.alive, 1);
  round.operands[kKept].open();
  try {
    EXPECT_EQ(co_await kept, kKept);
    EXPECT_FALSE(round.operands[kKept].throws);
  } catch (const Thrown& thrown) {
    EXPECT_EQ(thrown.number, kKept);
  }
}

void play() {
  Round round;
  round.is_biased = Chosen::below(2) == 0;
  for (Operand& one : round.operands) {
    one.throws = Chosen::below(4) == 0;
    if (Chosen::below(5) == 0) one.open();
  }
  const auto first_open = [&round] {
    const auto& all = round.operands;
    return static_cast<std::size_t>(
        std::find_if(all.begin(), all.end(), [](const Operand& one) { return one.is_open; }) - all.begin());
  };
  const std::size_t ready = first_open();
  std::size_t first_to_end = kKept;  // of those by value, if one of them ends
  test::Probe<Task<void>> probe(choose(round));
  probe.poll();
  if (ready < 3) {
    EXPECT_LT(round.winner, 3u);
    // An operand behind a ready one never begins.
    EXPECT_TRUE(round.operands[2].begun == (ready == 2) || !round.is_biased);
  } else {
    ASSERT_EQ(round.winner, 3u);
    for (const Operand& one : round.operands) EXPECT_TRUE(one.begun);
    if (Chosen::below(4) == 0) {
      probe.drop();
      for (const Operand& one : round.operands) EXPECT_EQ(one.frames.alive, 0);
      return;
    }
    for (std::uint32_t opened = 1 + Chosen::below(3); opened > 0; --opened) {
      const std::size_t number = Chosen::below(3);
      round.operands[number].open();
      if (first_to_end == kKept) first_to_end = number;
    }
    EXPECT_EQ(probe.wake_count(), 1u);
  }
  std::array<bool, 3> was_open{};
  for (std::size_t i = 0; i < 3; ++i) was_open[i] = round.operands[i].is_open;
  ASSERT_EQ(probe.poll(), true);
  ASSERT_LT(round.winner, 3u);
  EXPECT_TRUE(was_open[round.winner]);
  // Tasks are not compared, since what a loser has taken would be lost: the first one that ends wins. One by reference
  // keeps its result, and goes on behind those by value.
  if (ready == 3) {
    EXPECT_EQ(round.winner, first_to_end);
  } else if (round.is_biased) {
    EXPECT_EQ(round.winner, ready);
  }
  for (const Operand& one : round.operands) EXPECT_EQ(one.frames.alive, 0);
}

COROKIT_EXPLORE(SelectModel, AFinishedOperandWinsAndAnOperandByReferenceGoesOn,
                .search = explorer::Search::random, .schedules = 3'000) {
  play();
  co_return;
}

// In the following tests, the handler of a select needs the lock for which an operand of the select is queued.

Task<void> hold(Mutex<>& mutex) {
  const auto guard = co_await mutex.lock();
  co_await sleep(10ms);
}
Task<void> lock_and_work(Mutex<>& mutex) {
  const auto guard = co_await mutex.lock();
  co_await sleep(1ms);
}

template <class Body>
void with_a_held_mutex(Body body, bool comes_to_an_end) {
  explorer::check({.search = explorer::Search::depth_first}, [&body, comes_to_an_end]() -> Task<void> {
    Mutex<> mutex;
    auto holder = spawn(hold(mutex));
    co_await sleep(1ms);  // the lock is held by now
    const auto ended = co_await timeout(1h, body(mutex));
    EXPECT_EQ(ended.has_value(), comes_to_an_end);
    co_await holder;
    EXPECT_TRUE(mutex.try_lock());
  });
}

TEST(SelectSchedules, TheHandlerMayLockAMutexThatALoserByValueWaitedFor) {
  const auto body = [](Mutex<>& mutex) -> Task<void> {
    const auto first = co_await select(biased, lock_and_work(mutex), mutex.lock(), sleep(2ms));
    EXPECT_EQ(first.index(), 2u);
    const auto guard = co_await mutex.lock();
  };
  with_a_held_mutex(body, true);
}

TEST(SelectSchedules, TheHandlerMayLockAMutexThatATaskByReferenceWaitsFor) {
  // The task is first in the queue. It continues although nobody waits for it: it locks, works and unlocks.
  const auto body = [](Mutex<>& mutex) -> Task<void> {
    auto work = pin(lock_and_work(mutex));
    const auto first = co_await select(biased, work, sleep(2ms));
    EXPECT_EQ(first.index(), 1u);
    const auto guard = co_await mutex.lock();
    co_await work;
  };
  with_a_held_mutex(body, true);
}

TEST(SelectSchedules, ALockByReferenceIsHeldOnceGrantedAndTheDeadlockIsReported) {
  // Only the wait itself continues here. The guard is its result, which only the handler could take.
  const auto body = [](Mutex<>& mutex) -> Task<void> {
    auto lock = pin(mutex.lock());
    const auto in_time = co_await timeout(2ms, lock);
    EXPECT_FALSE(in_time);
    const auto guard = co_await mutex.lock();
  };
  with_a_held_mutex(body, false);
  const auto root = [&body](Mutex<>& mutex) -> Task<void> {
    auto holder = spawn(hold(mutex));
    co_await sleep(1ms);
    co_await body(mutex);
  };
  Mutex<> mutex;
  const auto end = sim::run({}, root(mutex));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, sim::Failure::Kind::deadlock);
  EXPECT_NE(end.error().message.find("Mutex::lock"), std::string::npos) << end.error().message;
}

}  // namespace
}  // namespace corokit
