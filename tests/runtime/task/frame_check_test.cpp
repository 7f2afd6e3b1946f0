// Tests the checks of the frame pool. Its source is compiled once more for this program as in a checked build.
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstring>
#include <thread>
#include <vector>

#include "support/scaled.hpp"

namespace corokit::detail {
namespace {

// A sanitizer reports the same mistake in its own words.
constexpr const char* kReport = test::kSlowBuild ? "use-after-free|data race" : "after its end, at byte";

constexpr std::size_t kBytes = 200;

unsigned char* take() {
  return static_cast<unsigned char*>(frame_allocate(kBytes));
}
void give_back(void* block) {
  frame_free(block, frame_class(kBytes));
}

/// Writes to one byte of a destroyed frame, and then makes a new frame in the same place.
void write_after_the_end(std::size_t at) {
  unsigned char* dead = take();
  give_back(dead);
  auto& byte = *const_cast<volatile unsigned char*>(dead + at);
  byte = static_cast<unsigned char>(byte ^ 1U);
  give_back(take());
}

TEST(FrameCheckDeathTest, AWriteAfterTheEndOfAFrameIsFoundWhereverItGoes) {
  for (const std::size_t at : {0, 7, 8, 15, 16, 24, 31, 32, 100, 199})
    EXPECT_DEATH(write_after_the_end(at), kReport) << "at byte " << at;
}

TEST(FrameCheckDeathTest, ALateWakeUpOfATaskIsFound) {
  const auto wake_late = [] {
    auto* task = ::new (frame_allocate(sizeof(TaskHeader))) TaskHeader;
    task->set_block(sizeof(TaskHeader));
    ChildBranch branch;
    branch.part_of = task;
    task->release_ref();
    static_cast<void>(mark_ready(branch));
    frame_free(frame_allocate(sizeof(TaskHeader)), frame_class(sizeof(TaskHeader)));
  };
  EXPECT_DEATH(wake_late(), kReport);
}

TEST(FrameCheck, FramesThatMoveBetweenThreadsRaiseNoAlarm) {
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    std::thread([&] {
      for (int i = 0; i < 1000; ++i) blocks.push_back(std::memset(take(), i, kBytes));
    }).join();
    for (void* block : blocks) give_back(block);
  }
  EXPECT_EQ(live_frames(), 0);
}

TEST(FrameCheck, CountsFramesThatAnotherThreadFrees) {
  std::vector<void*> blocks;
  std::thread([&] {
    for (int i = 0; i < 300; ++i) blocks.push_back(frame_allocate(i % 2 == 0 ? kBytes : 5000));
  }).join();
  EXPECT_EQ(live_frames(), 300);
  std::thread([&] {
    for (std::size_t i = 0; i < 100; ++i) frame_free(blocks[i], frame_class(i % 2 == 0 ? kBytes : 5000));
  }).join();
  EXPECT_EQ(live_frames(), 200);
  for (std::size_t i = 100; i < 300; ++i) frame_free(blocks[i], frame_class(i % 2 == 0 ? kBytes : 5000));
  EXPECT_EQ(live_frames(), 0);
}

}  // namespace
}  // namespace corokit::detail
