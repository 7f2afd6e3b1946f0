#include "exercise/closest.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(Closest, FindsWhatWasProbablyMeant) {
  const std::vector<std::string> keys{"points", "pass", "prototype", "xp", "tests"};
  EXPECT_EQ(closest("point", keys), "points");
  EXPECT_EQ(closest("pionts", keys), "points") << "two letters are swapped";
  EXPECT_EQ(closest("prototypes", keys), "prototype");
  EXPECT_EQ(closest("test", keys), "tests");
}

TEST(Closest, FindsNothingFarAway) {
  const std::vector<std::string> keys{"points", "pass", "xp"};
  EXPECT_EQ(closest("colour", keys), "");
  EXPECT_EQ(closest("x", keys), "") << "half of it would be wrong";
  EXPECT_EQ(closest("", keys), "");
  EXPECT_EQ(did_you_mean("colour", keys), "");
  EXPECT_EQ(did_you_mean("pas", keys), ": did you mean \"pass\"?");
}

}  // namespace
}  // namespace corokit::moulinette
