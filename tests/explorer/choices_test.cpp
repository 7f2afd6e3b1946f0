// Schedules as lists of deviations: their tokens, how they are shrunk, how they are played again.
#include "choices.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>

namespace corokit::model {
namespace {

using Ints = std::vector<std::size_t>;

Ints take(Choices& choices, const Ints& counts) {
  Ints taken;
  for (const std::size_t count : counts) taken.push_back(choices.next(count));
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

TEST(Choices, DepthFirstTakesEachScheduleOnce) {
  Choices choices = Choices::depth_first();
  std::set<Ints> seen;
  do {
    EXPECT_TRUE(seen.insert(take(choices, {2, 1, 3, 2})).second);
  } while (choices.advance());
  EXPECT_EQ(seen.size(), 12U);
}

TEST(Choices, AtRandomIsTheSameForASeed) {
  Choices one = Choices::at_random(7);
  Choices other = Choices::at_random(7);
  std::set<Ints> seen;
  for (int i = 0; i < 1'000; ++i) {
    const Ints taken = take(one, {2, 3, 2});
    EXPECT_EQ(taken, take(other, {2, 3, 2}));
    seen.insert(taken);
    EXPECT_TRUE(one.advance() && other.advance());
  }
  EXPECT_EQ(seen.size(), 12U);
}

TEST(Choices, ReplayTakesWhatWasTaken) {
  Choices random = Choices::at_random(3);
  for (int i = 0; i < 50; ++i) {
    const Ints taken = take(random, {2, 1, 3, 4});
    Choices again = Choices::replay(random.deviations());
    EXPECT_EQ(take(again, {2, 1, 3, 4}), taken);
    EXPECT_EQ(again.deviations(), random.deviations());
    EXPECT_FALSE(again.advance());
    random.advance();
  }
}

TEST(Choices, ReplayTakesTheDefaultWhereThereIsNoSuchChoice) {
  Choices choices = Choices::replay({{0, 5}, {1, 1}});
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
}  // namespace corokit::model
