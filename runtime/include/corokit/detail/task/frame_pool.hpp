#pragma once
#include <cstddef>
#include <cstdint>

namespace corokit::detail {

inline constexpr std::size_t kFrameGrain = 16;     ///< bytes between two size classes
inline constexpr std::size_t kFrameClasses = 127;  ///< blocks up to 127 grains are recycled

/// What frame_free() wants to know of a block: 0 for one that is too large to be recycled, else below 128.
constexpr std::uint8_t frame_class(std::size_t bytes) noexcept {
  const std::size_t grains = (bytes + kFrameGrain - 1) / kFrameGrain;
  return grains > kFrameClasses ? 0 : static_cast<std::uint8_t>(grains < 2 ? 2 : grains);
}

/// Memory of coroutine frames, recycled by thread: a freed block serves the next frame of its size class.
/// Blocks that pile up on one thread travel in batches to a shared depot, so a thread that only spawns and
/// one that only finishes tasks feed each other. New blocks are cut from larger chunks, which stay with the program.
/// Sanitizer builds go straight to operator new: there a frame that is used after its end must be seen. So does any
/// program that starts with COROKIT_FORCE_NEW in its environment, for valgrind and the like. Other builds that are
/// checked (Debug, COROKIT_CHECKED) fill a freed block and, when it serves again, end the process if it was written to.
///
/// Returns: memory aligned to 16 bytes. Throws: std::bad_alloc. Thread-safety: any thread; a block may be
/// freed by another thread than the one that took it. Complexity: O(1).
void* frame_allocate(std::size_t bytes);
/// `size_class`: the frame_class() of the bytes that frame_allocate() was asked for.
void frame_free(void* block, std::uint8_t size_class) noexcept;
/// How many blocks of the pool are in use: frames, headers of tasks whose handle lives, and a few other things.
/// Exact once no other thread takes or frees any. Complexity: O(threads).
std::int64_t live_frames() noexcept;

/// Base of a type whose objects are made and destroyed as often as frames are: `new` and `delete` use the pool.
template <class T>
struct FromFramePool {
  static void* operator new(std::size_t bytes) {
    static_assert(alignof(T) <= 16, "corokit: aligned to more than 16 bytes is not supported here");
    return frame_allocate(bytes);
  }
  static void operator delete(void* block) noexcept { frame_free(block, frame_class(sizeof(T))); }
};

}  // namespace corokit::detail
