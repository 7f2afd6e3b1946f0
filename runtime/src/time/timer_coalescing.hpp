#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace corokit::detail {

/// Lets those who wake for timers sleep the longer the more of them fire at a time: a wake-up costs several microseconds of
/// processor time, which a million sleeps would otherwise cost at every tick. Any thread.
class TimerCoalescing {
 public:
  /// After advance(): so many fired.
  void fired(std::size_t count, Instant now) noexcept {
    if (count < 2) return;
    const Duration pause = kPauseForEach * std::min<std::int64_t>(static_cast<std::int64_t>(count), kMost);
    const std::int64_t end = (now + pause).time_since_epoch().count();
    // Relaxed: what is read late, or overwritten by another thread, only ends a sleep early.
    if (end > pause_end_.load(std::memory_order_relaxed)) pause_end_.store(end, std::memory_order_relaxed);
  }
  /// When to wake for a timer of that time.
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
