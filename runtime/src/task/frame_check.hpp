#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace corokit::detail {

#ifdef COROKIT_CHECKED
inline constexpr bool kChecked = true;
#else
inline constexpr bool kChecked = false;
#endif

/// A block of the frame pool that is not in use.
struct Block {
  Block* next;
  std::uintptr_t not_next;  // in a checked build: ~next
};

/// The byte with which a checked build fills the memory of a dead frame.
inline constexpr unsigned char kDeadByte = 0xDB;

/// Links a dead block to the next one.
inline void link(Block& block, Block* next) noexcept {
  block.next = next;
  if constexpr (kChecked) block.not_next = ~reinterpret_cast<std::uintptr_t>(next);
}

/// Fills the part of a dead block that link() does not write.
inline void fill_dead(Block& block, std::size_t bytes) noexcept {
  if constexpr (kChecked)
    std::memset(reinterpret_cast<char*>(&block) + sizeof(Block), kDeadByte, bytes - sizeof(Block));
}

/// Ends the process if something was written to the block since it was freed. The usual reason is a coroutine that was
/// resumed, or a task that was woken, after its end.
inline void verify_dead(const Block& block, std::size_t bytes) noexcept {
  if constexpr (kChecked) {
    const auto* memory = reinterpret_cast<const unsigned char*>(&block);
    std::size_t intact = 0;
    if (block.not_next == ~reinterpret_cast<std::uintptr_t>(block.next)) intact = sizeof(Block);
    while (intact != 0 && intact < bytes && memory[intact] == kDeadByte) ++intact;
    if (intact == bytes) return;
    std::fprintf(stderr, "corokit: a coroutine frame was written to after its end, at byte %zu of %zu\n",
                 intact, bytes);
    std::abort();
  }
}

}  // namespace corokit::detail
