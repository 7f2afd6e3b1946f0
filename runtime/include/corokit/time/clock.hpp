#pragma once
#include <corokit/detail/config.hpp>

#include <chrono>

namespace corokit {

using Duration = std::chrono::nanoseconds;

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

/// Shorthand for Clock::now().
inline Instant now() noexcept {
  return Clock::now();
}

}  // namespace corokit
