#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "task/frame_slabs.hpp"

namespace corokit::detail {
namespace {

// The blocks of the tests fill 2,048 slabs, 128 MiB.
constexpr std::size_t kSlabs = 2048;
constexpr std::size_t kPeak = kSlabs * kSlabBytes;
// What a thread holds back of one size class: two batches, whose blocks may be in as many slabs, and the slab that it cuts.
constexpr std::size_t kHeldBack = (2 * kBatch + 1) * kSlabBytes;
constexpr std::size_t kKept = kSlabsKept * kSlabBytes;

std::vector<void*> take_all(std::size_t bytes) {
  std::vector<void*> blocks(kPeak / bytes);
  for (void*& block : blocks) block = std::memset(frame_allocate(bytes), 1, bytes);
  return blocks;
}

void give_all(const std::vector<void*>& blocks, std::size_t bytes) {
  for (void* block : blocks) frame_free(block, frame_class(bytes));
}

std::size_t resident_of_the_process() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(FrameSlabs, MemoryGoesBackToTheSystem) {
  const std::size_t before = resident_slab_bytes();
  std::vector<void*> blocks = take_all(304);
  EXPECT_GE(resident_slab_bytes(), kPeak);
  const std::size_t at_the_peak = resident_of_the_process();
  give_all(blocks, 304);
  EXPECT_LE(resident_slab_bytes(), before + kKept + kHeldBack);
  EXPECT_LE(resident_of_the_process() + kPeak / 2, at_the_peak);
}

TEST(FrameSlabs, MemoryGoesBackInWhateverOrderTheBlocksAreFreed) {
  const std::size_t before = resident_slab_bytes();
  std::vector<void*> blocks = take_all(304);
  Rng rng(7);
  for (std::size_t i = blocks.size(); i > 1; --i)
    std::swap(blocks[i - 1], blocks[rng.below(static_cast<std::uint32_t>(i))]);
  give_all(blocks, 304);
  EXPECT_LE(resident_slab_bytes(), before + kKept + kHeldBack);
}

TEST(FrameSlabs, EverySizeUsesTheMemoryOfTheOthers) {
  const std::size_t before = resident_slab_bytes();
  std::size_t sizes = 0;
  for (const std::size_t bytes : {48, 304, 608, 2032}) {
    ++sizes;
    const std::vector<void*> blocks = take_all(bytes);
    EXPECT_LE(resident_slab_bytes(), before + 2 * kPeak + sizes * kHeldBack) << bytes;
    give_all(blocks, bytes);
    EXPECT_LE(resident_slab_bytes(), before + kKept + sizes * kHeldBack) << bytes;
  }
}

TEST(FrameSlabs, AThreadThatEndsHoldsNothingBack) {
  const std::size_t before = resident_slab_bytes();
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    std::thread([&] { blocks = take_all(304); }).join();
    std::thread([&] { give_all(blocks, 304); }).join();
    EXPECT_LE(resident_slab_bytes(), before + kKept);
  }
}

}  // namespace
}  // namespace corokit::detail
