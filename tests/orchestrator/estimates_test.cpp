#include <corokit/orchestrator/estimates.hpp>

#include <gtest/gtest.h>
#include <chrono>

namespace corokit {
namespace {

using namespace std::chrono_literals;

TEST(Estimates, StayAsTheyAreUntilSomethingIsMeasured) {
  EXPECT_EQ(Estimates().cautious(3, 40ms), 40ms);
}

TEST(Estimates, StayAsTheyAreWhileTheyAreRight) {
  Estimates estimates;
  for (int i = 0; i < 100; ++i) estimates.learn(3, 40ms, 40ms);
  EXPECT_EQ(estimates.cautious(3, 70ms), 70ms);
}

TEST(Estimates, ApproachASteadyRatio) {
  for (const int times : {1, 2, 3, 4, 8, 12, 16}) {  // in quarters
    Estimates estimates;
    for (int i = 0; i < 200; ++i) estimates.learn(3, 40ms, 10ms * times);
    const double factor = static_cast<double>(estimates.cautious(3, 1s).count()) / 1e9;
    EXPECT_NEAR(factor, times / 4.0, 0.01);
  }
}

TEST(Estimates, CountAsFourTimesOffAtMost) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(3, 1ms, 1h);
  EXPECT_EQ(estimates.cautious(3, 100ms), 400ms);
  Estimates lower;
  for (int i = 0; i < 200; ++i) lower.learn(3, 1h, 0ms);
  EXPECT_GE(lower.cautious(3, 100ms), 25ms);
}

TEST(Estimates, ThatCannotBeTrustedGetMoreThanTheirMean) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(3, 10ms, i % 2 == 0 ? 5ms : 15ms);
  EXPECT_GT(estimates.cautious(3, 10ms), 15ms);
}

TEST(Estimates, OfOnePrioritySayNothingOfAnotherThatHasItsOwn) {
  Estimates estimates;
  for (int i = 0; i < 200; ++i) estimates.learn(1, 10ms, 40ms);
  EXPECT_GT(estimates.cautious(2, 10ms), 35ms);  // priority 2 has no measurements of its own
  for (int i = 0; i < 200; ++i) estimates.learn(2, 10ms, 10ms);
  EXPECT_LT(estimates.cautious(2, 10ms), 11ms);
  EXPECT_GT(estimates.cautious(1, 10ms), 39ms);
}

}  // namespace
}  // namespace corokit
