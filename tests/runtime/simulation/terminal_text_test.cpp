#include <simulation/terminal_text.hpp>

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace corokit::explorer {
namespace {

using Lines = std::vector<std::string>;

TEST(TerminalText, WritesControlCharactersOut) {
  EXPECT_EQ(printable(std::string("a\0b\x1b[31m\r\n\x7f", 11)), "a\\u0000b\\u001b[31m\\u000d\\u000a\\u007f");
  EXPECT_EQ(printable("a\tb"), "a b");
  EXPECT_EQ(printable("\xC2\x85 \xE2\x80\xAE \xE2\x81\xA6 \xEF\xBB\xBF"), "\\u0085 \\u202e \\u2066 \\ufeff");
  EXPECT_EQ(printable("\xF3\xA0\x80\x81"), "\\ue0001");
}

TEST(TerminalText, KeepsLinesApart) {
  EXPECT_EQ(printable_lines(""), Lines{});
  EXPECT_EQ(printable_lines("a\n\nb\r\n"), (Lines{"a", "", "b\\u000d"}));
}

TEST(TerminalText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xC3"), "\xEF\xBF\xBD");                                  // cut off
  EXPECT_EQ(printable("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // a longer form of '/'
  EXPECT_EQ(printable("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // half of a surrogate pair
  EXPECT_EQ(printable("\xF4\x90\x80\x80").size(), 12U);                          // above U+10FFFF
  EXPECT_EQ(printable("\xC3\xA9 \xE7\xB7\x9A \xF0\x9F\x90\x8C"), "\xC3\xA9 \xE7\xB7\x9A \xF0\x9F\x90\x8C");
}

TEST(TerminalText, CountsColumns) {
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("\xC3\xA9"), 1U);          // é
  EXPECT_EQ(columns("e\xCC\x81"), 1U);         // e and an accent
  EXPECT_EQ(columns("\xE7\xB7\x9A"), 2U);      // 線
  EXPECT_EQ(columns("\xF0\x9F\x90\x8C"), 2U);  // a snail
}

TEST(TerminalText, ElidesByColumns) {
  EXPECT_EQ(elide("abcdef", 6), "abcdef");
  EXPECT_EQ(elide("abcdef", 5), "abcd…");
  EXPECT_EQ(elide("\xE7\xB7\x9A\xE7\xB7\x9A", 3), "\xE7\xB7\x9A…");
  EXPECT_EQ(elide("\xE7\xB7\x9A\xE7\xB7\x9A", 2), "…");
  EXPECT_EQ(elide("abc", 0), "");
}

TEST(TerminalText, WrapsAtSpaces) {
  EXPECT_EQ(wrap("", 10, 2), (Lines{""}));
  EXPECT_EQ(wrap("one two three", 8, 2), (Lines{"one two", "  three"}));
  EXPECT_EQ(wrap("one two", 3, 0), (Lines{"one", "two"}));
  EXPECT_EQ(wrap("abcdefghij", 4, 1), (Lines{"abcd", " efg", " hij"}));
  EXPECT_EQ(wrap("one two three four", 7, 2, 2), (Lines{"one two", "  thre…"}));
  EXPECT_EQ(wrap("\xE7\xB7\x9A\xE7\xB7\x9A", 1, 0).size(), 2U);  // does not fit, and yet comes to an end
}

TEST(TerminalText, EndsNoLineWithASpace) {
  EXPECT_EQ(wrap("one  two   ", 5, 1), (Lines{"one", " two"}));
  EXPECT_EQ(wrap("   ", 5, 1), (Lines{""}));
}

TEST(TerminalText, GivesTimesWithoutLoss) {
  EXPECT_EQ(time_text(0), "0 ms");
  EXPECT_EQ(time_text(1), "1 ns");
  EXPECT_EQ(time_text(250'000), "250 µs");
  EXPECT_EQ(time_text(1'500'000'000), "1.5 s");
  EXPECT_EQ(time_text(1'000'000'001), "1.000000001 s");
  EXPECT_EQ(time_text(100'050'000), "100.05 ms");
}

}  // namespace
}  // namespace corokit::explorer
