#include "parallel.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <stdexcept>
#include <vector>

namespace corokit::bench {
namespace {

TEST(Parallel, CallsEachIndexOnce) {
  std::vector<std::atomic<int>> calls(100);
  in_parallel(calls.size(), [&](std::size_t i) { ++calls[i]; });
  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

TEST(Parallel, OfNothingReturns) {
  in_parallel(0, [](std::size_t) { FAIL(); });
}

TEST(Parallel, ThrowsWhatEscapedAndRunsTheOthers) {
  std::atomic<int> ran{0};
  const auto work = [&](std::size_t i) {
    ++ran;
    if (i == 3) throw std::runtime_error("three");
  };
  EXPECT_THROW(in_parallel(10, work), std::runtime_error);
  EXPECT_EQ(ran, 10);
}

}  // namespace
}  // namespace corokit::bench
