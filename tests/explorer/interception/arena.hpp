#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace corokit::model {

/// A block of memory that the program has allocated.
struct Block {
  std::byte* begin;
  std::size_t size;
  const void* allocated_by;
  const void* freed_by;
  bool freed;
  bool used_again;  // the memory was another block before
};

/// Memory at a fixed address, so that it is the same in each schedule.
class Arena {
 public:
  Arena(std::byte* begin, std::size_t size) noexcept : begin_(begin), end_(begin + size), next_(begin) {}

  /// Returns: a block; null if there is no room. With `used_again`, the last freed one of the size, if there is one;
  /// otherwise new memory, or, when there was much of that, the first freed one.
  Block* allocate(std::size_t size, std::size_t alignment, const void* code, bool used_again);
  void free(Block& block, const void* code);
  /// Returns: whether a block of the size was freed.
  bool has_freed(std::size_t size) const noexcept {
    const auto found = freed_.find(size);
    return found != freed_.end() && !found->second.empty();
  }
  /// Returns: the block that begins at an address; null if there is none.
  Block* find(const void* address) noexcept;
  /// Returns: the block that holds an address, or held it; null if there is none.
  Block* holding(const void* address) noexcept;
  /// Returns: the blocks that are not freed, and to which no pointer is in `roots`, nor in a block that can be reached.
  std::vector<const Block*> unreachable(const std::vector<std::span<const std::byte>>& roots);

  /// Keeps what is allocated now, and its contents, when the rest is forgotten.
  void keep();
  /// Another schedule begins.
  void clear() noexcept;

 private:
  /// The freed blocks of a size, by their numbers, in the order in which they were freed.
  struct Freed {
    std::vector<std::uint32_t> blocks;
    std::size_t first = 0;  // those before it are used again
    bool empty() const noexcept { return first == blocks.size(); }
  };
  Block* use_again(std::size_t size, std::size_t alignment, bool last) noexcept;

  std::byte* const begin_;
  std::byte* const end_;
  std::byte* next_;
  std::vector<Block> blocks_;  // by their addresses
  std::size_t kept_ = 0;
  std::unordered_map<std::size_t, Freed> freed_;  // by size
  std::vector<std::byte> contents_;
  std::vector<Block> kept_blocks_;
};

}  // namespace corokit::model
