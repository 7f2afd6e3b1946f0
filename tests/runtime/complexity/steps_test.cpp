// The count itself: it tells a linear cost from others.
#include <gtest/gtest-spi.h>
#include <list>
#include <vector>

#include "complexity/steps.hpp"

namespace corokit::test {
namespace {

std::uint64_t walk_a_list(std::size_t n) {
  std::list<int> list(n, 1);
  const std::uint64_t before = steps();
  int sum = 0;
  for (const int each : list) sum += each;
  const std::uint64_t taken = steps() - before;
  EXPECT_EQ(sum, static_cast<int>(n));
  return taken;
}

std::uint64_t erase_from_the_middle(std::size_t n) {
  std::vector<char*> entries(n);
  const std::uint64_t before = steps();
  while (!entries.empty()) entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2));
  return steps() - before;
}

TEST(Steps, AWalkIsLinear) {
  expect_linear(walk_a_list);
}

TEST(Steps, AWalkIsNotConstant) {
  EXPECT_NONFATAL_FAILURE(expect_constant(walk_a_list), "steps beside");
}

TEST(Steps, ErasuresFromTheMiddleOfAVectorAreNotLinear) {
  EXPECT_NONFATAL_FAILURE(expect_linear(erase_from_the_middle, 512), "steps for");
}

}  // namespace
}  // namespace corokit::test
