// Whole runs of `next`, and what `grade` remembers.
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Json = nlohmann::json;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Next : public testing::Test {
 protected:
  Next() { std::filesystem::copy(TOY "/solutions/reference.cpp", folder_ / "mine.cpp"); }

  Finished program(const std::string& arguments, const std::string& state = "") const {
    return shell((state.empty() ? "XDG_STATE_HOME=" + folder_.string() : state) + " " MOULINETTE " " +
                 arguments + " --kit " TOY_KIT);
  }
  Json toy() const { return Json::parse(program("next --json").output)["exercises"][0]; }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
  const std::string mine_ = " " + (folder_ / "mine.cpp").string();
};

TEST_F(Next, ShowsWhatWasGraded) {
  EXPECT_TRUE(has(program("next").output, "> toy  open"));
  EXPECT_EQ(program("grade toy").code, 1);
  EXPECT_TRUE(has(program("next").output, "> toy  0 of 100"));
  const Finished passed = program("grade toy" + mine_);
  EXPECT_TRUE(
      has(passed.output, "A full score without a hint counts 1.5 times: 15 XP.\nYou have 15 of 15 XP"))
      << passed.output;
  const Finished finished = program("next");
  EXPECT_EQ(finished.code, 0);
  EXPECT_TRUE(has(finished.output, "  toy  passed")) << finished.output;
  EXPECT_EQ(toy()["xp"], 15);
  program("grade toy");
  EXPECT_EQ(toy()["best_score"], 100) << "the best one is kept";
}

TEST_F(Next, CountsNoImplementationOfTheKitAndNoSingleTest) {
  for (const std::string file : {TOY "/solutions/reference.cpp", TOY "/wrong/refused_hang.cpp"})
    EXPECT_FALSE(has(program("grade toy " + file).output, "You have"));
  EXPECT_EQ(program("grade toy" + mine_ + " --test adds").code, 0);
  std::filesystem::create_symlink(TOY "/solutions/reference.cpp", folder_ / "link.cpp");
  program("grade toy " + (folder_ / "link.cpp").string());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "corokit/progress.json"));
}

TEST_F(Next, LeavesJsonAlone) {
  EXPECT_TRUE(Json::parse(program("grade toy --json" + mine_).output).is_object());
  EXPECT_TRUE(
      Json::parse(program("grade toy --json" + mine_, "env -u XDG_STATE_HOME -u HOME").output).is_object());
  EXPECT_EQ(toy()["passed"], true);
}

TEST_F(Next, CountsHintsThatAreNew) {
  program("grade toy --hint");
  program("grade toy --hint 1");
  EXPECT_EQ(toy()["hints"], 1);
  program("grade toy --hint");
  EXPECT_EQ(toy()["hints"], 2);
}

TEST_F(Next, WorksWithoutAHome) {
  for (const char* state : {"env -u XDG_STATE_HOME -u HOME", "env -u XDG_STATE_HOME HOME=/proc/nowhere",
                            "env XDG_STATE_HOME=/dev/null"}) {
    const Finished graded = program("grade toy" + mine_, state);
    EXPECT_EQ(graded.code, 0) << graded.output;
    EXPECT_TRUE(has(graded.output, "Your progress is not remembered: ")) << graded.output;
    EXPECT_TRUE(has(program("next", state).output, "> toy  open")) << state;
  }
}

}  // namespace
}  // namespace corokit::moulinette
