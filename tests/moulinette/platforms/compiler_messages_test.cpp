#include "platforms/compiler_messages.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

using Level = CompilerMessage::Level;

TEST(CompilerMessages, AWarningHasPlaceTextAndOption) {
  const auto all = compiler_messages(
      "toy.cpp: In function 'void f()':\n"
      "toy.cpp:2:23: warning: ignoring return value of 'g()' [-Wunused-result]\n"
      "    2 | void f() { g(); }  // error: this is no message\n"
      "      |            ~~~^~\n"
      "toy.cpp:1:5: note: declared here\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].level, Level::warning);
  EXPECT_EQ(all[0].file, "toy.cpp");
  EXPECT_EQ(all[0].line, 2U);
  EXPECT_EQ(all[0].column, 23U);
  EXPECT_EQ(all[0].text, "ignoring return value of 'g()'");
  EXPECT_EQ(all[0].option, "-Wunused-result");
  ASSERT_EQ(all[0].notes.size(), 1U);
  EXPECT_EQ(all[0].notes[0].text, "declared here");
  EXPECT_EQ(all[0].notes[0].line, 1U);
}

TEST(CompilerMessages, ErrorsMayLackTheirPlaceOrColumn) {
  const auto all = compiler_messages(
      "a b:c.hpp:7: error: no\n"
      "cc1plus: fatal error: toy.cpp: No such file or directory\n"
      "/usr/bin/ld: toy.o: in function `main':\n"
      "toy.cpp:(.text+0x5): undefined reference to `add(int, int)'\n"
      "compilation terminated.\n");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].file, "a b:c.hpp");
  EXPECT_EQ(all[0].line, 7U);
  EXPECT_EQ(all[0].column, 0U);
  EXPECT_EQ(all[1].level, Level::error);
  EXPECT_EQ(all[1].file, "");
  EXPECT_EQ(all[1].text, "toy.cpp: No such file or directory");
  EXPECT_EQ(all[2].text, "undefined reference to `add(int, int)'");
}

TEST(CompilerMessages, ColoursAreNoPartOfThem) {
  const auto all =
      compiler_messages("\x1b[01m\x1b[Kt.cpp:1:2:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kx\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].file, "t.cpp");
  EXPECT_EQ(all[0].column, 2U);
  EXPECT_EQ(all[0].text, "x");
}

TEST(CompilerMessages, WhateverIsNoMessageIsLeftOut) {
  EXPECT_TRUE(compiler_messages("").empty());
  EXPECT_TRUE(compiler_messages("a terror: no\n:::\n12:\nIn file included from x.hpp:3,\n").empty());
  EXPECT_EQ(compiler_messages(std::string(100'000, ':') + " error: " + std::string(100'000, 'x')).size(), 1U);
}

}  // namespace
}  // namespace corokit::moulinette
