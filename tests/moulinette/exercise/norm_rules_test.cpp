#include "exercise/norm_rules.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {
namespace {

TEST(Pattern, LetsAStarStandForAnyText) {
  EXPECT_TRUE(matches("send", "send"));
  EXPECT_TRUE(matches("send*", "send"));
  EXPECT_TRUE(matches("send*", "sendmsg"));
  EXPECT_TRUE(matches("std::*::now", "std::chrono::_V2::now"));
  EXPECT_TRUE(matches("*a*b*", "xaaybz"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("send", "sendmsg"));
  EXPECT_FALSE(matches("send", "resend"));
  EXPECT_FALSE(matches("a*b", "abc"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(NameRules, AreDecidedByTheFirstThatMatches) {
  const NameRules rules{.rules = {{"a*", "no"}, {"abc", ""}, {"x", ""}}, .otherwise = "unknown"};
  EXPECT_EQ(rules.why_refused({"abc"}), "no");
  EXPECT_EQ(rules.why_refused({"x"}), "");
  EXPECT_EQ(rules.why_refused({"y", "x"}), "");
  EXPECT_EQ(rules.why_refused({"y"}), "unknown");
  EXPECT_EQ(rules.find({"y"}), nullptr);
}

TEST(NameRules, OfAnExerciseGoFirst) {
  const auto rest = nlohmann::json::parse(R"({"refused": [], "allowed": ["x"], "otherwise": "no"})");
  auto symbols = rest;
  symbols["refused"] = nlohmann::json::parse(R"([{"why": "shared", "names": ["a", "b"]}])");
  const nlohmann::json norm{{"symbols", symbols}, {"words", rest}, {"headers", rest}, {"pragmas", rest}};
  const auto own =
      nlohmann::json::parse(R"({"refused": [{"why": "own", "names": ["x"]}], "allowed": ["a"]})");
  const NormRules rules = parse_norm(norm, own);
  EXPECT_EQ(rules.symbols.why_refused({"a"}), "");
  EXPECT_EQ(rules.symbols.why_refused({"b"}), "shared");
  EXPECT_EQ(rules.symbols.why_refused({"x"}), "own");
  EXPECT_EQ(rules.words.why_refused({"x"}), "");
}

TEST(NameRules, OfAllExercisesKeepToTheirSchema) {
  const NormRules rules = load_norm(nlohmann::json::parse(R"({"refused": [], "allowed": []})"));
  EXPECT_NE(rules.symbols.why_refused({"fork"}), "");
  EXPECT_EQ(rules.symbols.why_refused({"memcpy"}), "");
}

}  // namespace
}  // namespace corokit::moulinette
