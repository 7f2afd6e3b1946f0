#include "running/replay.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(ReplayToken, IsReadAsItIsWritten) {
  for (const char* text : {"toy/counts/17/12.3-40.1", "toy/edge_nothing/1/0", "toy/adds/1999999999"}) {
    const auto token = parse_replay_token(text);
    ASSERT_TRUE(token) << text;
    EXPECT_EQ(token->text(), text);
  }
  const auto token = parse_replay_token("toy/counts/17/12.3-40.1");
  EXPECT_EQ(token->exercise, "toy");
  EXPECT_EQ(token->part, "counts");
  EXPECT_EQ(token->schedule, 17U);
  EXPECT_EQ(token->moves, "12.3-40.1");
}

TEST(ReplayToken, IsNothingElse) {
  for (const char* text : {"",
                           "toy",
                           "toy/counts",
                           "toy/counts/",
                           "toy/counts/0",
                           "toy/counts/-1",
                           "toy/counts/x",
                           "toy/counts/1x",
                           "toy/counts/1/",
                           "toy/counts/1/x",
                           "toy/counts/1/12",
                           "toy/counts/1/12.0",
                           "toy/counts/1/40.1-12.3",
                           "toy/counts/1/0/0",
                           "toy/counts/99999999999999999999",
                           "/counts/1",
                           "toy//1",
                           "to y/counts/1",
                           "../toy/counts/1",
                           "toy/$(id)/1",
                           "toy/counts/1/$(id)",
                           "12.3-40.1",
                           "toy/counts/1\n"})
    EXPECT_FALSE(parse_replay_token(text)) << text;
}

}  // namespace
}  // namespace corokit::moulinette
