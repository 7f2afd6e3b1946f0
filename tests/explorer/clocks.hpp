#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace corokit::model {

/// The greatest number of threads of a schedule.
inline constexpr std::size_t kThreads = 16;

/// For each thread, how far it is known what it did. A thread's own time advances with each of its operations.
class Clock {
 public:
  std::uint32_t operator[](std::size_t thread) const noexcept { return times_[thread]; }
  std::uint32_t& operator[](std::size_t thread) noexcept { return times_[thread]; }
  void join(const Clock& other) noexcept {
    for (std::size_t i = 0; i < kThreads; ++i) times_[i] = std::max(times_[i], other.times_[i]);
  }
  /// Returns: whether this clock knows one of the times of `events`, of which 0 is none.
  bool knows_any_of(const Clock& events) const noexcept {
    bool knows = false;
    for (std::size_t i = 0; i < kThreads; ++i)
      knows |= events.times_[i] - 1 < times_[i];  // 0 - 1 is the greatest number
    return knows;
  }

 private:
  alignas(16) std::array<std::uint32_t, kThreads> times_{};
};

/// What a thread knows of the others, and hands on with what it releases.
struct Knowledge {
  Clock ordered;  // what happens before
  /// Which stores can no longer be missed: those of `ordered`, and those that sequentially consistent fences have shown.
  Clock seen;
  std::uint32_t last_fence = 0;  // when a sequentially consistent fence came before, the last one

  void join(const Knowledge& other) noexcept {
    ordered.join(other.ordered);
    seen.join(other.seen);
    last_fence = std::max(last_fence, other.last_fence);
  }
};

/// What a thread knows, and what its fences make of its relaxed operations.
struct ThreadView {
  Knowledge now;
  Knowledge loaded;    // what an acquire fence adds: from relaxed loads
  Knowledge released;  // what a relaxed store publishes: what was known at the last release fence
  std::size_t thread = 0;

  std::uint32_t time() const noexcept { return now.ordered[thread]; }
  void tick() noexcept {
    ++now.ordered[thread];
    ++now.seen[thread];
  }
};

}  // namespace corokit::model
