#include "report/evidence.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TestResult result(Outcome outcome, std::optional<std::uint64_t> seed = {}) {
  TestResult result;
  result.run.outcome = outcome;
  result.run.schedules = 21;
  result.run.seed = seed;
  return result;
}

TEST(Evidence, OfAPassIsWhatWasPlayed) {
  TestResult passed = result(Outcome::passed);
  const std::string random = "20 schedules at random from seed 7, then the thread pool: not exhausted";
  EXPECT_EQ(evidence(passed, 7), random);
  passed.explored.emplace().parts = {
      {.part = "a", .schedules = 1, .preemptions = 0, .ended = true, .all = true},
      {.part = "b", .schedules = 3, .preemptions = 1, .ended = true, .all = true},
      {.part = "c", .schedules = 57, .preemptions = 2, .ended = true, .all = false},
      {.part = "d", .schedules = 400, .preemptions = 0, .ended = false, .all = false},
      {.part = "e", .schedules = 1, .preemptions = {}, .ended = false, .all = false}};
  EXPECT_EQ(evidence(passed, 7),
            random + "; a depth first, the only schedule that there is: exhausted" +
                "; b depth first, all 3 schedules that there are: exhausted" +
                "; c depth first, all 57 schedules with at most 2 preemptions: exhausted" +
                "; d depth first, 400 schedules, among them all without a preemption: not exhausted" +
                "; e depth first, 1 schedule: not exhausted");
}

TEST(Evidence, OfAFailureIsWhereItFailed) {
  EXPECT_EQ(evidence(result(Outcome::failed, 17), 7), "schedule 17, which always ends so");
  EXPECT_EQ(evidence(result(Outcome::hung), 7), "a run on the thread pool, which may end otherwise");
  EXPECT_EQ(evidence(TestResult(), 7), "nothing that was played");
}

TEST(Evidence, OfAnExerciseIsThatOfTheImplementationThatWasExploredLeast) {
  Interrupt interrupt;
  const Session session(load_kit(TOY_KIT).front(), {}, interrupt);
  Validated validated;
  for (const bool ended : {true, false}) {
    Row& row = validated.rows.emplace_back();
    row.graded.tests = {result(Outcome::passed), result(Outcome::passed)};
    row.graded.tests[0].explored.emplace().parts = {
        {.part = "adds", .schedules = 57, .preemptions = 2, .ended = true, .all = false}};
    row.graded.tests[1].explored.emplace().parts = {
        {.part = "counts", .schedules = ended ? 57U : 400U, .preemptions = 2, .ended = ended, .all = false}};
  }
  Row& killed = validated.rows.emplace_back();
  killed.role = Role::mutant;
  killed.graded.implementation = "mutant";
  killed.graded.tests = {result(Outcome::failed, 17), result(Outcome::failed)};
  killed.graded.tests[0].run.part = "adds";
  killed.graded.tests[1].run.part = "edge_nothing";
  const std::string summary = evidence_summary(validated, session);
  EXPECT_NE(summary.find("1 of 2 parts are exhausted with at most 2 preemptions: adds.\n"), std::string::npos)
      << summary;
  const std::string details = evidence_details(validated);
  for (const char* line :
       {"  adds    all 57 schedules with at most 2 preemptions: exhausted\n",
        "  counts  400 schedules, among them all with at most 2 preemptions: not exhausted\n",
        "  mutant: adds 17, edge_nothing on the thread pool\n"})
    EXPECT_NE(details.find(line), std::string::npos) << line << details;
}

}  // namespace
}  // namespace corokit::moulinette
