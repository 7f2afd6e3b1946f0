#include "process/capped_text.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(CappedText, KeepsAShortTextWhole) {
  CappedText text(100);
  text.append("one ");
  text.append("two");
  EXPECT_EQ(text.text(), "one two");
}

TEST(CappedText, KeepsBeginningAndEndOfALongOne) {
  CappedText text(20);
  text.append("beginning:");
  for (int i = 0; i < 100'000; ++i) text.append("middle ");
  text.append("the end");
  EXPECT_TRUE(text.text().starts_with("beginning:"));
  EXPECT_TRUE(text.text().ends_with("the end"));
  EXPECT_LT(text.text().size(), 100U);
  EXPECT_EQ(text.total(), 700'017U);
  EXPECT_NE(text.text().find("bytes left out"), std::string::npos);
}

TEST(CappedText, TakesOnePieceLargerThanTheCap) {
  CappedText text(10);
  text.append(std::string(1000, 'a') + "z");
  EXPECT_EQ(text.text().front(), 'a');
  EXPECT_EQ(text.text().back(), 'z');
  EXPECT_LT(text.text().size(), 80U);
}

}  // namespace
}  // namespace corokit::moulinette
