#pragma once
#include <corokit/detail/config.hpp>

#include <cstddef>
#include <cstdint>

namespace corokit::detail {

inline constexpr std::size_t kFrameGrain = 16;     ///< bytes between two size classes
inline constexpr std::size_t kFrameClasses = 127;  ///< blocks up to 127 grains are recycled

/// Returns: the size class that frame_free() takes: 0 for a block that is too large to be recycled, else 2 to 127.
constexpr std::uint8_t frame_class(std::size_t bytes) noexcept {
  const std::size_t grains = (bytes + kFrameGrain - 1) / kFrameGrain;
  return grains > kFrameClasses ? 0 : static_cast<std::uint8_t>(grains < 2 ? 2 : grains);
}

/// Allocates memory for a coroutine frame. Each thread recycles blocks: a freed block serves the next frame of its size
/// class. Blocks that pile up on one thread travel in batches to a shared depot, so that a thread that only finishes
/// tasks supplies a thread that only spawns them. New blocks are cut from slabs of 64 KiB; a slab of which all blocks are
/// free serves any size class, and beyond 32 MiB of them the memory goes back to the system (see src/task/frame_slabs.hpp).
///
/// Sanitizer builds call operator new instead, so that the sanitizer sees a frame that is used after its end. So does
/// any program that starts with COROKIT_FORCE_NEW in its environment, for valgrind and the like. Other builds that are
/// checked (Debug, COROKIT_CHECKED) fill a freed block, and end the process when it is used again after something was
/// written to it.
///
/// Returns: memory aligned to 16 bytes.
/// Throws: std::bad_alloc.
/// Thread-safety: any thread; another thread than the one that took a block may free it.
/// Complexity: O(1).
void* frame_allocate(std::size_t bytes);
/// Frees a block. `size_class`: the frame_class() of the number of bytes that frame_allocate() was asked for.
void frame_free(void* block, std::uint8_t size_class) noexcept;
/// Returns: how many blocks of the pool are in use: frames, headers of tasks that have a handle, and a few others.
/// The number is exact while no other thread takes or frees a block. Complexity: O(threads).
std::int64_t live_frames() noexcept;

/// The base of a type whose objects are made and destroyed as often as frames: its `new` and `delete` use the pool.
template <class T>
struct FromFramePool {
  static void* operator new(std::size_t bytes) {
    static_assert(alignof(T) <= 16, "corokit: types aligned to more than 16 bytes are not supported here");
    return frame_allocate(bytes);
  }
  static void operator delete(void* block) noexcept { frame_free(block, frame_class(sizeof(T))); }
};

}  // namespace corokit::detail
