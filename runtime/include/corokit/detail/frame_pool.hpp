#pragma once
#include <cstddef>
#include <cstdint>

namespace corokit::detail {

/// Memory of coroutine frames, recycled by thread: a freed block serves the next frame of its size class.
/// Blocks that pile up on one thread travel in batches to a shared depot, so a thread that only spawns and
/// one that only finishes tasks feed each other. Sanitizer builds go straight to operator new: there a frame
/// that is used after its end must be seen.
///
/// Returns: memory aligned to 16 bytes. Throws: std::bad_alloc. Thread-safety: any thread; a block may be
/// freed by another thread than the one that took it. Complexity: O(1).
void* frame_allocate(std::size_t bytes);
/// `bytes`: as given to frame_allocate().
void frame_free(void* block, std::size_t bytes) noexcept;

}  // namespace corokit::detail
