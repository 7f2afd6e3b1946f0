#include "platforms/change.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

constexpr std::string_view kSource = "one\n  two\n  three\nfour\n";

Change change(std::string_view hunk, std::string_view source = kSource) {
  const auto found = change_of(source, "Wrong: it is.\n--- a/x.cpp\n+++ b/x.cpp\n" + std::string(hunk));
  EXPECT_TRUE(found) << hunk;
  return found.value_or(Change{});
}

TEST(Change, ALineIsReplacedWithoutItsIndentation) {
  const Change found = change("@@ -1,3 +1,3 @@\n one\n-  two\n+  2\n   three\n");
  EXPECT_EQ(found.start, (Position{2, 3}));
  EXPECT_EQ(found.end, (Position{2, 6}));
  EXPECT_EQ(found.replacement, "2");
}

TEST(Change, LinesThatAreAddedAreShownWithTheOneBefore) {
  const Change found = change("@@ -1,2 +1,3 @@\n one\n+1.5\n   two\n");
  EXPECT_EQ(found.start, (Position{1, 1}));
  EXPECT_EQ(found.end, (Position{1, 4}));
  EXPECT_EQ(found.replacement, "one\n1.5");
  const Change at_begin = change("@@ -0,0 +1 @@\n+0\n");
  EXPECT_EQ(at_begin.start, (Position{1, 1}));
  EXPECT_EQ(at_begin.replacement, "0\none");
}

TEST(Change, LinesThatAreRemovedBecomeNothing) {
  const Change found = change("@@ -2,2 +2,0 @@\n-  two\n-  three\n");
  EXPECT_EQ(found.start, (Position{2, 1}));
  EXPECT_EQ(found.end, (Position{3, 8}));
  EXPECT_EQ(found.replacement, "");
}

TEST(Change, SeveralHunksAreOneChange) {
  const Change found = change("@@ -1 +1 @@\n-one\n+1\n@@ -4 +4 @@\n-four\n+4\n");
  EXPECT_EQ(found.start, (Position{1, 1}));
  EXPECT_EQ(found.end, (Position{4, 5}));
  EXPECT_EQ(found.replacement, "1\n  two\n  three\n4");
}

TEST(Change, ColumnsCountAsJavaScriptDoes) {
  const Change found = change("@@ -1 +1 @@\n-\xc3\xa9\xf0\x9f\x98\x80\n+e\n", "\xc3\xa9\xf0\x9f\x98\x80\n");
  EXPECT_EQ(found.end, (Position{1, 4}));  // one unit, and two
  EXPECT_EQ(end_of("a\n\xc3\xa9\xf0\x9f\x98\x80"), (Position{2, 4}));
  EXPECT_EQ(end_of(""), (Position{1, 1}));
}

TEST(Change, APatchOfLinesThatHaveMovedFits) {
  const Change found = change("@@ -9,2 +9,2 @@\n   three\n-four\n+4\n");
  EXPECT_EQ(found.start, (Position{4, 1}));
  EXPECT_EQ(found.replacement, "4");
  EXPECT_EQ(change("@@ -3 +3 @@\n-x\n+y\n", "x\n\nx\n\n\nx\n").start, (Position{3, 1})) << "the nearest";
}

TEST(Change, APatchOfAnotherTextIsNone) {
  EXPECT_FALSE(change_of(kSource, "@@ -1 +1 @@\n-two\n+2\n"));
  EXPECT_FALSE(change_of(kSource, "@@ -1 +1 @@\n-one\n+1\n@@ -1 +1 @@\n-one\n+2\n"))
      << "the second has no place";
  EXPECT_FALSE(change_of(kSource, "@@ nonsense @@\n"));
  EXPECT_FALSE(change_of(kSource, "no patch"));
  EXPECT_FALSE(change_of("", "@@ -1 +1 @@\n-two\n+2\n"));
  EXPECT_FALSE(change_of("", "@@ -0,0 +1 @@\n+2\n"));
}

}  // namespace
}  // namespace corokit::moulinette
