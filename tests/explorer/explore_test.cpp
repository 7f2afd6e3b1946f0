// The engine finds the mistakes that it is made for, and reports no others.
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/time/clock.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <string>

#include "expect.hpp"
#include "explore.hpp"
#include "seam.hpp"

namespace corokit::model {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;
constexpr auto kSeqCst = std::memory_order_seq_cst;

/// One thread writes data and then a flag; the other reads the flag and then the data.
Report pass_a_message(std::memory_order store, std::memory_order load) {
  return explore({}, [store, load] {
    Plain<int> data(0);
    Atomic<int> flag(0);
    Thread writer([&] {
      data.set(7);
      flag.store(1, store);
    });
    if (flag.load(load) == 1) require(data.get() == 7, "the data is seen with the flag");
    writer.join();
  });
}

/// Each of two threads writes its own flag and then reads the other's.
Report look_at_each_other(std::memory_order store, std::memory_order load) {
  return explore({}, [store, load] {
    Atomic<int> mine(0);
    Atomic<int> yours(0);
    int seen_by_you = 0;
    Thread you([&] {
      yours.store(1, store);
      seen_by_you = mine.load(load);
    });
    mine.store(1, store);
    const int seen_by_me = yours.load(load);
    you.join();
    require(seen_by_me == 1 || seen_by_you == 1, "at least one thread sees the other's flag");
  });
}

TEST(Model, ReleaseAndAcquireOrderData) {
  const Report report = pass_a_message(kRelease, kAcquire);
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, FindsAMissingRelease) {
  EXPECT_NE(pass_a_message(kRelaxed, kAcquire).failure, "");
}

TEST(Model, FindsAMissingAcquire) {
  EXPECT_NE(pass_a_message(kRelease, kRelaxed).failure, "");
}

TEST(Model, SequentialConsistencyForbidsThatBothMissEachOther) {
  const Report report = look_at_each_other(kSeqCst, kSeqCst);
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, AcquireAndReleaseAllowThatBothMissEachOther) {
  EXPECT_NE(look_at_each_other(kRelease, kAcquire).failure, "");
  EXPECT_NE(look_at_each_other(kSeqCst, kAcquire).failure, "");
  EXPECT_NE(look_at_each_other(kRelease, kSeqCst).failure, "");
}

TEST(Model, AReadModifyWriteReadsTheNewestValue) {
  const Report report = explore({}, [] {
    Atomic<int> count(0);
    Thread other([&] { count.fetch_add(1, kRelaxed); });
    count.fetch_add(1, kRelaxed);
    other.join();
    require(count.load(kRelaxed) == 2, "no update is lost");
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, FindsALostUpdate) {
  const Report report = explore({}, [] {
    Atomic<int> count(0);
    Thread other([&] { count.store(count.load(kSeqCst) + 1, kSeqCst); });
    count.store(count.load(kSeqCst) + 1, kSeqCst);
    other.join();
    require(count.load(kSeqCst) == 2, "no update is lost");
  });
  EXPECT_NE(report.failure.find("no update is lost"), std::string::npos) << report.failure;
}

TEST(Model, AReadModifyWriteContinuesAReleaseSequence) {
  const Report report = explore({}, [] {
    Plain<int> data(0);
    Atomic<int> flag(0);
    Thread writer([&] {
      data.set(7);
      flag.store(1, kRelease);
    });
    Thread counter([&] { flag.fetch_add(2, kRelaxed); });
    if (flag.load(kAcquire) == 3) require(data.get() == 7, "the data is seen with the flag");
    writer.join();
    counter.join();
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, OneThreadNeverSeesAnOlderValueAfterANewerOne) {
  const Report report = explore({}, [] {
    Atomic<int> value(0);
    Thread writer([&] {
      value.store(1, kRelaxed);
      value.store(2, kRelaxed);
    });
    const int first = value.load(kRelaxed);
    require(value.load(kRelaxed) >= first, "a thread sees values in their order");
    writer.join();
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, FindsADeadlock) {
  const Report report = explore({}, [] {
    Thread other([] { World::current()->join_thread(0); });
    other.join();
  });
  EXPECT_NE(report.failure.find(
                "a deadlock: main waits for the end of thread 1; thread 1 waits for the end of main"),
            std::string::npos)
      << report.failure;
}

TEST(Model, FindsALostWakeUp) {
  const Report report = explore({}, [] {
    Atomic<std::uint32_t> word(0);
    World::current()->futex_wake_one(word.location());  // too early
    World::current()->futex_wait(word.location(), 0, -1);
  });
  EXPECT_NE(report.failure.find("a lost wake-up"), std::string::npos) << report.failure;
}

TEST(Model, FindsALivelock) {
  const Report report = explore({}, [] {
    Atomic<int> flag(0);
    while (flag.load(kRelaxed) == 0) World::current()->relax();
  });
  EXPECT_NE(report.failure.find("livelock"), std::string::npos) << report.failure;
}

TEST(Model, ASpinningThreadSeesInTheEndWhatItWaitsFor) {
  const Report report = explore({}, [] {
    Atomic<int> flag(0);
    Thread other([&] { flag.store(1, kRelaxed); });
    while (flag.load(kRelaxed) == 0) World::current()->relax();
    other.join();
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, ThreeThreadsMaySpinOnALock) {
  const Report report = explore({}, [] {
    Atomic<bool> locked(false);
    Plain<int> count(0);
    const auto count_once = [&] {
      while (locked.exchange(true, kAcquire)) World::current()->relax();
      count.set(count.get() + 1);
      locked.store(false, kRelease);
    };
    Thread second(count_once);
    Thread third(count_once);
    count_once();
    second.join();
    third.join();
    require(count.get() == 3, "each thread has counted");
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, ASpinningThreadThatHasSeenAnOldValueLooksAgain) {
  // The store came before the spinner's last look, so no later change wakes it; the other thread waits for the spinner.
  const Report report = explore({}, [] {
    Atomic<int> go(0), gone(0);
    Thread spinner([&] {
      while (go.load(kRelaxed) == 0) World::current()->relax();
      gone.store(1, kRelaxed);
    });
    go.store(1, kRelaxed);
    while (gone.load(kRelaxed) == 0) World::current()->relax();
    spinner.join();
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, SpinningOrdersNothing) {
  const Report report = explore({}, [] {
    Plain<int> data(0);
    Atomic<int> step(0);
    Thread writer([&] {
      data.set(7);
      step.store(1, kRelease);
      step.store(2, kRelaxed);
    });
    while (step.load(kRelaxed) != 2) World::current()->relax();
    data.get();
    writer.join();
  });
  EXPECT_NE(report.failure.find("a data race"), std::string::npos) << report.failure;
}

TEST(Model, EachThreadHasItsOwnExceptions) {
  const Report report = explore({}, [] {
    Atomic<int> step(0);
    const auto catch_own = [&step](int own) {
      try {
        throw own;
      } catch (int) {
        step.fetch_add(1, kRelaxed);  // another thread may throw and catch meanwhile
        try {
          throw;
        } catch (int again) {
          require(again == own, "an exception that is thrown again is the thread's own");
        }
      }
      require(std::uncaught_exceptions() == 0 && !std::current_exception(), "nothing is left");
    };
    Thread other([&] { catch_own(1); });
    catch_own(2);
    other.join();
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, AScheduleThatFailsInsideAHandlerLeavesNoException) {
  const Report report = explore({}, [] {
    try {
      throw 1;
    } catch (int) {
      require(false, "this fails");
    }
  });
  EXPECT_NE(report.failure.find("this fails"), std::string::npos) << report.failure;
  EXPECT_FALSE(std::current_exception());
}

/// The mistake needs one preemption, between two of many operations.
void lose_an_update() {
  Atomic<int> count(0);
  Atomic<int> noise(0);
  Thread other([&] {
    for (int i = 0; i < 10; ++i) noise.fetch_add(1, kRelaxed);
    count.fetch_add(1, kSeqCst);
  });
  for (int i = 0; i < 10; ++i) noise.fetch_add(1, kRelaxed);
  count.store(count.load(kSeqCst) + 1, kSeqCst);
  other.join();
  require(count.load(kSeqCst) == 2, "no update is lost");
}

TEST(Model, ShrinksTheScheduleThatFailed) {
  const Report report = sample({.preemptions = 20, .schedules = 10'000}, 1, lose_an_update);
  ASSERT_NE(report.failure.find("no update is lost"), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find(report.token), std::string::npos) << report.failure;
  const auto schedule = explorer::parse_token(report.token);
  ASSERT_TRUE(schedule);
  EXPECT_LE(schedule->size(), 3U) << report.token;
}

TEST(Model, PlaysOneScheduleAgain) {
  const Report found = explore({}, lose_an_update);
  setenv("COROKIT_EXPLORE_REPLAY", found.token.c_str(), 1);
  const Report again = explore({}, lose_an_update);
  setenv("COROKIT_EXPLORE_REPLAY", "0", 1);
  const Report by_default = explore({}, lose_an_update);
  setenv("COROKIT_EXPLORE_REPLAY", "?", 1);
  const Report wrong = explore({}, lose_an_update);
  unsetenv("COROKIT_EXPLORE_REPLAY");
  EXPECT_EQ(again.schedules, 1U);
  EXPECT_EQ(again.token, found.token);
  EXPECT_NE(again.failure.find("no update is lost"), std::string::npos) << again.failure;
  EXPECT_EQ(by_default.failure, "");
  EXPECT_FALSE(by_default.exhaustive);
  EXPECT_NE(wrong.failure.find("is no schedule"), std::string::npos) << wrong.failure;
}

TEST(Model, SaysThatAProgramIsNotDeterministic) {
  int played = 0;
  const Report report = explore({}, [&played] {
    Atomic<int> word(0);
    word.store(1, kRelaxed);
    require(++played == 2, "this holds the second time only");
  });
  EXPECT_NE(report.failure.find("the program is not deterministic"), std::string::npos) << report.failure;
}

TEST(Model, TimeMovesOnlyWhenNoThreadCanRun) {
  const Report report = explore({}, [] {
    const Instant start = now();
    Atomic<std::uint32_t> word(0);
    Thread other([&word] { word.store(1, kRelease); });
    for (int i = 0; i < 1'000; ++i) require(now() == start, "the clock stands still while a thread runs");
    other.join();
    detail::futex_wait(word, 1, 70);
    require(now() == start + Duration(70), "a wait ends at its deadline");
  });
  EXPECT_TRUE(right_on_every_schedule(report));
}

TEST(Model, DrawsTheScheduleThatFailed) {
  const std::string failure = pass_a_message(kRelaxed, kAcquire).failure;
  EXPECT_NE(failure.find("a data race"), std::string::npos) << failure;
  EXPECT_NE(failure.find("store, relaxed: wrote 1"), std::string::npos) << failure;
  EXPECT_NE(failure.find("load, acquire: saw 1 (thread 1, step 1)"), std::string::npos) << failure;
}

TEST(Model, SamplingFindsWhatExploringFinds) {
  const Report report = sample({.schedules = 10'000}, 1, [] {
    Atomic<int> count(0);
    Thread other([&] { count.store(count.load(kSeqCst) + 1, kSeqCst); });
    count.store(count.load(kSeqCst) + 1, kSeqCst);
    other.join();
    require(count.load(kSeqCst) == 2, "no update is lost");
  });
  EXPECT_NE(report.failure, "");
}

}  // namespace
}  // namespace corokit::model
