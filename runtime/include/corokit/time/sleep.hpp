#pragma once
#include <corokit/clock.hpp>
#include <corokit/detail/awaiter.hpp>
#include <corokit/detail/timer_wheel.hpp>

namespace corokit {

namespace detail {

/// Sum of a time and a duration, at most the end of time.
Instant saturating_add(Instant time, Duration duration) noexcept;

class SleepAwaiter : public Awaiter<SleepAwaiter> {
 public:
  static constexpr const char* kName = "sleep";

  explicit SleepAwaiter(Instant deadline) noexcept : deadline_(deadline) {}
  SleepAwaiter(SleepAwaiter&& other) noexcept : Awaiter(other), deadline_(other.deadline_) {}
  ~SleepAwaiter() {
    if (node_.wheel) node_.wheel->remove(node_);
  }

  Instant deadline() const noexcept { return deadline_; }

  bool try_complete() const noexcept { return Clock::now() >= deadline_; }
  bool suspend() noexcept;
  void await_resume() noexcept { node_.wheel = nullptr; }  // it fired: nothing is linked any more

 private:
  Instant deadline_;
  TimerNode node_;
};

}  // namespace detail

/// Waits until a time has come: `co_await sleep_until(deadline);`
///
/// Resumes: never before the deadline; on the task's executor, within about 50 µs of it on an idle machine,
/// and at
///   exactly that time in a simulation. A deadline in the past does not suspend.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation.
[[nodiscard]] inline detail::SleepAwaiter sleep_until(Instant deadline) noexcept {
  return detail::SleepAwaiter(deadline);
}

/// Waits for a duration, counted from this call: `co_await sleep(50ms);` As sleep_until() otherwise. A
/// duration that passes the end of time waits until then.
[[nodiscard]] inline detail::SleepAwaiter sleep(Duration duration) noexcept {
  return detail::SleepAwaiter(detail::saturating_add(Clock::now(), duration));
}

}  // namespace corokit
