#include "verdict/kept_runs.hpp"

#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

namespace fs = std::filesystem;

class KeptRunsTest : public testing::Test {
 protected:
  KeptRuns kept(bool again = false) const { return {session_, folder_, again}; }

  Interrupt interrupt_;
  Session session_{load_kit(TOY_KIT).front(), {}, interrupt_};
  const fs::path folder_ = session_.workspace.make_folder("kept");
  Runs runs_ = [this] {
    Runs runs(session_.spec.tests.size());
    TestRun& run = runs[0].emplace();
    run.outcome = Outcome::crashed;
    run.message = "killed by signal 11 \xff";
    run.part = "edge_case";
    return runs;
  }();
};

TEST_F(KeptRunsTest, FindsWhatWasKept) {
  EXPECT_FALSE(kept().find(1));
  kept().keep(1, runs_);
  EXPECT_FALSE(kept().find(2)) << "another executable";
  const auto found = kept().find(1);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), runs_.size());
  ASSERT_TRUE(found->front());
  EXPECT_EQ(found->front()->outcome, Outcome::crashed);
  EXPECT_EQ(found->front()->message.find("killed by signal 11"), 0U);
  EXPECT_EQ(found->front()->part, "edge_case");
  EXPECT_FALSE(found->back()) << "this test was spared";
}

TEST_F(KeptRunsTest, FindsNothingOfOtherSchedulesOrTests) {
  kept().keep(1, runs_);
  EXPECT_FALSE(kept(true).find(1)) << "all is to be played again";
  ++session_.play.count;
  EXPECT_FALSE(kept().find(1)) << "more schedules";
  --session_.play.count;
  ++session_.play.seed;
  EXPECT_FALSE(kept().find(1)) << "other schedules";
  --session_.play.seed;
  ++session_.spec.limits.memory_bytes;
  EXPECT_FALSE(kept().find(1)) << "other limits";
  --session_.spec.limits.memory_bytes;
  session_.spec.tests[0].parts.push_back({.name = "edge_more", .what = {}, .trap = {}});
  EXPECT_FALSE(kept().find(1)) << "another part";
  session_.spec.tests[0].parts.pop_back();
  EXPECT_TRUE(kept().find(1));
}

TEST_F(KeptRunsTest, KeepsNothingThatWasInterrupted) {
  runs_[0]->outcome = Outcome::interrupted;
  kept().keep(1, runs_);
  EXPECT_FALSE(kept().find(1));
}

TEST_F(KeptRunsTest, KeepsNothingWhereItCannotWrite) {
  fs::remove(folder_);
  write_text(folder_, "no folder");
  kept().keep(1, runs_);
  EXPECT_FALSE(kept().find(1));
}

TEST_F(KeptRunsTest, FindsNothingInADamagedFile) {
  kept().keep(1, runs_);
  for (const char* text : {"", "[", "{}", "[]", R"(["crashed", 1, {}])", R"([{"outcome": 1}, null])"}) {
    write_text(kept().file(1), text);
    EXPECT_FALSE(kept().find(1)) << text;
  }
}

}  // namespace
}  // namespace corokit::moulinette
