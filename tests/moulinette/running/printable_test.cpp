#include "running/printable.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(Printable, HasNothingThatATerminalActsOn) {
  EXPECT_EQ(printable("a\x1b[2J\tb\x7f"), "a [2J b ");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31m"),
            "a 31m")
      << "CSI in one character";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"
                      "c\xe2\x80\x8f"),
            "a b c ")
      << "turns the direction";
  EXPECT_EQ(printable("caf\xc3\xa9 \xe2\x80\xa6 \xe2\x94\x82"), "caf\xc3\xa9 \xe2\x80\xa6 \xe2\x94\x82");
}

TEST(Printable, IsValidUtf8) {
  EXPECT_EQ(printable("caf\xe9"), "caf\xef\xbf\xbd");
  EXPECT_EQ(printable("\xc2"), "\xef\xbf\xbd");
  EXPECT_EQ(printable("\xe2\x80"), "\xef\xbf\xbd");
}

TEST(Printable, KeepsLines) {
  EXPECT_EQ(printable_lines("a\x1b\nb\n"), "a \nb\n");
  EXPECT_EQ(printable_lines("\n\nend"), "\n\nend");
  EXPECT_EQ(printable_lines(""), "");
}

}  // namespace
}  // namespace corokit::moulinette
