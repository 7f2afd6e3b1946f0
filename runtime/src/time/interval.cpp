#include <corokit/time/interval.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <type_traits>

namespace corokit {

namespace detail {

TickAwaiter::TickAwaiter(Interval& interval) noexcept : SleepAwaiter(interval.next_), interval_(interval) {}

Instant TickAwaiter::await_resume() noexcept {
  SleepAwaiter::await_resume();
  return interval_.take_tick();
}

}  // namespace detail

namespace {

using Ticks = std::make_unsigned_t<Duration::rep>;

/// Returns: the nanoseconds from one time to a later one, however far apart they are.
Ticks distance(Instant from, Instant to) noexcept {
  return static_cast<Ticks>(to.time_since_epoch().count()) -
         static_cast<Ticks>(from.time_since_epoch().count());
}

}  // namespace

Interval::Interval(Instant start, AnyDuration period) : next_(start), period_(period) {
  if (period_ <= Duration(0))
    throw std::invalid_argument("corokit: the period of an interval must be positive");
}

Instant Interval::take_tick() noexcept {
  const Instant due = next_;
  const Instant time = Clock::now();
  // Every tick is a little late; if each of them counted as missed, `delay` would add up these delays.
  const Duration allowed = std::min<Duration>(period_, std::chrono::milliseconds(5));
  const bool is_missed = due < time - allowed;
  next_ = detail::saturating_add(due, period_);
  if (!is_missed || behaviour_ == MissedTickBehaviour::burst) return due;
  next_ = detail::saturating_add(time, period_);
  if (behaviour_ == MissedTickBehaviour::skip)
    next_ -= Duration(distance(due, time) % static_cast<Ticks>(period_.count()));
  return due;
}

Interval interval(AnyDuration period) {
  return interval_at(Clock::now(), period);
}

Interval interval_at(Instant start, AnyDuration period) {
  return Interval(start, period);
}

}  // namespace corokit
