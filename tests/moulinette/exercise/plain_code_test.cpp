#include "exercise/plain_code.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

TEST(WithoutComments, KeepsEveryLine) {
  EXPECT_EQ(without_comments("a // b\nc /* d\ne */ f"), "a     \nc     \n     f");
  EXPECT_EQ(without_comments("/* open"), "       ");
}

TEST(WithoutComments, LeavesWhatOnlyLooksLikeOne) {
  EXPECT_EQ(without_comments(R"("http://x" '"' "\"//" // y)"), R"("http://x" '"' "\"//"     )");
  EXPECT_EQ(without_comments("1'000 // n"), "1'000     ");
}

TEST(Squeezed, IsTheSameForTheSameDeclaration) {
  const std::string plain = squeezed("Task<int> run(std::size_t n) const");
  EXPECT_EQ(squeezed("Task<int>  // what it gives\n  run( [[maybe_unused]] std::size_t   n ) const"), plain);
  EXPECT_NE(squeezed("Task<int> run(std::sizet n) const"), plain);
  EXPECT_EQ(squeezed("int  a"), "int a");
}

}  // namespace
}  // namespace corokit::moulinette
