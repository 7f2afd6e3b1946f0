#include "command_line/stepping.hpp"

#include <simulation/recording.hpp>

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

explorer::Recording three_steps() {
  explorer::Recording recording;
  recording.lanes = {"one", "two"};
  for (const char* operation : {"first", "second", "third"}) {
    explorer::Recording::Step step;
    step.operation = operation;
    recording.steps.push_back(step);
  }
  return recording;
}

class SteppingTest : public testing::Test {
 protected:
  /// Returns: whether the text has this part after a line.
  bool shows(const std::string& part, const std::string& line) {
    EXPECT_TRUE(stepping_.obey(line));
    return stepping_.text({}).find(part) != std::string::npos;
  }

  explorer::Recording recording_ = three_steps();
  Stepping stepping_{recording_};
};

TEST_F(SteppingTest, GoesForwardAndBack) {
  EXPECT_NE(stepping_.text({}).find("first"), std::string::npos);
  EXPECT_TRUE(shows("second", "n"));
  EXPECT_TRUE(shows("third", ""));
  EXPECT_TRUE(shows("second", "p"));
  EXPECT_FALSE(stepping_.obey("q"));
}

TEST_F(SteppingTest, StopsAtBothEnds) {
  EXPECT_TRUE(shows("This is the first step.", "p"));
  EXPECT_TRUE(shows("third", "g 2"));
  EXPECT_TRUE(shows("This is the last step.", "n"));
  EXPECT_TRUE(shows("third", "n"));
}

TEST_F(SteppingTest, GoesToANumber) {
  EXPECT_TRUE(shows("third", "g 2"));
  EXPECT_TRUE(shows("first", "g 0"));
  for (const char* line : {"g 3", "g -1", "g x", "g ", "g 99999999999999999999"})
    EXPECT_TRUE(shows("The steps have the numbers 0 to 2.", line)) << line;
  EXPECT_TRUE(shows("n goes forward", "help"));
}

TEST_F(SteppingTest, KnowsWhichStepsWereNotKept) {
  recording_.left_out = 10;
  recording_.left_out_at = 1;
  EXPECT_TRUE(shows("Step 5 was not kept: this is the one before.", "g 5"));
  EXPECT_TRUE(shows("first", "g 5"));
  EXPECT_TRUE(shows("second", "g 11"));
  EXPECT_TRUE(shows("third", "g 12"));
}

TEST(Stepping, ShowsWhatHasNoSteps) {
  const explorer::Recording nothing;
  Stepping stepping(nothing);
  for (const char* line : {"n", "p", "g 0", "g 1"}) EXPECT_TRUE(stepping.obey(line));
  EXPECT_NE(stepping.text({}).find("No steps."), std::string::npos);
}

}  // namespace
}  // namespace corokit::moulinette
