#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/time/clock.hpp>

#include <cassert>
#include <chrono>
#include <concepts>

namespace corokit {

namespace detail {

/// Sum of a time and a duration, at most the end of time.
Instant saturating_add(Instant time, Duration duration) noexcept;

class SleepAwaiter : public Awaiter<SleepAwaiter, TimerNode> {
 public:
  static constexpr const char* kName = "sleep";

  /// `lies_ahead`: it does so at this moment, for sure.
  explicit SleepAwaiter(Instant when, bool lies_ahead = false) noexcept {
    TimerNode::deadline = when;
    was_ahead = lies_ahead;
  }
  SleepAwaiter(SleepAwaiter&& other) noexcept : SleepAwaiter(other.deadline(), other.was_ahead) {}
  ~SleepAwaiter() {
    if (wheel) wheel->remove(*this);
  }

  /// Requires: the sleep has not begun.
  Instant deadline() const noexcept {
    assert(!wheel);
    return TimerNode::deadline;
  }

  bool try_complete() const noexcept {
    // To look at the clock takes longer than to begin the wait, and one that was ahead a moment ago rarely is past by now.
    // In virtual time it costs nothing, and is exact.
    if (was_ahead && !turn().context.virtual_now) return false;
    return Clock::now() >= deadline();
  }
  bool suspend() noexcept;
  void await_resume() noexcept { wheel = nullptr; }  // it fired: nothing is linked any more
};
static_assert(sizeof(SleepAwaiter) <= 6 * sizeof(void*));

}  // namespace detail

/// Waits until a time has come: `co_await sleep_until(deadline);`
///
/// Resumes: never before the deadline; on the task's executor, within about 100 µs of it on an idle machine (and 2 µs
///   more for each that ended just before, at most 400 µs), and at exactly that time in a simulation. A deadline in the
///   past does not suspend.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation.
[[nodiscard]] inline detail::SleepAwaiter sleep_until(Instant deadline) noexcept {
  return detail::SleepAwaiter(deadline);
}

/// Waits for a duration, counted from this call: `co_await sleep(50ms);` As sleep_until() otherwise; but if it is over
/// before it is awaited, it may suspend for a moment all the same, and so lose a select. A duration that passes the end
/// of time waits until then.
template <class Rep, class Period>
requires std::convertible_to<std::chrono::duration<Rep, Period>, Duration>
[[nodiscard]] detail::SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration) noexcept {
  // A template, so that no conversion of the argument keeps it in the frame of who awaits.
  return detail::SleepAwaiter(detail::saturating_add(Clock::now(), duration), duration > duration.zero());
}

}  // namespace corokit
