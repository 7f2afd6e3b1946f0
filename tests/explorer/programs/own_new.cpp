// A program that brings its own operator new, which counts.
//
// Explored: each_block_is_counted: right
// Explored: a_counted_block_is_read_after_it_was_freed: use after free
#include "explorer/program.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

namespace {

std::atomic<int> blocks = 0;

}  // namespace

void* operator new(std::size_t size) {
  blocks.fetch_add(1, std::memory_order_relaxed);
  if (void* const block = std::malloc(size)) return block;
  throw std::bad_alloc();
}

void operator delete(void* block) noexcept {
  if (block != nullptr) blocks.fetch_sub(1, std::memory_order_relaxed);
  std::free(block);
}

void operator delete(void* block, std::size_t /*size*/) noexcept {
  operator delete(block);
}

COROKIT_EXPLORED(each_block_is_counted) {
  const int before = blocks.load();
  std::thread thread([&] {
    const auto number = std::make_unique<int>(42);
    explored::require(blocks.load() > before, "the block is counted");
  });
  thread.join();
  explored::require(blocks.load() == before, "all blocks are freed");
}

COROKIT_EXPLORED(a_counted_block_is_read_after_it_was_freed) {
  auto number = std::make_unique<int>(42);
  const int* const address = number.get();
  number.reset();
  std::thread reader([address] { explored::require(*address == 42, "the number is still there"); });
  reader.join();
}
