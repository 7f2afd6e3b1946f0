#include "testing/support.hpp"
#include "verdict/expectations.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TestRun ended(Outcome outcome, std::optional<std::uint64_t> seed = 1) {
  TestRun run;
  run.outcome = outcome;
  run.message = "message";
  run.schedules = 1;
  run.seed = seed;
  return run;
}

/// Returns: the verdict if adds (60 points) and counts (40 points) of the toy end with these outcomes.
Graded toy(Outcome adds, Outcome counts, std::vector<NormFinding> norm = {}) {
  return score(toy_spec(), "x", {ended(adds), ended(counts)}, {.findings = std::move(norm)});
}

/// Returns: the verdict if counts fails in its part edge_nothing.
Graded broken_edge() {
  TestRun edge = ended(Outcome::failed);
  edge.part = "edge_nothing";
  return score(toy_spec(), "x", {ended(Outcome::passed), std::move(edge)}, {});
}

constexpr auto kPassed = Outcome::passed;
constexpr auto kFailed = Outcome::failed;

TEST(Graded, AddsUpThePointsOfPassedTests) {
  EXPECT_EQ(toy(kPassed, kPassed).score, 100);
  EXPECT_EQ(toy(kPassed, kPassed).verdict, Verdict::passed);
  EXPECT_EQ(toy(kPassed, kFailed).score, 60);
  EXPECT_EQ(toy(kPassed, kFailed).verdict, Verdict::failed);
  EXPECT_EQ(toy(Outcome::hung, Outcome::exited_early).score, 0);
}

TEST(Graded, ABrokenEdgeCaseTakesThePointsOfItsTest) {
  const Graded graded = broken_edge();
  EXPECT_EQ(graded.score, 60);
  EXPECT_EQ(graded.find("edge_nothing"), &graded.tests[1]);
  EXPECT_EQ(graded.tests[1].broken_part(), "edge_nothing");
  EXPECT_EQ(graded.tests[0].broken_part(), "");
  EXPECT_EQ(toy(kPassed, kFailed).tests[1].broken_part(), "counts");
}

TEST(Graded, ABrokenNormTakesAllPoints) {
  const Graded graded = toy(kPassed, kPassed, {{"fork", "no"}});
  EXPECT_EQ(graded.score, 0);
  EXPECT_EQ(graded.verdict, Verdict::refused);
}

TEST(Graded, WhatWasInterruptedHasNoVerdict) {
  EXPECT_EQ(toy(kPassed, Outcome::interrupted).verdict, Verdict::interrupted);
}

TEST(Graded, WhatDidNotCompileFailsEveryTestForThatReason) {
  const Graded graded =
      not_compiled(toy_spec(), "x", "x.cpp: In function\nx.cpp:3:1: error: no such thing\n 3 |\n");
  EXPECT_EQ(graded.verdict, Verdict::did_not_compile);
  ASSERT_EQ(graded.tests.size(), 2U);
  for (const TestResult& result : graded.tests) {
    EXPECT_EQ(result.run.outcome, Outcome::did_not_compile);
    EXPECT_EQ(result.run.message, "error: no such thing");
  }
}

WrongHeader wrong(std::vector<std::string> killed_by, Expect expect = Expect::wrong,
                  std::string under = "simulation") {
  return {"x", "x", std::move(killed_by), std::move(under), expect};
}

TEST(Expectations, ARightOneMustPassEverything) {
  for (const Role role : {Role::reference, Role::alternative}) {
    EXPECT_TRUE(unmet(role, {}, toy(kPassed, kPassed)).empty());
    EXPECT_EQ(unmet(role, {}, toy(kPassed, kFailed)).size(), 1U);
    EXPECT_EQ(unmet(role, {}, broken_edge()).size(), 1U);
    EXPECT_EQ(unmet(role, {}, toy(kPassed, kPassed, {{"fork", "no"}})).size(), 1U);
  }
}

TEST(Expectations, TheStubMustScoreNothing) {
  EXPECT_TRUE(unmet(Role::stub, {}, toy(kFailed, kFailed)).empty());
  EXPECT_EQ(unmet(Role::stub, {}, toy(kFailed, kPassed)).size(), 1U);
  EXPECT_EQ(unmet(Role::stub, {}, not_compiled(toy_spec(), "x", "error: x")).size(), 1U);
}

TEST(Expectations, AWrongOneDiesByEveryTestThatClaimsIt) {
  EXPECT_TRUE(unmet(Role::mutant, wrong({"adds"}), toy(kFailed, kPassed)).empty());
  EXPECT_TRUE(unmet(Role::mutant, wrong({"adds"}), toy(kFailed, kFailed)).empty()) << "others may fail too";
  EXPECT_EQ(unmet(Role::mutant, wrong({"adds"}), toy(kPassed, kFailed)).size(), 1U) << "the claim is false";
  EXPECT_EQ(unmet(Role::mutant, wrong({"adds", "counts"}), toy(kFailed, kPassed)).size(), 1U);
}

TEST(Expectations, AWrongOneDiesInTheWayItExpects) {
  const std::vector<std::pair<Expect, Outcome>> ways{
      {Expect::wrong, kFailed}, {Expect::crash, Outcome::crashed}, {Expect::hang, Outcome::hung}};
  for (const auto& [expect, unused] : ways) {
    for (const auto& [other, outcome] : ways) {
      EXPECT_EQ(unmet(Role::mutant, wrong({"adds"}, expect), toy(outcome, kPassed)).empty(), expect == other)
          << word(expect) << ' ' << word(outcome);
    }
    EXPECT_FALSE(unmet(Role::mutant, wrong({"adds"}, expect), toy(Outcome::exited_early, kPassed)).empty());
    EXPECT_FALSE(
        unmet(Role::mutant, wrong({"adds"}, expect), not_compiled(toy_spec(), "x", "error: x")).empty());
  }
}

TEST(Expectations, AWrongOneDiesUnderWhatItNames) {
  const Graded on_the_pool = score(toy_spec(), "x", {ended(kFailed, {}), ended(kPassed)}, {});
  EXPECT_TRUE(unmet(Role::mutant, wrong({"adds"}, Expect::wrong, "thread pool"), on_the_pool).empty());
  EXPECT_EQ(unmet(Role::mutant, wrong({"adds"}), on_the_pool).size(), 1U);
}

TEST(Expectations, ARefusedOneDiesByTheNormAndByATest) {
  const WrongHeader header = wrong({"adds"}, Expect::refused);
  EXPECT_TRUE(unmet(Role::mutant, header, toy(kFailed, kPassed, {{"fork", "no"}})).empty());
  EXPECT_TRUE(unmet(Role::mutant, header, toy(Outcome::crashed, kPassed, {{"fork", "no"}})).empty());
  EXPECT_EQ(unmet(Role::mutant, header, toy(kFailed, kPassed)).size(), 1U) << "kept to the norm";
  EXPECT_EQ(unmet(Role::mutant, header, toy(kPassed, kPassed, {{"fork", "no"}})).size(), 1U) << "survived";
}

TEST(Expectations, OnlyARefusedOneMayBreakTheNorm) {
  EXPECT_EQ(unmet(Role::mutant, wrong({"adds"}), toy(kFailed, kPassed, {{"fork", "no"}})).size(), 1U);
}

TEST(Expectations, WhatWasInterruptedProvesNothing) {
  EXPECT_EQ(unmet(Role::mutant, wrong({"adds"}), toy(kFailed, Outcome::interrupted)).size(), 1U);
}

TEST(Expectations, APartThatClaimsAWrongOneIsTheOneThatBreaks) {
  EXPECT_TRUE(unmet(Role::mutant, wrong({"edge_nothing"}), broken_edge()).empty());
  EXPECT_TRUE(unmet(Role::mutant, wrong({"counts"}), broken_edge()).empty());
  EXPECT_EQ(unmet(Role::mutant, wrong({"edge_nothing"}), toy(kPassed, kFailed)).size(), 1U);
  EXPECT_EQ(unmet(Role::mutant, wrong({"edge_nothing"}), toy(kPassed, kPassed)).size(), 1U);
}

TEST(Expectations, NamesTheKillers) {
  EXPECT_EQ(killers(wrong({"adds", "counts", "edge_nothing"}), toy(kFailed, kPassed)),
            std::vector<std::string>{"adds"});
  EXPECT_EQ(killers(wrong({"adds"}, Expect::refused), toy(kFailed, kPassed, {{"fork", "no"}})),
            (std::vector<std::string>{"the norm", "adds"}));
}

}  // namespace
}  // namespace corokit::moulinette
