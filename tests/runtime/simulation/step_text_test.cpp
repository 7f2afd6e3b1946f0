// What is said of one moment, on a small recording. How it looks: golden files of tests/explorer/drawing/.
#include <simulation/step_text.hpp>

#include <gtest/gtest.h>
#include <string>

namespace corokit::explorer {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Recording three_steps() {
  Recording recording;
  recording.lanes = {"first", "second", "third"};
  recording.steps = {{0, 0, "a.cpp:1", "x = 1;", "writes 4 bytes", "", {{"x", "1"}, {"y", "5"}}},
                     {1, 1, "a.cpp:2", "x = 2;", "writes 4 bytes", "taken off", {{"x", "2"}}},
                     {0, 2, "a.cpp:3", "return x;", "reads 4 bytes", "finished", {}}};
  recording.finding = "it broke";
  recording.broken_at = {2};
  return recording;
}

TEST(StepText, HasTheNewestValuesOfThatMoment) {
  EXPECT_TRUE(has(draw_step(three_steps(), 0), "x  1  (first, step 0)"));
  EXPECT_TRUE(has(draw_step(three_steps(), 1), "x  2  (second, step 1)"));
  EXPECT_TRUE(has(draw_step(three_steps(), 1), "y  5  (first, step 0)"));
}

TEST(StepText, SaysWhatEachLaneDoes) {
  const std::string text = draw_step(three_steps(), 1);
  EXPECT_TRUE(has(text, "Step 1 of 2: second, after first (taken off)")) << text;
  EXPECT_TRUE(has(text, "first   ran last in step 0: taken off")) << text;
  EXPECT_TRUE(has(text, "second  runs")) << text;
  EXPECT_TRUE(has(text, "third   has not run yet")) << text;
}

TEST(StepText, SaysAtTheEndWhatBroke) {
  EXPECT_FALSE(has(draw_step(three_steps(), 1), "it broke"));
  EXPECT_TRUE(has(draw_step(three_steps(), 2), "it broke"));
  EXPECT_TRUE(has(draw_step(three_steps(), 2, {100, true}), "\x1b[1;31mit broke\x1b[0m"));
}

TEST(StepText, NeedsNoSteps) {
  EXPECT_EQ(draw_step({}, 0), "No steps.\n");
}

}  // namespace
}  // namespace corokit::explorer
