// Schedules as lists of deviations: their tokens, how they are made shorter, and how strategies choose them.
#include <gtest/gtest.h>

#include "simulation/choices.hpp"
#include "simulation/strategies.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace corokit::explorer {
namespace {

using Ints = std::vector<std::size_t>;

Ints take(Choices& choices, const Ints& counts, Kind kind = Kind::order) {
  Ints taken;
  for (const std::size_t count : counts) taken.push_back(choices.next(kind, count));
  return taken;
}

TEST(Token, IsReadAsItWasWritten) {
  for (const Deviations& schedule : {Deviations{}, {{0, 1}}, {{4, 1}, {17, 2}, {18, 11}}}) {
    const auto read = parse_token(token(schedule));
    ASSERT_TRUE(read) << token(schedule);
    EXPECT_EQ(*read, schedule);
  }
  EXPECT_EQ(token({}), "0");
  EXPECT_EQ(token({{4, 1}, {17, 2}}), "4.1-17.2");
}

TEST(Token, IsNothingElse) {
  for (const char* text : {"", "1", "00", "4.", ".1", "4.1-", "-4.1", "4.0", "4.1-4.2", "5.1-4.1", "4.1 ",
                           "4.-1", "4.99999999999999999999", "x"})
    EXPECT_FALSE(parse_token(text)) << text;
}

TEST(DepthFirst, TakesEachScheduleOnce) {
  DepthFirst strategy({});
  Choices choices(strategy);
  std::set<Ints> seen;
  do {
    EXPECT_TRUE(seen.insert(take(choices, {2, 1, 3, 2})).second);
  } while (choices.advance());
  EXPECT_EQ(seen.size(), 12U);
  EXPECT_EQ(strategy.schedules(), 12U);
  EXPECT_TRUE(strategy.ended());
  EXPECT_TRUE(strategy.complete());
  EXPECT_FALSE(strategy.diverged());
}

TEST(DepthFirst, BeginsWithFewPreemptions) {
  DepthFirst strategy({.preemptions = 2});
  Choices choices(strategy);
  std::vector<std::size_t> used;
  do {
    const Ints taken = take(choices, {2, 2, 2}, Kind::preemption);
    used.push_back(static_cast<std::size_t>(std::ranges::count(taken, 1U)));
  } while (choices.advance());
  // Each round begins anew.
  EXPECT_EQ(std::ranges::count(used, 0U), 3);
  EXPECT_EQ(std::ranges::count(used, 1U), 6);
  EXPECT_EQ(std::ranges::count(used, 2U), 3);
  EXPECT_EQ(used.front(), 0U);
  EXPECT_EQ(strategy.schedules(), 7U) << "of the last round";
  EXPECT_FALSE(strategy.complete());
  ASSERT_TRUE(strategy.exhausted());
  EXPECT_EQ(strategy.exhausted()->preemptions, 2U);
}

TEST(DepthFirst, EndsWithTheFirstRoundThatLeavesNothingOut) {
  DepthFirst strategy({.preemptions = 100});
  Choices choices(strategy);
  std::size_t schedules = 0;
  do {
    take(choices, {2, 2}, Kind::preemption);
    ++schedules;
  } while (choices.advance());
  EXPECT_EQ(schedules, 1U + 3U + 4U);
  EXPECT_EQ(strategy.schedules(), 4U);
  EXPECT_TRUE(strategy.complete());
}

TEST(DepthFirst, CountsWhoeverOvertakesAsAPreemption) {
  DepthFirst strategy({.preemptions = 0});
  Choices choices(strategy);
  std::set<std::size_t> taken;
  do taken.insert(choices.next_runner(Kind::order, 5, 2, [](std::size_t i) { return i; }));
  while (choices.advance());
  EXPECT_EQ(taken, (std::set<std::size_t>{0, 1}));
}

TEST(DepthFirst, BoundsEachKindByItself) {
  for (const auto& [kind, of_kind] : {std::pair{Kind::stale_load, 1U}, {Kind::spurious_wake, 2U}}) {
    DepthFirst strategy({.preemptions = 0, .stale_loads = 1, .spurious_wakes = 2});
    Choices choices(strategy);
    std::size_t most = 0;
    do
      most = std::max(most, static_cast<std::size_t>(std::ranges::count(take(choices, {2, 2, 2}, kind), 1U)));
    while (choices.advance());
    EXPECT_EQ(most, of_kind);
    EXPECT_FALSE(strategy.complete());
  }
}

TEST(DepthFirst, LeavesOutWhatMakesNoDifference) {
  DepthFirst strategy({.preemptions = 1});
  Choices choices(strategy);
  Ints taken;
  do {
    const std::size_t place = choices.place();
    taken.push_back(choices.next(Kind::pause, 129));
    choices.limit(place, 3, 5);
  } while (choices.advance());
  EXPECT_EQ(taken, (Ints{0, 0, 3, 4, 5}));
  EXPECT_TRUE(strategy.complete());
}

TEST(DepthFirst, NoticesAProgramThatIsNotDeterministic) {
  DepthFirst strategy({});
  Choices choices(strategy);
  choices.next(Kind::order, 3);
  choices.next(Kind::order, 2);
  choices.advance();
  choices.next(Kind::order, 2);
  EXPECT_TRUE(strategy.diverged());
}

TEST(Random, DrawsAnyValueInEachSchedule) {
  Random random(7);
  Choices choices(random);
  for (int schedule = 0; schedule < 20; ++schedule) {
    const Ints values = take(choices, Ints(60, 3), Kind::value);
    for (const std::size_t value : {0U, 1U, 2U}) EXPECT_GE(std::ranges::count(values, value), 5) << schedule;
    choices.advance();
  }
}

TEST(Random, IsTheSameForASeed) {
  Random first(7), second(7);
  Choices one(first), other(second);
  std::set<Ints> seen;
  for (int i = 0; i < 1'000; ++i) {
    const Ints taken = take(one, {2, 3, 2});
    EXPECT_EQ(taken, take(other, {2, 3, 2}));
    seen.insert(taken);
    EXPECT_TRUE(one.advance() && other.advance());
  }
  EXPECT_EQ(seen.size(), 12U);
}

/// Plays two threads of `steps` steps each. Returns: the order in which they ran, as text.
std::string two_threads(Choices& choices, int steps) {
  std::string order;
  int left[2] = {steps, steps};
  std::size_t running = 0;
  while (left[0] + left[1] > 0) {
    if (left[running] == 0) running = 1 - running;
    const bool both = left[0] > 0 && left[1] > 0;
    const auto runner = [running](std::size_t i) { return i == 0 ? running : 1 - running; };
    if (choices.next_runner(Kind::preemption, both ? 2 : 1, runner) == 1) running = 1 - running;
    --left[running];
    order += static_cast<char>('a' + running);
  }
  return order;
}

TEST(Pct, FindsAMistakeOfDepthTwoAsOftenAsItPromises) {
  // "b" runs whole between the fifth and the sixth step of "a": one order of two events.
  constexpr int kSteps = 10;
  constexpr int kSchedules = 2'000;
  Pct strategy(1, 2);
  Choices choices(strategy);
  int found = 0;
  for (int i = 0; i < kSchedules; ++i) {
    found += two_threads(choices, kSteps) == "aaaaabbbbbbbbbbaaaaa";
    choices.advance();
  }
  EXPECT_GT(found, kSchedules / (2 * 2 * kSteps) / 2);  // at least 1 / (n k), and luck
}

TEST(Pct, WithoutAChangeNobodyIsPreempted) {
  Pct strategy(1, 1);
  Choices choices(strategy);
  std::set<std::string> orders;
  for (int i = 0; i < 100; ++i) {
    orders.insert(two_threads(choices, 3));
    choices.advance();
  }
  EXPECT_EQ(orders, (std::set<std::string>{"aaabbb", "bbbaaa"}));
}

TEST(Replay, TakesWhatWasTaken) {
  Random random(3);
  Choices choices(random);
  for (int i = 0; i < 50; ++i) {
    const Ints taken = take(choices, {2, 1, 3, 4});
    Replay strategy(choices.deviations());
    Choices again(strategy);
    EXPECT_EQ(take(again, {2, 1, 3, 4}), taken);
    EXPECT_EQ(again.deviations(), choices.deviations());
    EXPECT_FALSE(again.advance());
    choices.advance();
  }
}

TEST(Replay, TakesTheDefaultWhereThereIsNoSuchChoice) {
  Replay strategy({{0, 5}, {1, 1}});
  Choices choices(strategy);
  EXPECT_EQ(take(choices, {2, 2}), (Ints{0, 1}));
  EXPECT_EQ(choices.deviations(), (Deviations{{1, 1}}));
}

TEST(Shrink, KeepsWhatIsNeeded) {
  Deviations all;
  for (std::size_t place = 0; place < 100; ++place) all.push_back({place, 1});
  const Deviations needed{{3, 1}, {50, 1}, {99, 1}};
  std::size_t plays = 0;
  const Deviations shrunk = shrink(all, [&](const Deviations& schedule) {
    ++plays;
    return std::ranges::includes(schedule, needed, {}, &Deviation::place, &Deviation::place);
  });
  EXPECT_EQ(shrunk, needed);
  EXPECT_LT(plays, 100U);
  EXPECT_EQ(shrink(all, [](const Deviations&) { return true; }), Deviations{});
  EXPECT_EQ(shrink(all, [&](const Deviations& schedule) { return schedule == all; }), all);
}

}  // namespace
}  // namespace corokit::explorer
