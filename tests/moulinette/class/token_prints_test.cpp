#include "class/token_prints.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <random>

namespace corokit::moulinette {
namespace {

std::vector<CodeToken> row(std::vector<std::uint32_t> kinds) {
  std::vector<CodeToken> tokens;
  for (const std::uint32_t kind : kinds) tokens.push_back({kind, 1});
  return tokens;
}

Print print(std::vector<std::uint32_t> kinds, std::size_t length) {
  Print made;
  made.tokens = row(std::move(kinds));
  made.grams = gram_hashes(made.tokens, length);
  made.fingerprints = winnow(made.grams, 1);
  std::ranges::stable_sort(made.fingerprints, {}, &Fingerprint::hash);
  made.own.assign(made.tokens.size(), true);
  made.own_tokens = made.tokens.size();
  return made;
}

TEST(Winnow, ChoosesTheLastSmallestOfEachWindow) {
  // The example of the paper that winnowing is from.
  const std::vector<std::uint64_t> hashes{77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98};
  std::vector<std::pair<std::uint64_t, std::size_t>> chosen;
  for (const Fingerprint& print : winnow(hashes, 4)) chosen.emplace_back(print.hash, print.at);
  EXPECT_EQ(chosen, (std::vector<std::pair<std::uint64_t, std::size_t>>{
                        {17, 3}, {17, 6}, {8, 8}, {39, 11}, {17, 15}}));
  EXPECT_TRUE(winnow({1, 2, 3}, 4).empty());
}

TEST(Winnow, FindsEachRunThatIsLongEnough) {
  constexpr std::size_t kLength = 6;
  constexpr std::size_t kWindow = 4;
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const auto some = [&random](std::size_t count) {
      std::vector<std::uint32_t> kinds(count);
      for (std::uint32_t& kind : kinds) kind = static_cast<std::uint32_t>(random());
      return kinds;
    };
    const std::vector<std::uint32_t> shared = some(kLength + kWindow - 1);
    const auto around = [&] {
      std::vector<std::uint32_t> kinds = some(random() % 20);
      kinds.insert(kinds.end(), shared.begin(), shared.end());
      const std::vector<std::uint32_t> rest = some(random() % 20);
      kinds.insert(kinds.end(), rest.begin(), rest.end());
      return winnow(gram_hashes(row(kinds), kLength), kWindow);
    };
    const auto one = around();
    const auto other = around();
    EXPECT_TRUE(std::ranges::any_of(one,
                                    [&](const Fingerprint& a) {
                                      return std::ranges::any_of(
                                          other, [&](const Fingerprint& b) { return a.hash == b.hash; });
                                    }))
        << "round " << round;
  }
}

TEST(Tiles, CoverWhatIsAlikeTheLongestFirst) {
  const Print one = print({1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 8}, 3);
  const Print other = print({7, 1, 2, 3, 0, 2, 3, 4, 5, 6}, 3);
  const std::vector<Tile> found = tiles(one, other, 3);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].one, 1U) << "2 3 4 5 6";
  EXPECT_EQ(found[0].other, 5U);
  EXPECT_EQ(found[0].length, 5U);
  EXPECT_EQ(found[1].one, 7U) << "1 2 3";
  EXPECT_EQ(found[1].other, 1U);
  EXPECT_EQ(found[1].length, 3U);
}

TEST(Tiles, UseEachTokenOnce) {
  const Print one = print({1, 2, 3, 4}, 4);
  const Print other = print({1, 2, 3, 4, 0, 1, 2, 3, 4}, 4);
  EXPECT_EQ(tiles(one, other, 4).size(), 1U);
}

TEST(Tiles, AreNotLookedForInARowOfOneToken) {
  const Print monotonous = print(std::vector<std::uint32_t>(20'000, 1), 16);
  EXPECT_TRUE(tiles(monotonous, monotonous, 16).empty()) << "and that takes no time";
}

}  // namespace
}  // namespace corokit::moulinette
