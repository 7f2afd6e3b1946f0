#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace corokit::detail {

/// Merges the wake-ups of threads that fire timers. After many timers have fired together, the next wake-up is put off:
/// a wake-up costs several microseconds of processor time, and a million sleeping tasks would cause one at every tick.
///
/// Thread-safety: may be called at once from any thread.
class TimerCoalescing {
 public:
  /// Call it after TimerWheel::advance(): `count` timers fired at `now`. They put the next wake-up off by 2 µs each, by
  /// 400 µs at most; a single timer puts nothing off.
  void fired(std::size_t count, Instant now) noexcept {
    if (count < 2) return;
    const Duration pause = kPauseForEach * std::min<std::int64_t>(static_cast<std::int64_t>(count), kMost);
    const std::int64_t end = (now + pause).time_since_epoch().count();
    // Relaxed: if a thread reads a stale value, or another thread overwrites it, a sleep only ends earlier.
    if (end > pause_end_.load(std::memory_order_relaxed)) pause_end_.store(end, std::memory_order_relaxed);
  }
  /// Returns: when a thread should wake for a timer that is due at `next`; none if there is no timer.
  std::optional<Instant> wake_for(std::optional<Instant> next) const noexcept {
    if (!next) return next;
    return std::max(*next, Instant(Duration(pause_end_.load(std::memory_order_relaxed))));
  }

 private:
  static constexpr Duration kPauseForEach = std::chrono::microseconds(2);
  static constexpr std::int64_t kMost = 200;
  Atomic<std::int64_t> pause_end_{0};
};

}  // namespace corokit::detail
