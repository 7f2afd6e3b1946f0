#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/duration.hpp>
#include <corokit/time/sleep.hpp>

#include <cstdint>
#include <optional>

namespace corokit {

namespace detail {
__extension__ using UInt128 = unsigned __int128;
class RateLimitAwaiter;
}  // namespace detail

/// Limits how often something happens: a bucket of tokens that fills at a constant rate.
///
///     RateLimiter requests(100, 1s, 20);        // 100 a second, and up to 20 at once
///     co_await requests.acquire();
///
/// The bucket holds `burst` tokens at most, and is full at first. Tokens come one by one, period / rate apart; those
/// that find the bucket full are lost. So within any time d, to the nanosecond, no more than burst + d * rate / period
/// tokens are taken. No rounding adds up, whatever the rate: in a simulation, where the time is virtual, a wait ends in
/// the nanosecond in which its last token comes.
///
/// Waiters are served first come, first served: a waiter for many tokens collects them at the head of the queue, and no
/// later waiter overtakes it, however few tokens it wants. A waiter that wakes late, as timers do by a fraction of a
/// millisecond, loses no tokens as long as the bucket has room: for a high rate, give a burst of a millisecond or more.
///
/// Requires: the limiter outlives all waits; it is not used inside and outside of a simulation at the same time, since
///   the two have different clocks.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 112 bytes; no task and no timer of its own.
/// Source: the token bucket of RFC 2697; golang.org/x/time/rate (names).
class RateLimiter {
 public:
  /// Makes a limiter that gives `rate` tokens in each `period`, and up to `burst` at once.
  /// Throws: std::invalid_argument unless the rate, the period and the burst are positive.
  RateLimiter(std::uint64_t rate, AnyDuration period, std::uint64_t burst);
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  /// Takes `tokens` tokens, after waiting in the queue for them. It does not wait for zero tokens.
  ///
  /// Resumes: on the awaiting task's executor, as sleep_until() otherwise. A wait for tokens that come after the end of
  ///   time, Instant::max(), ends only when it is dropped.
  /// Throws: std::invalid_argument if `tokens` is more than the burst: the bucket would never hold them.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait takes no token. It loses its place in the queue, and the next waiter goes on with
  ///   all tokens that are there. If it was over, and its task did not go on, its tokens come back to the bucket.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::RateLimitAwaiter acquire(std::uint64_t tokens = 1);

  /// Takes `tokens` tokens if they are there and no task waits. Returns: whether it took them; true for zero tokens.
  /// Throws: std::invalid_argument if `tokens` is more than the burst.
  /// Complexity: O(1); no allocation.
  [[nodiscard]] bool try_acquire(std::uint64_t tokens = 1);

  /// Returns: how many tokens the bucket holds. The value may be stale at once.
  std::uint64_t available() noexcept;
  /// Returns: how many tokens the bucket can hold.
  std::uint64_t burst() const noexcept { return burst_; }

 private:
  friend class detail::RateLimitAwaiter;
  /// Parts of a token: a token is as many of them as its period has nanoseconds, so that each nanosecond adds rate_.
  using Parts = detail::UInt128;

  void check(std::uint64_t tokens) const;
  /// Takes the tokens if they are there and no task waits. Returns: whether it took them.
  bool try_take(std::uint64_t tokens) noexcept;
  /// Takes the tokens if they are there, for the head of the queue. Returns: when they will be there, if they are not.
  std::optional<Instant> take(std::uint64_t tokens) noexcept;
  void give_back(std::uint64_t tokens) noexcept;
  std::optional<Instant> take_locked(std::uint64_t tokens, const detail::Locked&) noexcept;
  void fill_locked(const detail::Locked&) noexcept;
  Parts in_parts(std::uint64_t tokens) const noexcept { return Parts{tokens} * period_; }

  const std::uint64_t rate_;
  const std::uint64_t period_;  // in nanoseconds, less than 2^63: a full bucket has less than 2^127 parts
  const std::uint64_t burst_;
  Semaphore turn_{1};  // its permit is the place at the head of the queue, which alone waits for tokens
  detail::Lock lock_;
  // Guarded by lock_.
  Parts level_;       // what the bucket held at filled_
  Instant filled_{};  // has no meaning while the bucket is full
};

namespace detail {

/// Waits for the head of the queue, and there for a timer.
class RateLimitAwaiter : public Combinator<RateLimitAwaiter> {
  using Turn = OperandBranch<AcquireAwaiter<Semaphore*>>;
  using Timer = OperandBranch<SleepAwaiter>;

 public:
  static constexpr const char* kName = "RateLimiter::acquire";
  static constexpr bool kKeepsResult = true;  // its tokens go back into the bucket

  RateLimitAwaiter(RateLimiter& limiter, std::uint64_t tokens) noexcept
      : limiter_(limiter), tokens_(tokens) {}
  RateLimitAwaiter(RateLimitAwaiter&& other) noexcept
      : Combinator(other), limiter_(other.limiter_), tokens_(other.tokens_) {}
  ~RateLimitAwaiter() {
    if (took_) limiter_.give_back(tokens_);
  }

  Step begin_some();
  bool any_out_of_budget() const noexcept {
    return (turn_ && turn_->is_out_of_budget()) || (timer_ && timer_->is_out_of_budget());
  }
  void describe(WaitReport& report) const {
    if (timer_) report.branch(*timer_);
  }
  void await_resume() {
    took_ = false;
    throw_failure();
  }

 private:
  /// Requires: this is the head of the queue. Returns: true if it has the tokens, and is no longer the head. Otherwise
  /// the timer is set.
  bool look();
  static void on_turn(ChildBranch& branch);
  static void on_timer(ChildBranch& branch);

  RateLimiter& limiter_;
  const std::uint64_t tokens_;
  bool took_ = false;         // the tokens were taken, and the task has not gone on
  std::optional<Turn> turn_;  // over while this is the head of the queue; its end makes the next one the head
  std::optional<Timer> timer_;
};

}  // namespace detail

}  // namespace corokit
