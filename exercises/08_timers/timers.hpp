#pragma once
#include <08_timers/given.hpp>

#include <cstdint>
#include <mutex>
#include <optional>

namespace mini {

/// Wakes tasks at a tick. A tick is a number that somebody counts up: advance(). It never goes back.
class Timers {
 public:
  using Tick = std::uint64_t;
  struct Sleep;

  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  /// co_await timers.sleep_until(tick) waits until advance() comes to `tick`; it does not wait if that is over.
  Sleep sleep_until(Tick tick) noexcept { return Sleep(*this, tick); }
  /// The same, `ticks` from now: from this call on.
  // TODO: add the current tick; it must not overflow.
  Sleep sleep(Tick ticks) noexcept { return Sleep(*this, ticks); }

  /// Goes on to tick `to`, and wakes those whose tick has come, in the order of their ticks; among those of one tick, in
  /// the order in which they began to wait.
  // TODO: go from one tick at which something happens to the next one, under the lock.
  void advance(Tick to) noexcept { (void)to; }

  /// Returns: when to call advance() next, at or before the first tick at which somebody is woken; none if nobody sleeps.
  // TODO: the first slot that is not empty.
  std::optional<Tick> next() noexcept { return 0; }

  struct [[nodiscard]] Sleep : Waiter {
    // TODO: keep the timers and the tick.
    Sleep(Timers& the_timers, Tick the_tick) noexcept { (void)the_timers, (void)the_tick; }
    // TODO: if it waits, take it out of its list.
    ~Sleep() {}
    /// Waits for another tick, also if the wait has begun. If that is over, it is for the next wait.
    // TODO: take it out of its list, and put it where its new tick belongs.
    void reset(Tick new_tick) noexcept { (void)new_tick; }

    bool await_ready() const noexcept { return false; }
    // TODO: note the job, and join the list where the tick belongs; return false if the tick is over.
    bool await_suspend(std::coroutine_handle<> here) noexcept { return (void)here, false; }
    // TODO: take the lock once, as in Notify.
    void await_resume() noexcept {}
  };

 private:
  // TODO: a lock, the current tick, two levels, and a list of those that are far away.
};

}  // namespace mini
