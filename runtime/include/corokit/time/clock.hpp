#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/time/duration.hpp>

#include <chrono>

namespace corokit {

/// The clock of the runtime: monotonic, in nanoseconds. Inside a simulation it is the virtual clock, which moves only
/// when no task can run; everywhere else it is std::chrono::steady_clock.
struct Clock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock, duration>;
  static constexpr bool is_steady = true;

  /// Returns: the current time.
  /// Thread-safety: any thread.
  /// Complexity: one read of a clock.
  static time_point now() noexcept;
};

using Instant = Clock::time_point;

namespace detail {

/// Returns: the sum of a time and a duration, or the first or the last representable time if the sum is beyond it.
inline Instant saturating_add(Instant time, Duration duration) noexcept {
  Duration::rep sum = 0;
  if (!__builtin_add_overflow(time.time_since_epoch().count(), duration.count(), &sum))
    return Instant(Duration(sum));
  return duration < Duration(0) ? Instant::min() : Instant::max();
}

}  // namespace detail

/// Shorthand for Clock::now().
inline Instant now() noexcept {
  return Clock::now();
}

}  // namespace corokit
