#include "priority_ranking.hpp"

#include <gtest/gtest.h>

namespace corokit {
namespace {

TEST(Extremes, KnowWhereTheLeastAndTheMostIs) {
  detail::Extremes<int> extremes(4, 0);
  EXPECT_EQ(extremes.least(), 0u);
  extremes.set(0, 5);
  extremes.set(2, 9);
  extremes.set(3, -1);
  EXPECT_EQ(extremes.least(), 3u);
  EXPECT_EQ(extremes.most(), 2u);
  extremes.set(2, -2);
  EXPECT_EQ(extremes.least(), 2u);
  EXPECT_EQ(extremes.most(), 0u);
  EXPECT_EQ(extremes[0], 5);
}

}  // namespace
}  // namespace corokit
