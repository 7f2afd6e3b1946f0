#pragma once
#include <08_timers/given.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

namespace mini {

/// Wakes tasks at a tick. A tick is a number that somebody counts up: advance(). It never goes back.
///
/// The ticks from a multiple of 64 to the next one are a round of the inner level, a slot for each tick. The rounds from a
/// multiple of 4096 to the next one are a round of the outer level, a slot for each of them. A sleep is in the inner level
/// if its tick is in the current round of it, in the outer level if its tick is in the current round of that, and else in
/// the list of those that are far away. When a round begins, what is in it moves inwards.
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
  Sleep sleep(Tick ticks) noexcept {
    const std::lock_guard lock(mutex_);
    return Sleep(*this, now_ + std::min(ticks, kNever - now_));
  }

  /// Goes on to tick `to`, and wakes those whose tick has come, in the order of their ticks; among those of one tick, in
  /// the order in which they began to wait.
  void advance(Tick to) noexcept {
    const std::lock_guard lock(mutex_);
    for (auto stop = next_locked(); stop && *stop <= to; stop = next_locked()) {
      now_ = *stop;
      if (now_ % kOuterRound == 0) move_inwards(far_);
      if (now_ % kInnerRound == 0) move_inwards(outer_slot(now_));
      Waiters& due = inner_[now_ % kInnerRound];
      while (Waiter* const oldest = due.pop_front()) oldest->job->wake();
    }
    now_ = std::max(now_, to);
  }

  /// Returns: when to call advance() next, at or before the first tick at which somebody is woken; none if nobody sleeps.
  std::optional<Tick> next() noexcept {
    const std::lock_guard lock(mutex_);
    return next_locked();
  }

  /// A wait for a tick. As in Notify, whoever waited takes the lock once before it goes on.
  struct [[nodiscard]] Sleep : Waiter {
    Sleep(Timers& the_timers, Tick the_tick) noexcept : timers(the_timers), tick(the_tick) {}
    /// Dropped while it waits: leaves its slot.
    ~Sleep() {
      if (!job) return;
      const std::lock_guard lock(timers.mutex_);
      if (linked) timers.list_of(tick).remove(*this);
    }

    /// Waits for another tick, also if the wait has begun. If that is over, it is for the next wait.
    void reset(Tick new_tick) noexcept {
      const std::lock_guard lock(timers.mutex_);
      const bool waits = linked;
      if (waits) timers.list_of(tick).remove(*this);
      tick = new_tick;
      if (!waits) return;
      if (tick > timers.now_)
        timers.list_of(tick).push_back(*this);
      else
        job->wake();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(timers.mutex_);
      if (tick <= timers.now_) return false;
      job = &suspend_in(here);
      timers.list_of(tick).push_back(*this);
      return true;
    }
    void await_resume() noexcept {
      if (!job) return;
      const std::lock_guard lock(timers.mutex_);
      job = nullptr;
    }

    Timers& timers;
    Tick tick;  // guarded by the lock
  };

 private:
  static constexpr Tick kInnerRound = Level::kSlots;
  static constexpr Tick kOuterRound = kInnerRound * Level::kSlots;
  static constexpr Tick kNever = std::numeric_limits<Tick>::max();

  Waiters& outer_slot(Tick tick) noexcept { return outer_[tick / kInnerRound % Level::kSlots]; }

  /// Returns: where a sleep for `tick` is.
  Waiters& list_of(Tick tick) noexcept {
    if (tick / kInnerRound == now_ / kInnerRound) return inner_[tick % kInnerRound];
    return tick / kOuterRound == now_ / kOuterRound ? outer_slot(tick) : far_;
  }

  void move_inwards(Waiters& list) noexcept {
    Waiters moving = std::exchange(list, Waiters());
    while (auto* const oldest = static_cast<Sleep*>(moving.pop_front()))
      list_of(oldest->tick).push_back(*oldest);
  }

  /// Returns: the next tick at which somebody is woken or moves.
  std::optional<Tick> next_locked() noexcept {
    if (const Tick slot = inner_.first(); slot < Level::kSlots)
      return now_ / kInnerRound * kInnerRound + slot;
    if (const Tick slot = outer_.first(); slot < Level::kSlots)
      return now_ / kOuterRound * kOuterRound + slot * kInnerRound;
    if (far_.empty()) return std::nullopt;
    Tick earliest = kNever;
    for (const Waiter* sleep = far_.front(); sleep; sleep = sleep->next)
      earliest = std::min(earliest, static_cast<const Sleep*>(sleep)->tick);
    return earliest / kOuterRound * kOuterRound;
  }

  std::mutex mutex_;  // guards all that follows, and the waiters in the lists
  Tick now_ = 0;      // all up to it have been woken
  Level inner_;       // a slot for each tick of the current round of 64
  Level outer_;       // a slot for each round of 64 ticks that comes later in the current round of 4096
  Waiters far_;
};

}  // namespace mini
