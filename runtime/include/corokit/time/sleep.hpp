#pragma once
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/time/clock.hpp>

#include <cassert>
#include <chrono>
#include <type_traits>

namespace corokit {

namespace detail {

class SleepAwaiter : public Awaiter<SleepAwaiter, TimerNode> {
 public:
  static constexpr const char* kName = "sleep";

  /// `lies_ahead`: the time is known to be in the future.
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
    // Reading the clock takes longer than beginning the wait, and a deadline that was in the future a moment ago has
    // rarely passed by now. In virtual time the look costs nothing, and is exact.
    if (was_ahead && !turn().context.virtual_now) return false;
    return Clock::now() >= deadline() && deadline() != Instant::max();
  }
  bool suspend() noexcept;
  void describe(WaitReport& report) const {
    if (wheel) report.until(wheel->time_of(*this));
  }
  void await_resume() noexcept { wheel = nullptr; }  // the timer fired, so the node is not linked any more
};
static_assert(sizeof(SleepAwaiter) <= 6 * sizeof(void*));

}  // namespace detail

/// Waits until a time has come: `co_await sleep_until(deadline);`
///
/// It does not suspend if the deadline is in the past. The end of time, Instant::max(), never comes: a sleep until then
/// ends only when it is dropped.
///
/// Resumes: on the task's executor, never before the deadline; within about 100 µs of it on an idle machine, and up to
///   400 µs later if many sleeps ended just before (2 µs for each); exactly at the deadline in a simulation.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation.
[[nodiscard]] inline detail::SleepAwaiter sleep_until(Instant deadline) noexcept {
  return detail::SleepAwaiter(deadline);
}

/// Waits for a duration, counted from the call: `co_await sleep(50ms);`
///
/// The duration may have any unit, and is converted as AnyDuration says. If it is over before the sleep is awaited, the
/// sleep may still suspend for a moment, and so lose a select. If the sum is later than the last representable time, as
/// with Duration::max(), the sleep waits for ever. As sleep_until() otherwise.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
template <class Rep, class Period>
requires std::is_arithmetic_v<Rep>
[[nodiscard]] detail::SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration) noexcept(
    std::is_integral_v<Rep>) {
  // This is a template, so that no converted copy of the argument takes space in the awaiting coroutine's frame.
  const Duration length = detail::saturate(duration);
  return detail::SleepAwaiter(detail::saturating_add(Clock::now(), length), length > length.zero());
}

/// A wait for a time that can be looked at, moved to another time, and awaited again: a deadline that moves on.
///
///     Sleep idle(sleep(30s));
///     for (;;) {
///       auto first = co_await select(stream.read(), idle);     // by reference: it goes on where it was
///       if (first.index() == 1) co_return;
///       idle.reset_after(30s);
///     }
///
/// It is a time alone, and copies are independent: a timer is set only during a wait.
///
/// Resumes: as sleep_until().
/// Thread-safety: one thread at a time; it may be awaited by one task after the other.
/// Cancel-safety: nothing to lose: the deadline stays, and can be awaited again.
/// Complexity: O(1), no allocation.
/// Source: tokio's Sleep.
class Sleep {
 public:
  /// Until a time, as sleep_until().
  explicit Sleep(Instant deadline) noexcept : deadline_(deadline) {}
  /// For a duration, counted from here, as sleep().
  explicit Sleep(AnyDuration duration) noexcept { reset_after(duration); }
  /// Until the end of a sleep that has not begun: `Sleep idle = sleep(30s);`
  Sleep(const detail::SleepAwaiter& wait) noexcept : deadline_(wait.deadline()) {}

  /// Returns: the time that it waits for.
  Instant deadline() const noexcept { return deadline_; }
  /// Returns: true once the deadline has come. A wait does not suspend then.
  bool is_elapsed() const noexcept { return deadline_ != Instant::max() && Clock::now() >= deadline_; }
  /// Sets another deadline, before or after the end of the old one. Requires: nothing waits for it.
  void reset(Instant deadline) noexcept { deadline_ = deadline; }
  /// Sets a deadline after a duration from now. Requires: nothing waits for it.
  void reset_after(AnyDuration duration) noexcept {
    deadline_ = detail::saturating_add(Clock::now(), duration);
  }

  /// Waits for the deadline: `co_await idle`.
  ///
  /// Thread-safety: the awaiting task's own thread.
  /// Cancel-safety: nothing to lose.
  detail::SleepAwaiter operator co_await() const noexcept { return detail::SleepAwaiter(deadline_); }

 private:
  Instant deadline_;
};

}  // namespace corokit
