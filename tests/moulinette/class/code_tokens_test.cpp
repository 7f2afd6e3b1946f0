#include "class/code_tokens.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>
#include <vector>

namespace corokit::moulinette {
namespace {

std::vector<std::uint32_t> kinds(std::string_view source) {
  std::vector<std::uint32_t> found;
  for (const CodeToken& token : code_tokens(source, 1000)) found.push_back(token.kind);
  return found;
}

TEST(CodeTokens, AreTheSameForTheSameProgramInOtherWords) {
  const std::vector<std::pair<std::string, std::string>> alike{
      {"int count = 0;", "long  items=7 ; // a comment"},
      {"std::string a = \"x\";", "const string b = \"y\" \"z\";"},
      {"if (a) b();", "if (c) { d(); }"},
      {"f(std::move(x));", "f(move(x));"},
      {"this->x = y;", "x = y;"},
      {"class A { public: int x; };", "struct B final { int y; };"},
      {"[[nodiscard]] static inline int f() noexcept;", "int g();"},
      {"#include <mutex>\nint a;", "#pragma once\nint a;"},
      {"namespace corokit { int a; }", "int a;"},
      {"using namespace std; int a;", "int a;"},
      {"a and not b", "a && !b"},
      {"x = true;", "x = 12;"},
      {"auto s = R\"(raw ; text)\";", "auto s = \"\";"}};
  for (const auto& [one, other] : alike) {
    EXPECT_EQ(kinds(one), kinds(other)) << one << " | " << other;
  }
}

TEST(CodeTokens, DifferWhereProgramsDiffer) {
  for (const auto& [one, other] :
       std::vector<std::pair<std::string, std::string>>{{"return a;", "co_return a;"},
                                                        {"a + b;", "a - b;"},
                                                        {"while (a) b();", "if (a) b();"},
                                                        {"a = b;", "a == b;"},
                                                        {"f(a, b);", "f(a);"},
                                                        {"co_await f();", "f();"},
                                                        {"int a;", "{}"}})
    EXPECT_NE(kinds(one), kinds(other)) << one << " | " << other;
}

TEST(CodeTokens, KnowTheirLines) {
  std::vector<std::uint32_t> lines;
  for (const CodeToken& token : code_tokens("int a;\n\n/* two\nlines */ int b;\n", 1000))
    lines.push_back(token.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 1, 1, 4, 4, 4}));
}

TEST(CodeTokens, ReadWhatAMacroStandsFor) {
  EXPECT_EQ(kinds("#define LOOP while (true) work()\n"), kinds("LOOP while (true) work()"));
}

TEST(CodeTokens, StopAtTheirLimitAndTakeAnyText) {
  EXPECT_EQ(code_tokens("a b c d e f", 3).size(), 3U);
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += static_cast<char>(i * 131 % 256);
  for (const std::string& text :
       {bytes, std::string(), std::string("\"never closed"), std::string("/* nor this"),
        std::string("R\"x(nor this"), std::string("[["), std::string("#"), std::string("namespace")})
    EXPECT_LE(code_tokens(text, 1000).size(), 1000U);
}

TEST(CodeOfMarkdown, IsWhatIsFencedOrIndented) {
  EXPECT_EQ(code_of_markdown("Text `a`.\n```cpp\nint a;\n```\nmore\n\n    int b;\n- item"),
            "int a;\n    int b;\n");
  EXPECT_EQ(code_of_markdown(""), "");
}

}  // namespace
}  // namespace corokit::moulinette
