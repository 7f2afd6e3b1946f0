#pragma once
#include <corokit/time/sleep.hpp>

namespace corokit {

/// What an Interval does about ticks that were not taken in time. A tick counts as missed if it is taken late by more
/// than 5 ms, or by more than a period if that is shorter. With a period of 2, a start at 0 and a pause from 2 to 7:
///
///     burst:  0  2  .  .  .  7 7 8  10      the missed ticks come at once, until the interval has caught up
///     delay:  0  2  .  .  .  7   9  11      the following ticks come a period apart, counted from the late tick
///     skip:   0  2  .  .  .  7 8    10      the missed ticks are left out; the others come at their old times
enum class MissedTickBehaviour { burst, delay, skip };

class Interval;

namespace detail {

class TickAwaiter : public SleepAwaiter {
 public:
  static constexpr const char* kName = "Interval::tick";
  explicit TickAwaiter(Interval& interval) noexcept;
  TickAwaiter(TickAwaiter&& other) noexcept : SleepAwaiter(std::move(other)), interval_(other.interval_) {}
  Instant await_resume() noexcept;

 private:
  Interval& interval_;
};

}  // namespace detail

/// A series of ticks, one for each period:
///
///     Interval every = interval(1s);
///     for (;;) { co_await every.tick(); report(); }
///
/// The time between two ticks does not depend on how long the work between them takes.
/// Thread-safety: one thread at a time.
/// Source: tokio's Interval.
class Interval {
 public:
  /// For interval_at(). Throws: std::invalid_argument unless the period is positive.
  Interval(Instant start, AnyDuration period);

  /// Waits until the next tick is due.
  ///
  /// Requires: the interval is neither moved nor destroyed during the wait.
  /// Resumes: as sleep_until().
  /// Returns: the time at which the tick was due.
  /// Thread-safety: the awaiting task's own thread; one tick() at a time.
  /// Cancel-safety: safe: no tick is lost.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] detail::TickAwaiter tick() noexcept { return detail::TickAwaiter(*this); }

  /// The next tick is due a period from now, and the later ticks follow a period apart. Requires: no tick() waits.
  void reset() noexcept { reset_after(period_); }
  /// The next tick is due now. Requires: no tick() waits.
  void reset_immediately() noexcept { reset_at(Clock::now()); }
  /// The next tick is due after a duration from now. Requires: no tick() waits.
  void reset_after(AnyDuration after) noexcept { reset_at(detail::saturating_add(Clock::now(), after)); }
  /// The next tick is due at a time. Requires: no tick() waits.
  void reset_at(Instant next) noexcept { next_ = next; }

  /// Returns: the time between two ticks.
  Duration period() const noexcept { return period_; }
  /// Returns: what the interval does about missed ticks; a new interval has `burst`.
  MissedTickBehaviour missed_tick_behaviour() const noexcept { return behaviour_; }
  /// Sets what the interval does about missed ticks. Requires: no tick() waits.
  void set_missed_tick_behaviour(MissedTickBehaviour behaviour) noexcept { behaviour_ = behaviour; }

 private:
  friend class detail::TickAwaiter;
  Instant take_tick() noexcept;

  Instant next_;
  Duration period_;
  MissedTickBehaviour behaviour_ = MissedTickBehaviour::burst;
};

/// Makes an interval whose first tick is due at once, and the second one a period later.
/// Throws: std::invalid_argument unless the period is positive.
[[nodiscard]] Interval interval(AnyDuration period);
/// Makes an interval whose first tick is due at `start`. Throws: as interval().
[[nodiscard]] Interval interval_at(Instant start, AnyDuration period);

}  // namespace corokit
