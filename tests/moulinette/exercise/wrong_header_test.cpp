#include "exercise/wrong_header.hpp"
#include "error.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

const std::string kPatch =
    "Wrong: 0 permits.\nPlausible: \"0 means unlimited\".\nKilled-by: BasicExecution, semaphore_limit\n"
    "Under: simulation\nExpect: wrong\n--- a/x.cpp\n+++ b/x.cpp\n";

TEST(WrongHeader, IsReadFromAPatch) {
  const WrongHeader header = parse_wrong_header(kPatch, "x.patch");
  EXPECT_EQ(header.wrong, "0 permits.");
  EXPECT_EQ(header.plausible, "\"0 means unlimited\".");
  EXPECT_EQ(header.killed_by, (std::vector<std::string>{"basic_execution", "semaphore_limit"}));
  EXPECT_EQ(header.under, "simulation");
  EXPECT_EQ(header.expect, "wrong");
}

TEST(WrongHeader, IsReadFromCommentsAlsoWhenASentenceGoesOn) {
  const WrongHeader header = parse_wrong_header(
      "// Wrong: starts everything\n// at once.\n// Plausible: fast.\n// Killed-by: semaphore_limit\n"
      "// Under: thread pool\n// Expect: hang\n#include <x>\n",
      "x.cpp");
  EXPECT_EQ(header.wrong, "starts everything at once.");
  EXPECT_EQ(header.under, "thread pool");
  EXPECT_EQ(header.expect, "hang");
}

TEST(WrongHeader, NamesTheLineThatIsMissing) {
  try {
    parse_wrong_header("// Wrong: x\n// Plausible: y\n// Under: simulation\n// Expect: wrong\n", "x.cpp");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("\"Killed-by:\" is missing"), std::string::npos) << error.what();
  }
}

TEST(WrongHeader, IsNotLookedForFurtherDown) {
  EXPECT_THROW(parse_wrong_header("#include <x>\n// Wrong: x\n", "x.cpp"), Error);
}

TEST(WrongHeader, AgreesWithTheRosterInAnyOrder) {
  const RosterEntry entry{Kind::mutant, "x.patch", {"semaphore_limit", "basic_execution"}, Expect::wrong};
  EXPECT_TRUE(disagreements(parse_wrong_header(kPatch, "x.patch"), entry).empty());
}

TEST(WrongHeader, DisagreesWithARosterThatSaysSomethingElse) {
  const WrongHeader header = parse_wrong_header(kPatch, "x.patch");
  EXPECT_EQ(disagreements(header, {Kind::mutant, "x.patch", {"semaphore_limit"}, Expect::wrong}).size(), 1U);
  EXPECT_EQ(
      disagreements(header, {Kind::mutant, "x.patch", {"semaphore_limit", "basic_execution"}, Expect::hang})
          .size(),
      1U);
}

}  // namespace
}  // namespace corokit::moulinette
