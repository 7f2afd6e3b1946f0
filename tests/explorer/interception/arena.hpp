#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
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
  /// otherwise new memory, or, when that is used up, the first freed one.
  Block* allocate(std::size_t size, std::size_t alignment, const void* code, bool used_again);
  /// Returns: whether a block of the size was freed.
  bool has_freed(std::size_t size) const noexcept { return freed_one(size) != blocks_.size(); }
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
  std::size_t freed_one(std::size_t size) const noexcept;
  std::size_t first_freed(std::size_t size, std::size_t alignment) noexcept;

  std::byte* const begin_;
  std::byte* const end_;
  std::byte* next_;
  std::vector<Block> blocks_;  // by their addresses
  std::size_t kept_ = 0;
  std::size_t looked_at_ = 0;  // where the search for a freed block ended
  std::vector<std::byte> contents_;
  std::vector<Block> kept_blocks_;
};

}  // namespace corokit::model
