#include "mutation/token.hpp"

#include <gtest/gtest.h>
#include <string>

namespace corokit::moulinette {
namespace {

/// Returns: the tokens, with a bar between them.
std::string split(std::string_view source) {
  std::string all;
  for (const Token& token : tokenize(source))
    all += (all.empty() ? "" : "|") + std::string(source.substr(token.begin, token.end - token.begin));
  return all;
}

TEST(Tokenize, SplitsNamesNumbersAndSymbols) {
  EXPECT_EQ(split("a1=b_+0x1F;"), "a1|=|b_|+|0x1F|;");
  EXPECT_EQ(split("x<=>y <<= z->w ... ++i"), "x|<=>|y|<<=|z|->|w|...|++|i");
  EXPECT_EQ(split("1'000'000 + 1.5e-3f"), "1'000'000|+|1.5e-3f");
}

TEST(Tokenize, ClosesEachTemplateByItself) {
  EXPECT_EQ(split("A<B<int>> c"), "A|<|B|<|int|>|>|c");
}

TEST(Tokenize, LeavesOutCommentsAndPreprocessorLines) {
  EXPECT_EQ(split("a // b\nc /* d\n e */ f"), "a|c|f");
  EXPECT_EQ(split("#include <x>\n  #define A \\\n  b\nc"), "c");
  EXPECT_EQ(split("a // ends here"), "a");
}

TEST(Tokenize, KeepsStringsWhole) {
  EXPECT_EQ(split(R"(f("a;\"b", 'c', '\''))"), R"(f|(|"a;\"b"|,|'c'|,|'\''|))");
  EXPECT_EQ(split("R\"x(a)\" ; )x\" ; L\"b\""), "R\"x(a)\" ; )x\"|;|L\"b\"");
}

TEST(Tokenize, EndsWhereTheSourceEnds) {
  EXPECT_EQ(split(""), "");
  EXPECT_EQ(split("\"open"), "\"open");
  EXPECT_EQ(split("a /* open"), "a");
}

}  // namespace
}  // namespace corokit::moulinette
