#pragma once
// Every frame that a test makes is gone when it ends. The main() of the unit tests looks after each of them.
#include <corokit/detail/task/frame_pool.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <thread>

namespace corokit::test {

class FrameBalance : public ::testing::EmptyTestEventListener {
 public:
  void OnTestStart(const ::testing::TestInfo&) override { before_ = detail::live_frames(); }
  void OnTestEnd(const ::testing::TestInfo&) override {
    const std::int64_t more = settled() - before_;
    EXPECT_EQ(more, 0) << "coroutine frames (or task headers, or messages) are left that this test made";
  }

 private:
  static constexpr int kPatience = 1'000'000;

  /// A thread that the test did not join may be about to free its last frames: only where the count is off does this give
  /// way to it, so often that only a frame that nobody will free is left.
  std::int64_t settled() const {
    std::int64_t now = detail::live_frames();
    for (int tries = 0; now != before_ && tries < kPatience; ++tries) {
      std::this_thread::yield();
      now = detail::live_frames();
    }
    return now;
  }

  std::int64_t before_ = 0;
};

}  // namespace corokit::test
