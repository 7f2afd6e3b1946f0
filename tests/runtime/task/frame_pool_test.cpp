#include <corokit/detail/executor/rng.hpp>
#include <corokit/detail/task/frame_pool.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "support/scaled.hpp"
#include "task/frame_slabs.hpp"

namespace corokit::detail {
namespace {

struct Block {
  unsigned char* memory;
  std::size_t bytes;
  unsigned char mark;
};

Block take(std::size_t bytes, unsigned char mark) {
  auto* memory = static_cast<unsigned char*>(frame_allocate(bytes));
  std::memset(memory, mark, bytes);
  return {memory, bytes, mark};
}

/// Frees the block. Returns: whether no other code wrote to it meanwhile.
bool give_back(const Block& block) {
  bool intact = true;
  for (std::size_t i = 0; i < block.bytes; ++i) intact = intact && block.memory[i] == block.mark;
  frame_free(block.memory, frame_class(block.bytes));
  return intact;
}

TEST(FramePool, AlignsEverySize) {
  for (std::size_t bytes = 1; bytes < 5000; ++bytes) {
    void* memory = frame_allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 16, 0u);
    frame_free(memory, frame_class(bytes));
  }
}

TEST(FramePool, BlocksDoNotOverlap) {
  Rng rng(7);
  std::vector<Block> blocks;
  bool intact = true;
  for (std::uint64_t i = 0; i < test::scaled(200'000); ++i) {
    if (blocks.size() < 1000 && rng.below(2) == 0) {
      blocks.push_back(take(1 + rng.below(2500), static_cast<unsigned char>(i)));
    } else if (!blocks.empty()) {
      std::swap(blocks[rng.below(static_cast<std::uint32_t>(blocks.size()))], blocks.back());
      intact = give_back(blocks.back()) && intact;
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) intact = give_back(block) && intact;
  EXPECT_TRUE(intact);
}

TEST(FramePool, BlocksThatOneThreadGivesServeAnotherThatOnlyTakes) {
  std::mutex mutex;
  std::vector<Block> passed;
  const std::uint64_t count = test::scaled(200'000);
  std::thread taker([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      const Block block = take(200 + i % 100, static_cast<unsigned char>(i));
      const std::lock_guard lock(mutex);
      passed.push_back(block);
    }
  });
  bool intact = true;
  for (std::uint64_t freed = 0; freed < count;) {
    std::vector<Block> batch;
    {
      const std::lock_guard lock(mutex);
      batch.swap(passed);
    }
    for (const Block& block : batch) intact = give_back(block) && intact;
    freed += batch.size();
    if (batch.empty()) std::this_thread::yield();
  }
  taker.join();
  EXPECT_TRUE(intact);
}

TEST(FramePool, BlocksOutliveTheThreadThatTookThem) {
  std::vector<Block> blocks;
  std::thread([&] {
    for (int i = 0; i < 1000; ++i) blocks.push_back(take(100, static_cast<unsigned char>(i)));
  }).join();
  bool intact = true;
  for (const Block& block : blocks) intact = give_back(block) && intact;
  EXPECT_TRUE(intact);
}

TEST(FramePool, ServesTenMebibytesAtOnce) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < 20'000; ++i)
    blocks.push_back(take(16 + i % 1024, static_cast<unsigned char>(i)));
  bool intact = true;
  for (const Block& block : blocks) intact = give_back(block) && intact;
  EXPECT_TRUE(intact);
}

TEST(FramePool, BlocksThatAThreadLeavesBehindServeTheNextThread) {
  std::set<void*> of_the_first;
  bool intact = true;
  const auto take_and_give = [&intact](std::size_t count, std::set<void*>& seen) {
    std::thread([&] {
      std::vector<Block> blocks;
      for (std::size_t i = 0; i < count; ++i) blocks.push_back(take(1500, static_cast<unsigned char>(i)));
      for (const Block& block : blocks) {
        seen.insert(block.memory);
        intact = give_back(block) && intact;
      }
    }).join();
  };
  take_and_give(300, of_the_first);  // several full batches and a part of one
  const std::size_t resident = resident_slab_bytes();
  std::set<void*> of_the_second;
  take_and_give(300, of_the_second);
  EXPECT_TRUE(intact);
  EXPECT_EQ(of_the_second.size(), 300U);  // no block is given twice
  // A build with sanitizers recycles no blocks. A block may begin elsewhere in the same memory.
  if (!test::kSlowBuild) {
    EXPECT_EQ(resident_slab_bytes(), resident);
  }
}

}  // namespace
}  // namespace corokit::detail
