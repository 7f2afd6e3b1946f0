#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/at_exit.hpp"
#include "support/counted.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Probe;
using Kind = SetError<int>::Kind;

Task<int> make(int value) {
  co_return value;
}

/// Makes a value once it is notified.
Task<int> make_later(Notify& told, int value) {
  co_await told.notified();
  co_return value;
}

auto maker(int value) {
  return [value] { return make(value); };
}

auto late_maker(Notify& told, int value) {
  return [&told, value] { return make_later(told, value); };
}

TEST(OnceCell, GetGivesTheValueThatWasSet) {
  OnceCell<int> cell;
  EXPECT_EQ(cell.get(), nullptr);
  EXPECT_FALSE(cell.is_initialized());
  EXPECT_TRUE(cell.set(5));
  EXPECT_TRUE(cell.is_initialized());
  EXPECT_EQ(*cell.get(), 5);
  EXPECT_EQ(*cell.get_mut(), 5);
}

TEST(OnceCell, MayBeConstructedWithItsValue) {
  const OnceCell<std::string> cell("neo");
  EXPECT_EQ(*cell.get(), "neo");
}

TEST(OnceCell, ASecondSetGivesItsValueBack) {
  OnceCell<int> cell;
  EXPECT_TRUE(cell.set(5));
  const auto second = cell.set(6);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Kind::already_initialized);
  EXPECT_EQ(second.error().value, 6);
  EXPECT_EQ(*cell.get(), 5);
}

TEST(OnceCell, OneCallerMakesTheValueAndTheOthersGetIt) {
  OnceCell<int> cell;
  Notify told;
  Probe first(cell.get_or_init(late_maker(told, 5)));
  Probe second(cell.get_or_init(maker(6)));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  told.notify_one();
  ASSERT_TRUE(first.poll());
  EXPECT_TRUE(second.is_woken());
  ASSERT_TRUE(second.poll());
  EXPECT_EQ(first.take(), second.take());
  EXPECT_EQ(*cell.get(), 5);
  Probe third(cell.get_or_init(maker(7)));
  ASSERT_TRUE(third.poll());
  EXPECT_EQ(*third.take(), 5);
}

TEST(OnceCell, AMakerThatWouldThrowIsNeverCalledWhileAnotherMakesTheValue) {
  OnceCell<int> cell;
  Notify told;
  Probe first(cell.get_or_init(late_maker(told, 5)));
  Probe second(cell.get_or_init([]() -> Task<int> { throw std::runtime_error("called"); }));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  told.notify_one();
  ASSERT_TRUE(first.poll() && second.poll());
  EXPECT_EQ(*second.take(), 5);
}

TEST(OnceCell, TheNextWaiterMakesTheValueAfterAMakerThatThrows) {
  auto body = []() -> Task<int> {
    OnceCell<int> cell;
    Notify told;
    auto failing = [](Notify& until) -> Task<int> {
      co_await until.notified();
      throw std::runtime_error("broken");
    };
    auto handle = spawn(cell.get_or_init([&failing, &told] { return failing(told); }));
    co_await sleep(1ms);
    auto next = spawn(cell.get_or_init(maker(6)));
    co_await sleep(1ms);
    told.notify_one();
    const auto failed = co_await handle;
    EXPECT_FALSE(failed);
    const auto made = co_await next;
    co_return **made;
  };
  EXPECT_EQ(sim::run({}, body()).value(), 6);
}

TEST(OnceCell, TheNextWaiterMakesTheValueAfterAMakerThatIsDropped) {
  OnceCell<int> cell;
  Notify told;
  Probe first(cell.get_or_init(late_maker(told, 5)));
  Probe second(cell.get_or_init(maker(6)));
  Probe third(cell.get_or_init(maker(7)));
  EXPECT_TRUE(first.is_pending() && second.is_pending() && third.is_pending());
  first.drop();
  EXPECT_TRUE(second.is_woken());
  EXPECT_FALSE(third.is_woken());
  ASSERT_TRUE(second.poll() && third.poll());
  EXPECT_EQ(*third.take(), 6);
}

TEST(OnceCell, ACallerDroppedInTheQueueIsForgotten) {
  OnceCell<int> cell;
  Notify told;
  Probe first(cell.get_or_init(late_maker(told, 5)));
  Probe second(cell.get_or_init(maker(6)));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  second.drop();
  told.notify_one();
  ASSERT_TRUE(first.poll());
  EXPECT_EQ(*cell.get(), 5);
}

TEST(OnceCell, SetWhileSomebodyMakesTheValueIsRefused) {
  OnceCell<int> cell;
  Notify told;
  Probe first(cell.get_or_init(late_maker(told, 5)));
  EXPECT_TRUE(first.is_pending());
  const auto refused = cell.set(6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::initializing);
  EXPECT_EQ(refused.error().value, 6);
  first.drop();
  EXPECT_TRUE(cell.set(7));
}

TEST(OnceCell, AnErrorLeavesTheCellAsItWas) {
  OnceCell<int> cell;
  auto fail = []() -> Task<Result<int, std::string>> { co_return Err<std::string>("broken"); };
  auto succeed = []() -> Task<Result<int, std::string>> { co_return 5; };
  Probe failed(cell.get_or_try_init(fail));
  ASSERT_TRUE(failed.poll());
  EXPECT_EQ(failed.take().error(), "broken");
  EXPECT_EQ(cell.get(), nullptr);
  Probe made(cell.get_or_try_init(succeed));
  ASSERT_TRUE(made.poll());
  EXPECT_EQ(**made.take(), 5);
  Probe late(cell.get_or_try_init(fail));
  ASSERT_TRUE(late.poll());
  EXPECT_EQ(**late.take(), 5);
}

TEST(OnceCell, AWaiterBehindAnErrorMakesTheValueItself) {
  OnceCell<int> cell;
  Notify told;
  auto fail_later = [](Notify& until) -> Task<Result<int, int>> {
    co_await until.notified();
    co_return Err<int>(1);
  };
  auto succeed = []() -> Task<Result<int, int>> { co_return 6; };
  Probe first(cell.get_or_try_init([&fail_later, &told] { return fail_later(told); }));
  Probe second(cell.get_or_try_init(succeed));
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  told.notify_one();
  ASSERT_TRUE(first.poll() && second.poll());
  EXPECT_EQ(first.take().error(), 1);
  EXPECT_EQ(**second.take(), 6);
}

TEST(OnceCell, DestroysItsValueOnce) {
  Census census;
  {
    OnceCell<Counted> cell;
    EXPECT_TRUE(cell.set(Counted(census)));
    EXPECT_EQ(census.alive, 1);
  }
  EXPECT_EQ(census.alive, 0);
  {
    const OnceCell<Counted> cell{Counted(census)};
    EXPECT_EQ(census.alive, 1);
  }
  EXPECT_EQ(census.alive, 0);
}

TEST(OnceCell, GivesItsValueAwayOnce) {
  Census census;
  {
    OnceCell<Counted> cell;
    EXPECT_TRUE(cell.set(Counted(census)));
    OnceCell<Counted> made{Counted(census)};
    const auto first = std::move(cell).into_inner();
    const auto second = std::move(made).into_inner();
    EXPECT_TRUE(first && second);
  }
  EXPECT_EQ(census.alive, 0);
  OnceCell<std::string> empty;
  EXPECT_FALSE(std::move(empty).into_inner());
}

TEST(OnceCell, TakesFortyBytesBesideItsValue) {
  EXPECT_EQ(sizeof(OnceCell<std::uint64_t>), 48u);
}

// Many tasks.

struct SharedCell {
  OnceCell<int> cell;
  std::atomic<int> makers{0};
  std::atomic<int> begun{0};
  std::atomic<int> violations{0};
};

Task<int> make_slowly(SharedCell& shared, int value) {
  if (++shared.makers > 1) ++shared.violations;
  ++shared.begun;
  test::AtExit leave([&shared] { --shared.makers; });
  co_await yield_now();
  co_return value;
}

Task<void> need(SharedCell& shared, int id) {
  auto slowly = [&shared, id] { return make_slowly(shared, id); };
  const auto first = co_await select(shared.cell.get_or_init(slowly), yield_now());
  const int* value = nullptr;
  if (first.index() == 0)
    value = std::get<0>(first);
  else
    value = co_await shared.cell.get_or_init(slowly);
  if (value != shared.cell.get()) ++shared.violations;
}

Task<void> need_all(SharedCell& shared, int tasks) {
  JoinSet<void> all;
  for (int i = 0; i < tasks; ++i) all.spawn(need(shared, i));
  while (co_await all.join_next()) {
  }
}

Task<void> explore_need(int tasks) {
  SharedCell shared;
  co_await need_all(shared, tasks);
  EXPECT_EQ(shared.violations, 0);
  EXPECT_TRUE(shared.cell.is_initialized());
  explorer::reached("the first one makes the value", shared.cell.get() && *shared.cell.get() == 0);
  explorer::reached("the last one makes the value", shared.cell.get() && *shared.cell.get() == tasks - 1);
  explorer::reached("somebody gave up making it", shared.begun > 1);
}

COROKIT_EXPLORE(OnceCellSchedules, OneOfTwoAtATimeMakesTheValue, .search = Search::depth_first) {
  co_await explore_need(2);
}

COROKIT_EXPLORE(OnceCellSchedules, OneOfThreeAtATimeMakesTheValue, .search = Search::depth_first,
                .preemptions = 1) {
  co_await explore_need(3);
}

COROKIT_EXPLORE(OnceCellSchedules, OneOfSixAtATimeMakesTheValue, .search = Search::pct, .schedules = 1'000) {
  co_await explore_need(6);
}

TEST(OnceCellThreads, OneAtATimeMakesTheValue) {
  auto runtime = Runtime::multi_thread(4);
  for (int round = 0; round < 200; ++round) {
    SharedCell shared;
    runtime.block_on(need_all(shared, 20));
    EXPECT_EQ(shared.violations, 0);
    EXPECT_TRUE(shared.cell.is_initialized());
  }
}

}  // namespace
}  // namespace corokit
