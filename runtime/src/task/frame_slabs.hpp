#pragma once
#include <cstddef>
#include <cstdint>

#include "frame_check.hpp"

// The memory of the frame pool. It consists of slabs, each of which is cut into blocks of one size class. A slab is cut
// by one thread; its blocks come back here from any thread, and once all of them are here, the slab serves any size
// class. Of the slabs that serve none, kSlabsKept stay ready; the memory of the others goes back to the system.
//
// Thread-safety: every function may be called at once from any thread.
// Complexity: O(1) for each block.
namespace corokit::detail {

inline constexpr std::size_t kSlabBytes = 64U << 10U;
inline constexpr std::size_t kSlabsKept = 512;  ///< 32 MiB
inline constexpr std::uint32_t kBatch = 64;     ///< blocks that travel together

/// The end of a slab, of which no block has been cut. A thread cuts it from its beginning.
struct Uncut {
  char* begin = nullptr;
  char* end = nullptr;
};
/// What a thread gets that has no block left: up to kBatch blocks, linked through Block::next; or memory to cut.
struct Supply {
  Block* top = nullptr;
  std::uint32_t count = 0;
  Uncut uncut;
};
/// Takes blocks or memory. Throws: std::bad_alloc.
Supply take_supply(std::size_t size_class);
/// Gives back a list of blocks, of any slabs.
void give_blocks(std::size_t size_class, Block* list) noexcept;
/// Gives back what a thread has not cut.
void give_uncut(std::size_t size_class, Uncut rest) noexcept;

/// Returns: how much memory the slabs take that the system has not got back.
std::size_t resident_slab_bytes() noexcept;

}  // namespace corokit::detail
