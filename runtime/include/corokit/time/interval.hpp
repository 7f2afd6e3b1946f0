#pragma once
#include <corokit/time/sleep.hpp>

namespace corokit {

/// What an Interval does about ticks that nobody took in time. A tick counts as missed if it is taken more
/// than a period, or more than 5 ms, late. With a period of 2, a start at 0 and a pause from 2 to 7:
///
///     burst:  0  2  .  .  .  7 7 8  10      the missed ones at once, until it has caught up
///     delay:  0  2  .  .  .  7   9  11      from now on a period after the late one
///     skip:   0  2  .  .  .  7 8    10      on with the next one of the old times
enum class MissedTickBehaviour { burst, delay, skip };

class Interval;

namespace detail {

class TickAwaiter : public SleepAwaiter {
 public:
  explicit TickAwaiter(Interval& interval) noexcept;
  TickAwaiter(TickAwaiter&& other) noexcept : SleepAwaiter(std::move(other)), interval_(other.interval_) {}
  Instant await_resume() noexcept;

 private:
  Interval& interval_;
};

}  // namespace detail

/// Something that is due once a period:
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
  Interval(Instant start, Duration period);

  /// Waits until the next tick is due.
  ///
  /// Requires: the interval stays where it is, and alive, for as long as this waits.
  /// Returns: when the tick was due.
  /// Resumes: as sleep_until().
  /// Thread-safety: the awaiting task's own thread; one tick() at a time.
  /// Cancel-safety: safe: no tick is lost.
  /// Complexity: O(1), no allocation.
  [[nodiscard]] detail::TickAwaiter tick() noexcept { return detail::TickAwaiter(*this); }

  /// When the next tick is set: a period from now, at once, after a duration, at a time. Those after it
  /// follow a period apart. Requires: no tick() waits.
  void reset() noexcept { reset_after(period_); }
  void reset_immediately() noexcept { reset_at(Clock::now()); }
  void reset_after(Duration after) noexcept { reset_at(detail::saturating_add(Clock::now(), after)); }
  void reset_at(Instant next) noexcept { next_ = next; }

  Duration period() const noexcept { return period_; }
  /// At first `burst`.
  MissedTickBehaviour missed_tick_behaviour() const noexcept { return behaviour_; }
  void set_missed_tick_behaviour(MissedTickBehaviour behaviour) noexcept { behaviour_ = behaviour; }

 private:
  friend class detail::TickAwaiter;
  Instant take_tick() noexcept;

  Instant next_;
  Duration period_;
  MissedTickBehaviour behaviour_ = MissedTickBehaviour::burst;
};

/// The first tick is due at once, the second a period later. Throws: std::invalid_argument unless the period
/// is positive.
[[nodiscard]] Interval interval(Duration period);
/// The first tick is due at `start`.
[[nodiscard]] Interval interval_at(Instant start, Duration period);

}  // namespace corokit
