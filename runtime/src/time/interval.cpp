#include <corokit/time/interval.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace corokit {

namespace detail {

TickAwaiter::TickAwaiter(Interval& interval) noexcept : SleepAwaiter(interval.next_), interval_(interval) {}

Instant TickAwaiter::await_resume() noexcept {
  SleepAwaiter::await_resume();
  return interval_.take_tick();
}

}  // namespace detail

Interval::Interval(Instant start, Duration period) : next_(start), period_(period) {
  if (period <= Duration(0))
    throw std::invalid_argument("corokit: the period of an interval must be positive");
}

Instant Interval::take_tick() noexcept {
  const Instant due = next_;
  const Instant time = Clock::now();
  // Every tick is a little late; if each of them counted as missed, `delay` would add up these delays.
  const Duration allowed = std::min<Duration>(period_, std::chrono::milliseconds(5));
  const bool is_missed = time > due && time - due > allowed;
  next_ = detail::saturating_add(due, period_);
  if (!is_missed || behaviour_ == MissedTickBehaviour::burst) return due;
  next_ = detail::saturating_add(time, period_);
  if (behaviour_ == MissedTickBehaviour::skip) next_ -= (time - due) % period_;
  return due;
}

Interval interval(Duration period) {
  return interval_at(Clock::now(), period);
}

Interval interval_at(Instant start, Duration period) {
  return Interval(start, period);
}

}  // namespace corokit
