#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

Finished duel(const std::string& lines, const std::string& arguments) {
  return shell("printf '" + lines + "' | " MOULINETTE " duel " + arguments + " --kit " KIT);
}

bool has(const Finished& finished, const std::string& text) {
  return finished.output.find(text) != std::string::npos;
}

// park() sleeps without a look at a token: so let the other thread come first.
TEST(DuelCommand, IsWonByTheScheduleThatBreaks) {
  const Finished won = duel("1\\n\\n\\n\\n\\n\\n\\n", "03_block_on mutant_a_no_token");
  EXPECT_EQ(won.code, 0) << won.output;
  EXPECT_TRUE(has(won, "You have won, with 1 move ")) << won.output;
  EXPECT_TRUE(has(won, "The fewest moves are 1.")) << won.output;
  EXPECT_TRUE(has(won, "What makes it plausible: ")) << won.output;
}

TEST(DuelCommand, GoesBackAndBeginsAnew) {
  const Finished played = duel("1\\nb\\n0\\nn\\n", "03_block_on mutant_a_no_token");
  EXPECT_EQ(played.code, 1);
  const std::size_t last = played.output.rfind("03_block_on: ");
  const std::string begins = duel("", "03_block_on mutant_a_no_token").output;
  EXPECT_TRUE(begins.starts_with(played.output.substr(last))) << "as it was at the beginning";
}

TEST(DuelCommand, ShowsOnRequestHowItBreaks) {
  const Finished given_up = duel("g\\n", "03_block_on mutant_a_no_token");
  EXPECT_EQ(given_up.code, 1);
  EXPECT_TRUE(has(given_up, "That is how it breaks.")) << given_up.output;
  EXPECT_FALSE(has(duel("1\\n", "03_block_on mutant_a_no_token"), "mutant_a_no_token"))
      << "what is wrong is not told before";
}

TEST(DuelCommand, SaysWhatIsNoMove) {
  const Finished played = duel("7\\nx\\n", "03_block_on mutant_a_no_token");
  EXPECT_TRUE(has(played, "\"7\" is no move")) << played.output;
  EXPECT_TRUE(has(played, "\"x\" is no move")) << played.output;
}

TEST(DuelCommand, IsThereWhereSomethingIsToBeChosen) {
  EXPECT_EQ(duel("", "async_orchestrator").code, 2);
  EXPECT_EQ(duel("", "03_block_on mutant_of_nobody").code, 2);
  EXPECT_EQ(duel("", "nonsense").code, 2);
}

}  // namespace
}  // namespace corokit::moulinette
