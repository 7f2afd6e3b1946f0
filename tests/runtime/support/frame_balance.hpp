#pragma once
// Checks after every test that all coroutine frames that the test made are destroyed.
// The main() of the unit tests adds it.
#include <corokit/detail/task/frame_pool.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <thread>

namespace corokit::test {

class FrameBalance : public ::testing::EmptyTestEventListener {
 public:
  void OnTestStart(const ::testing::TestInfo&) override { before_ = detail::live_frames(); }
  void OnTestEnd(const ::testing::TestInfo&) override {
    const std::int64_t more = settled() - before_;
    EXPECT_EQ(more, 0)
        << "this test made coroutine frames (or task headers, or messages) that are still alive";
  }

 private:
  static constexpr int kPatience = 1'000'000;

  /// Returns: false if no thread but this one is left in the program.
  static bool has_other_threads() {
    const std::filesystem::directory_iterator threads("/proc/self/task");
    return std::distance(begin(threads), end(threads)) > 1;
  }

  /// Returns: the number of frames that are alive, once it no longer falls.
  /// A thread that the test did not join may be about to free its last frames. If the count is off, this function
  /// yields to that thread so often that only a frame that no thread will free remains.
  std::int64_t settled() const {
    std::int64_t now = detail::live_frames();
    if (now != before_ && !has_other_threads()) return detail::live_frames();
    for (int tries = 0; now != before_ && tries < kPatience; ++tries) {
      std::this_thread::yield();
      now = detail::live_frames();
    }
    return now;
  }

  std::int64_t before_ = 0;
};

}  // namespace corokit::test
