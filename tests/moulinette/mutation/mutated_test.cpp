#include "mutation/mutated.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TestRun ended(Outcome outcome, const std::string& part) {
  TestRun run;
  run.outcome = outcome;
  run.part = part;
  return run;
}

/// A mutant, and how the tests a and b ended on it.
MutantRow row(std::optional<TestRun> a, std::optional<TestRun> b) {
  MutantRow made;
  made.runs = {std::move(a), std::move(b)};
  return made;
}

const TestRun kPassed = ended(Outcome::passed, "");

const std::vector<TestSpec>& tests() {
  static const std::vector<TestSpec> both = [] {
    std::vector<TestSpec> made(2);
    made[0].name = "a";
    made[0].parts = {{.name = "edge", .what = {}, .trap = {}}};
    made[1].name = "b";
    return made;
  }();
  return both;
}

TEST(Mutated, CountsWhatATestKillsAndWhatItKillsAlone) {
  const auto uses = uses_of(tests(), {row(ended(Outcome::failed, "a"), kPassed),
                                      row(ended(Outcome::crashed, "a"), ended(Outcome::hung, "b")),
                                      row(kPassed, kPassed), row(ended(Outcome::interrupted, "a"), kPassed)});
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].kills, 2U);
  EXPECT_EQ(uses[0].alone, 1U);
  EXPECT_EQ(uses[1].kills, 1U);
  EXPECT_EQ(uses[1].alone, 0U);
}

TEST(Mutated, CountsWhatAPartIsTheFirstToFind) {
  const auto uses =
      uses_of(tests(), {row(ended(Outcome::failed, "edge"), kPassed), row(ended(Outcome::failed, "a"), {})});
  ASSERT_EQ(uses[0].parts.size(), 2U);
  EXPECT_EQ(uses[0].parts[0].part, "a");
  EXPECT_EQ(uses[0].parts[0].finds, 1U);
  EXPECT_EQ(uses[0].parts[1].part, "edge");
  EXPECT_EQ(uses[0].parts[1].finds, 1U);
}

TEST(Mutated, IsAsItShouldBeWithoutSurvivorsAndMistakes) {
  Mutated mutated;
  mutated.rows.push_back(row(kPassed, kPassed));
  mutated.rows[0].fate = Fate::equivalent;
  EXPECT_TRUE(mutated.ok());
  mutated.mistakes.emplace_back("x");
  EXPECT_FALSE(mutated.ok());
  mutated.mistakes.clear();
  mutated.rows[0].fate = Fate::survived;
  EXPECT_FALSE(mutated.ok());
}

}  // namespace
}  // namespace corokit::moulinette
