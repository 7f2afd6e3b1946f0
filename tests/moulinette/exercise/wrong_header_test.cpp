#include "exercise/wrong_header.hpp"

#include "error.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

const std::string kPatch =
    "Wrong: 0 permits.\nPlausible: \"0 means unlimited\".\nKilled-by: Counts, edge_nothing\n"
    "Under: simulation\nExpect: wrong\n--- a/x.cpp\n+++ b/x.cpp\n";

WrongHeader parse(const std::string& text, const std::string& file = "x.cpp") {
  return parse_wrong_header(text, file, toy_spec());
}

std::string complaint(const std::string& text) {
  try {
    parse(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

/// The patch above with one line replaced.
std::string patch_with(const std::string& line, const std::string& instead) {
  std::string text = kPatch;
  return text.replace(text.find(line), line.size(), instead);
}

TEST(WrongHeader, IsReadFromAPatch) {
  const WrongHeader header = parse(kPatch, "x.patch");
  EXPECT_EQ(header.wrong, "0 permits.");
  EXPECT_EQ(header.plausible, "\"0 means unlimited\".");
  EXPECT_EQ(header.killed_by, (std::vector<std::string>{"counts", "edge_nothing"}));
  EXPECT_EQ(header.under, "simulation");
  EXPECT_EQ(header.expect, Expect::wrong);
}

TEST(WrongHeader, IsReadFromCommentsAlsoWhenASentenceGoesOn) {
  const WrongHeader header = parse(
      "// Wrong: starts everything\n// at once.\n// Plausible: fast.\n// Killed-by: adds\n"
      "// Under: thread pool\n// Expect: hang\n#include <x>\n");
  EXPECT_EQ(header.wrong, "starts everything at once.");
  EXPECT_EQ(header.under, "thread pool");
  EXPECT_EQ(header.expect, Expect::hang);
}

TEST(WrongHeader, NamesTheLineThatIsMissing) {
  EXPECT_NE(complaint("// Wrong: x\n// Plausible: y\n// Under: simulation\n// Expect: wrong\n")
                .find("\"Killed-by:\" is missing"),
            std::string::npos);
}

TEST(WrongHeader, IsNotLookedForFurtherDown) {
  EXPECT_THROW(parse("#include <x>\n// Wrong: x\n"), Error);
}

TEST(WrongHeader, RefusesAKillerThatIsNoTest) {
  EXPECT_EQ(complaint(patch_with("Counts", "Subtracts")),
            "x.cpp:3: \"Killed-by:\" names Subtracts, which is no test or part of toy");
}

TEST(WrongHeader, RefusesAnUnknownExpectation) {
  EXPECT_EQ(complaint(patch_with("Expect: wrong", "Expect: explode")),
            "x.cpp:5: \"Expect:\" is wrong, crash, hang or refused, not \"explode\"");
}

TEST(WrongHeader, RefusesAnUnknownPlace) {
  EXPECT_EQ(complaint(patch_with("simulation", "valgrind")),
            "x.cpp:4: \"Under:\" is \"simulation\" or \"thread pool\", not \"valgrind\"");
}

TEST(WrongHeader, NamesAFileThatCannotBeRead) {
  EXPECT_THROW(load_wrong_header("/nowhere", "x.patch", toy_spec()), Error);
}

}  // namespace
}  // namespace corokit::moulinette
