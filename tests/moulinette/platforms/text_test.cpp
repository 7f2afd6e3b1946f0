#include "platforms/text.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using namespace std::string_literals;

TEST(Text, PlainTextHasNoControlsButNewlinesAndTabs) {
  EXPECT_EQ(plain("a\0b\rc\td\ne\x7f"s), "abc\td\ne");
  EXPECT_EQ(plain("\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1Hup \x1b]0;title\a\x1b]8;;link\x1b\\x\x1b"), "red up x");
  EXPECT_EQ(plain("\xc3\xa9\xf0\x9f\x98\x80"), "\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(plain("\x1b]0;a title that does not end\nnext"), "\nnext");
  EXPECT_EQ(plain("\x1b[31"), "");
  EXPECT_EQ(plain("\x1b[3\nx"), "\nx");
}

TEST(Text, ColoursStayAndEnd) {
  EXPECT_EQ(with_colours("\x1b[1;31mred\x1b[2J"), "\x1b[1;31mred\x1b[0m");
  EXPECT_EQ(with_colours("none"), "none");
}

TEST(Text, XmlHasNoCharacterThatItForbids) {
  EXPECT_EQ(xml_text("a\0<&>\"\x1b\r"s), "a\xef\xbf\xbd&lt;&amp;&gt;&quot;\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(xml_text("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(xml_text("a\n\tb ]]>"), "a\n\tb ]]&gt;");
  EXPECT_EQ(xml_attribute("a\n\tb"), "a&#10;&#9;b");
}

TEST(Text, ALongTextIsCutBetweenCharacters) {
  EXPECT_EQ(cut_to("\xc3\xa9\xc3\xa9\xc3\xa9", 3), "\xc3\xa9\xc3\xa9\xc3\xa9");
  EXPECT_EQ(cut_to("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3), "\xc3\xa9\xc3\xa9…");
  EXPECT_EQ(cut_to("abcdef", 4, "!!"), "ab!!");
  EXPECT_EQ(cut_to("", 4), "");
}

TEST(Text, EachLineIsIndented) {
  EXPECT_EQ(indented("a\n\nb", "> "), "> a\n> \n> b\n");
  EXPECT_EQ(indented("", "> "), "");
}

TEST(Text, Base64IsAsInItsStandard) {  // RFC 4648, section 10
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\0"s), "//4A");
}

}  // namespace
}  // namespace corokit::moulinette
