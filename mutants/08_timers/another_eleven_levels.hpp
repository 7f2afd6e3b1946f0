#pragma once
// The other right solution. A tick is a number of eleven digits to the base of 64, and there is a level for each digit. A
// sleep is at the level of the highest digit in which its tick differs from the current tick, in the slot of that digit;
// when the current tick comes to that digit, it moves to a lower level. So no list of those that are far away is ever gone
// through, and next() is the first slot of the first level that is not empty: both take the same time however many sleep,
// and however long. The price is eleven kilobytes of slots. This is how tokio and corokit do it, with fewer levels.
#include <08_timers/given.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

namespace mini {

class Timers {
 public:
  using Tick = std::uint64_t;
  struct Sleep;

  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  Sleep sleep_until(Tick tick) noexcept { return Sleep(*this, tick); }
  Sleep sleep(Tick ticks) noexcept {
    const std::lock_guard lock(mutex_);
    constexpr Tick kLast = std::numeric_limits<Tick>::max();
    return Sleep(*this, ticks < kLast - now_ ? now_ + ticks : kLast);
  }

  void advance(Tick to) noexcept {
    const std::lock_guard lock(mutex_);
    for (;;) {
      const auto stop = next_locked();
      if (!stop || stop->tick > to) break;
      now_ = stop->tick;
      Waiters arrived = std::exchange(levels_[stop->level][digit(now_, stop->level)], Waiters());
      while (auto* const oldest = static_cast<Sleep*>(arrived.pop_front())) {
        if (stop->level == 0)
          oldest->job->wake();
        else
          list_of(oldest->tick).push_back(*oldest);
      }
    }
    now_ = std::max(now_, to);
  }

  std::optional<Tick> next() noexcept {
    const std::lock_guard lock(mutex_);
    const auto stop = next_locked();
    return stop ? std::optional(stop->tick) : std::nullopt;
  }

  struct [[nodiscard]] Sleep : Waiter {
    Sleep(Timers& the_timers, Tick the_tick) noexcept : timers(the_timers), tick(the_tick) {}
    ~Sleep() {
      if (!job) return;
      const std::lock_guard lock(timers.mutex_);
      if (linked) timers.list_of(tick).remove(*this);
    }

    void reset(Tick new_tick) noexcept {
      const std::lock_guard lock(timers.mutex_);
      const bool waits = linked;
      if (waits) timers.list_of(tick).remove(*this);
      tick = new_tick;
      if (waits && !join_locked()) job->wake();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(timers.mutex_);
      if (tick > timers.now_) job = &suspend_in(here);
      return join_locked();
    }
    void await_resume() noexcept {
      if (!job) return;
      const std::lock_guard lock(timers.mutex_);
      job = nullptr;
    }

    /// Returns: false if the tick is over; then it joins nothing.
    bool join_locked() noexcept {
      if (tick <= timers.now_) return false;
      timers.list_of(tick).push_back(*this);
      return true;
    }

    Timers& timers;
    Tick tick;
  };

 private:
  static constexpr unsigned kBits = 6;  // of a digit
  static constexpr unsigned kLevels = 11;
  struct Stop {
    unsigned level;
    Tick tick;
  };

  static Tick digit(Tick tick, unsigned level) noexcept { return (tick >> (level * kBits)) % Level::kSlots; }

  Waiters& list_of(Tick tick) noexcept {
    const auto highest_bit = 63 - static_cast<unsigned>(std::countl_zero((tick ^ now_) | 1));
    const unsigned level = highest_bit / kBits;
    return levels_[level][digit(tick, level)];
  }

  std::optional<Stop> next_locked() noexcept {
    for (unsigned level = 0; level < kLevels; ++level) {
      const Tick slot = levels_[level].first();
      if (slot == Level::kSlots) continue;
      const unsigned shift = level * kBits;
      const Tick lower = (Tick{1} << shift) - 1;
      return Stop{level, (now_ & ~(lower | ((Level::kSlots - 1) << shift))) | slot << shift};
    }
    return std::nullopt;
  }

  std::mutex mutex_;
  Tick now_ = 0;
  std::array<Level, kLevels> levels_;
};

}  // namespace mini
