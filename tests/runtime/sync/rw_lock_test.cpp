#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "support/before_enqueue.hpp"
#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Chosen;
using test::Probe;

struct Pair {
  Pair(int first, std::string second) : number(first), name(std::move(second)) {}
  int number;
  std::string name;
};

template <class Guard>
void release(Guard& guard) {
  const Guard gone = std::move(guard);
}

TEST(RwLock, SeveralReadersHoldItAtOnce) {
  RwLock<int> lock(7);
  Probe first(lock.read());
  Probe second(lock.read());
  EXPECT_TRUE(first.poll() && second.poll());
  EXPECT_EQ(first.wake_count() + second.wake_count(), 0u);
  EXPECT_EQ(*first.take() + *second.take(), 14);
}

TEST(RwLock, AWriterWaitsForTheReaders) {
  RwLock<int> lock(7);
  auto first = lock.try_read();
  auto second = lock.try_read();
  Probe writer(lock.write());
  EXPECT_TRUE(writer.is_pending());
  first.reset();
  EXPECT_FALSE(writer.is_woken());
  second.reset();
  EXPECT_EQ(writer.wake_count(), 1u);
  ASSERT_TRUE(writer.poll());
  *writer.take() = 8;
  EXPECT_EQ(lock.get_mut(), 8);
}

TEST(RwLock, AReaderWaitsForTheWriter) {
  RwLock<int> lock(7);
  auto writing = lock.try_write();
  Probe reader(lock.read());
  EXPECT_TRUE(reader.is_pending());
  **writing = 8;
  writing.reset();
  ASSERT_TRUE(reader.poll());
  EXPECT_EQ(*reader.take(), 8);
}

TEST(RwLock, AWriterWaitsForTheWriter) {
  RwLock<int> lock(7);
  auto writing = lock.try_write();
  Probe second(lock.write());
  EXPECT_TRUE(second.is_pending());
  writing.reset();
  EXPECT_TRUE(second.poll());
}

TEST(RwLock, UncontendedLocksNeverSuspend) {
  RwLock<int> lock(0);
  for (int i = 0; i < 10; ++i) {
    Probe reader(lock.read());
    ASSERT_TRUE(reader.poll());
    EXPECT_EQ(*reader.take(), i);
    Probe writer(lock.write());
    ASSERT_TRUE(writer.poll());
    ++*writer.take();
    EXPECT_EQ(reader.wake_count() + writer.wake_count(), 0u);
  }
}

TEST(RwLock, ReadersAboveMaxReadersWait) {
  RwLock<int> lock(7, 2);
  auto first = lock.try_read();
  auto second = lock.try_read();
  EXPECT_FALSE(lock.try_read());
  Probe third(lock.read());
  EXPECT_TRUE(third.is_pending());
  first.reset();
  EXPECT_EQ(third.wake_count(), 1u);
  EXPECT_TRUE(third.poll());
  EXPECT_FALSE(lock.try_write());
}

TEST(RwLock, RefusesZeroReadersAndMoreThanTheMaximum) {
  EXPECT_THROW(RwLock<int>(7, 0), std::invalid_argument);
  EXPECT_THROW(RwLock<int>(7, RwLock<int>::kMaxReaders + 1), std::invalid_argument);
  EXPECT_TRUE(RwLock<int>(7, RwLock<int>::kMaxReaders).try_write());
}

TEST(RwLock, AQueuedWriterBlocksTheReadersBehindIt) {
  RwLock<int> lock(7);
  auto reading = lock.try_read();
  Probe writer(lock.write());
  EXPECT_TRUE(writer.is_pending());
  Probe reader(lock.read());
  EXPECT_TRUE(reader.is_pending());
  EXPECT_FALSE(lock.try_read());
  reading.reset();
  EXPECT_TRUE(writer.is_woken());
  EXPECT_FALSE(reader.is_woken());
  ASSERT_TRUE(writer.poll());
  static_cast<void>(writer.take());
  EXPECT_TRUE(reader.poll());
}

TEST(RwLock, DroppingAQueuedWriterLetsTheReadersBehindItIn) {
  RwLock<int> lock(7);
  auto reading = lock.try_read();
  Probe writer(lock.write());
  EXPECT_TRUE(writer.is_pending());
  Probe first(lock.read());
  Probe second(lock.read());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  writer.drop();
  EXPECT_EQ(first.wake_count(), 1u);
  EXPECT_EQ(second.wake_count(), 1u);
  EXPECT_TRUE(first.poll() && second.poll());
}

TEST(RwLock, ALockHandedToADroppedWaiterGoesToTheNext) {
  RwLock<int> lock(7);
  auto writing = lock.try_write();
  Probe first(lock.write());
  Probe second(lock.read());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  writing.reset();
  EXPECT_TRUE(first.is_woken());
  first.drop();
  EXPECT_TRUE(second.is_woken());
  second.drop();
  EXPECT_TRUE(lock.try_write());
}

TEST(RwLock, LocksAreGrantedInTheOrderOfAwaitingNotOfCreation) {
  RwLock<int> lock(7);
  auto writing = lock.try_write();
  Probe made_first(lock.write());
  Probe made_second(lock.write());
  EXPECT_TRUE(made_second.is_pending());
  EXPECT_TRUE(made_first.is_pending());
  writing.reset();
  EXPECT_TRUE(made_second.is_woken());
  EXPECT_FALSE(made_first.is_woken());
}

TEST(RwLock, TryWriteSucceedsExactlyWhenItIsFree) {
  RwLock<int> lock(0);
  {
    auto reading = lock.try_read();
    EXPECT_FALSE(lock.try_write());
  }
  auto writing = lock.try_write();
  ASSERT_TRUE(writing);
  EXPECT_FALSE(lock.try_write());
  **writing = 1500;
  writing.reset();
  EXPECT_EQ(**lock.try_read(), 1500);
}

TEST(RwLock, TryReadFailsUnderAWriterAndBehindAQueuedOne) {
  RwLock<int> lock(0);
  {
    auto writing = lock.try_write();
    EXPECT_FALSE(lock.try_read());
    EXPECT_FALSE(lock.try_write());
  }
  auto reading = lock.try_read();
  EXPECT_TRUE(lock.try_read());
  Probe writer(lock.write());
  EXPECT_TRUE(writer.is_pending());
  EXPECT_FALSE(lock.try_read());
}

TEST(RwLock, ADowngradedWriterLetsReadersInAndNoWriter) {
  RwLock<int> lock(7);
  auto writing = lock.try_write();
  Probe reader(lock.read());
  Probe writer(lock.write());
  EXPECT_TRUE(reader.is_pending() && writer.is_pending());
  **writing = 8;
  auto reading = std::move(*writing).downgrade();
  EXPECT_TRUE(reader.is_woken());
  EXPECT_FALSE(writer.is_woken());
  EXPECT_EQ(*reading, 8);
  ASSERT_TRUE(reader.poll());
  static_cast<void>(reader.take());
  EXPECT_FALSE(writer.is_woken());
  release(reading);
  EXPECT_TRUE(writer.poll());
}

TEST(RwLock, DowngradingToAPartIsExclusiveUntilThePartIsChosen) {
  RwLock<Pair> lock(std::in_place, 7, "neo");
  Probe reader(lock.read());
  auto writing = lock.try_write();
  EXPECT_TRUE(reader.is_pending());
  auto name = std::move(*writing).downgrade_map([&](const Pair& value) -> const std::string& {
    EXPECT_FALSE(reader.is_woken());
    return value.name;
  });
  EXPECT_TRUE(reader.is_woken());
  EXPECT_EQ(*name, "neo");
  EXPECT_FALSE(lock.try_write());
}

TEST(RwLock, ADowngradeThatChoosesNothingStaysExclusive) {
  RwLock<Pair> lock(std::in_place, 7, "neo");
  auto writing = lock.try_write();
  auto refused =
      std::move(*writing).try_downgrade_map([](const Pair&) -> const std::string* { return nullptr; });
  ASSERT_FALSE(refused);
  EXPECT_FALSE(lock.try_read());
  auto chosen = std::move(refused.error()).try_downgrade_map([](const Pair& value) { return &value.name; });
  ASSERT_TRUE(chosen);
  EXPECT_EQ((*chosen)->size(), 3u);
  EXPECT_TRUE(lock.try_read());
  EXPECT_FALSE(lock.try_write());
}

TEST(RwLock, AGuardOfAPartHoldsTheWholeLock) {
  RwLock<Pair> lock(std::in_place, 7, "neo");
  {
    auto name = std::move(*lock.try_write()).map([](Pair& value) -> std::string& { return value.name; });
    name->append("!");
    EXPECT_FALSE(lock.try_read());
  }
  auto name = std::move(*lock.try_read()).map([](const Pair& value) -> const auto& { return value.name; });
  EXPECT_EQ(*name, "neo!");
  EXPECT_FALSE(lock.try_write());
  release(name);
  EXPECT_TRUE(lock.try_write());
}

TEST(RwLock, APartThatIsMissingGivesTheGuardBack) {
  RwLock<Pair> lock(std::in_place, 7, "neo");
  const auto name = [](auto& value) { return &value.name; };
  const auto nothing = [](auto& value) { return value.name.empty() ? &value.name : nullptr; };
  {
    auto refused = std::move(*lock.try_write()).try_map(nothing);
    ASSERT_FALSE(refused);
    EXPECT_FALSE(lock.try_read());
    auto chosen = std::move(refused.error()).try_map(name);
    ASSERT_TRUE(chosen);
    (*chosen)->append("!");
    EXPECT_FALSE(lock.try_read());
  }
  auto refused = std::move(*lock.try_read()).try_map(nothing);
  ASSERT_FALSE(refused);
  auto chosen = std::move(refused.error()).try_map(name);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(**chosen, "neo!");
  EXPECT_TRUE(lock.try_read());
  EXPECT_FALSE(lock.try_write());
}

TEST(RwLock, AnAssignedGuardReleasesWhatItReplaces) {
  RwLock<int> left(1);
  RwLock<int> right(2);
  auto guard = *left.try_write();
  guard = *right.try_write();
  EXPECT_TRUE(left.try_write());
  EXPECT_FALSE(right.try_read());
  EXPECT_EQ(*guard, 2);
}

TEST(RwLock, OwnedGuardsAndWaitsKeepTheLockAlive) {
  auto lock = std::make_shared<RwLock<std::unique_ptr<int>>>(std::make_unique<int>(7));
  const std::weak_ptr<RwLock<std::unique_ptr<int>>> watched = lock;
  {
    auto reading = RwLock<std::unique_ptr<int>>::try_read_owned(lock);
    EXPECT_FALSE(RwLock<std::unique_ptr<int>>::try_write_owned(lock));
    Probe writer(RwLock<std::unique_ptr<int>>::write_owned(lock));
    Probe reader(RwLock<std::unique_ptr<int>>::read_owned(lock));
    EXPECT_TRUE(writer.is_pending() && reader.is_pending());
    lock.reset();
    EXPECT_EQ(***reading, 7);
    reading.reset();
    ASSERT_TRUE(writer.poll());
    auto part = writer.take().map([](auto& value) -> int& { return *value; });
    *part = 8;
    release(part);
    ASSERT_TRUE(reader.poll());
    EXPECT_EQ(**reader.take(), 8);
  }
  EXPECT_TRUE(watched.expired());
}

TEST(RwLock, AnOwnedLockOfNothingIsRefused) {
  EXPECT_THROW(static_cast<void>(RwLock<int>::read_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(RwLock<int>::write_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(RwLock<int>::try_read_owned(nullptr)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(RwLock<int>::try_write_owned(nullptr)), std::invalid_argument);
}

TEST(RwLock, GivesItsValueAway) {
  RwLock<std::unique_ptr<int>> lock(std::make_unique<int>(3));
  EXPECT_EQ(*std::move(lock).into_inner(), 3);
}

TEST(RwLock, TakesFortyBytesBesideItsValue) {
  EXPECT_EQ(sizeof(RwLock<std::uint64_t>), 48u);
}

TEST(RwLock, AnUnlockBetweenCheckAndEnqueueIsSeen) {
  RwLock<int> lock(7);
  auto reading = lock.try_read();
  Probe writer(test::BeforeEnqueue(lock.write(), [&] { reading.reset(); }));
  EXPECT_TRUE(writer.poll());
  EXPECT_FALSE(lock.try_read());
}

TEST(RwLock, BlockingCallsLockFromAnotherThread) {
  RwLock<int> lock(0);
  auto writing = lock.try_write();
  std::thread reader([&] { EXPECT_EQ(*lock.blocking_read(), 1); });
  **writing = 1;
  writing.reset();
  reader.join();
  *lock.blocking_write() = 2;
  EXPECT_EQ(lock.get_mut(), 2);
}

TEST(RwLock, BlockingCallsInsideARuntimeAreRefused) {
  RwLock<int> lock(0);
  auto body = [](RwLock<int>& shared) -> Task<void> {
    EXPECT_THROW(static_cast<void>(shared.blocking_read()), std::logic_error);
    EXPECT_THROW(static_cast<void>(shared.blocking_write()), std::logic_error);
    co_return;
  };
  block_on(body(lock));
  EXPECT_TRUE(lock.try_write());
}

// Many tasks.

struct SharedLock {
  RwLock<int> lock{0, 3};
  std::atomic<int> readers{0};
  std::atomic<int> writers{0};
  std::atomic<int> violations{0};
  std::atomic<int> shared{0};  // how often a reader came to another one
  std::atomic<int> timed_out{0};
};

template <class Random>
Task<void> mix(SharedLock& shared, Random random, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    const std::uint32_t what = random.below(4);
    if (what == 0) {
      auto guard = co_await shared.lock.write();
      if (++shared.writers > 1 || shared.readers > 0) ++shared.violations;
      const int seen = *guard;
      if (random.below(2) == 0) co_await yield_now();
      *guard = seen + 1;
      --shared.writers;
      if (random.below(2) == 0) continue;
      ++shared.readers;
      const auto reading = std::move(guard).downgrade();
      if (*reading != seen + 1) ++shared.violations;
      --shared.readers;
    } else if (what == 1) {
      const auto guard = co_await shared.lock.read();
      const int readers = ++shared.readers;
      if (readers > 3 || shared.writers > 0) ++shared.violations;
      if (readers > 1) ++shared.shared;
      co_await yield_now();
      --shared.readers;
    } else if (what == 2) {
      if (!co_await timeout(0ms, shared.lock.write())) ++shared.timed_out;
    } else if (const auto guard = shared.lock.try_write()) {
      if (++shared.writers > 1 || shared.readers > 0) ++shared.violations;
      co_await yield_now();
      --shared.writers;
    }
  }
}

Task<void> explore_mix(int tasks, int rounds) {
  SharedLock shared;
  JoinSet<void> all;
  for (int i = 0; i < tasks; ++i) all.spawn(mix(shared, Chosen{}, rounds));
  while (co_await all.join_next()) {
  }
  EXPECT_EQ(shared.violations, 0);
  EXPECT_TRUE(shared.lock.try_write());
  explorer::reached("two read at once", shared.shared > 0);
  explorer::reached("a writer gives up", shared.timed_out > 0);
}

COROKIT_EXPLORE(RwLockSchedules, TwoHoldersAreReadersOrOneWriter, .search = Search::depth_first,
                .schedules = 50'000) {
  co_await explore_mix(2, 1);
}

COROKIT_EXPLORE(RwLockSchedules, ThreeHoldersAreReadersOrOneWriter, .search = Search::depth_first,
                .preemptions = 0, .schedules = 50'000) {
  co_await explore_mix(3, 1);
}

COROKIT_EXPLORE(RwLockSchedules, SixHoldersAreReadersOrOneWriter, .search = Search::random,
                .schedules = 1'000) {
  co_await explore_mix(6, 6);
}

TEST(RwLockThreads, HoldersAreReadersOrOneWriterOnFourThreads) {
  SharedLock shared;
  const auto root = [](SharedLock& mixed) -> Task<void> {
    JoinSet<void> all;
    for (std::uint64_t i = 0; i < 100; ++i) all.spawn(mix(mixed, detail::Rng(i), 50));
    while (co_await all.join_next()) {
    }
  };
  Runtime::multi_thread(4).block_on(root(shared));
  EXPECT_EQ(shared.violations, 0);
  EXPECT_TRUE(shared.lock.try_write());
}

}  // namespace
}  // namespace corokit
