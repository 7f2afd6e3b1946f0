#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/branch.hpp>
#include <corokit/time/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace corokit::detail {

class TimerWheel;

/// One timer. It stands in the frame of the coroutine that sleeps; its links are guarded by the wheel's lock.
struct TimerNode {
  TimerNode* prev = this;  ///< the node itself while it is in no list
  TimerNode* next = nullptr;
  Branch* branch = nullptr;
  TimerWheel* wheel = nullptr;  ///< set by insert(); belongs to the task that sleeps
  union {
    std::uint64_t tick = 0;  ///< from insert() on: when to fire, in ticks of the wheel
    Instant deadline;        ///< before insert(): when to fire; belongs to the task
  };
  union {
    /// From insert() on: the address of another timer of the same slot, Slot::kLead places further on. That timer may
    /// be gone, so the address is only prefetched.
    const void* ahead = nullptr;
    bool was_ahead;  ///< before insert(): the deadline was in the future when the awaiter was made
  };

  TimerNode() noexcept {}
  TimerNode(const TimerNode&) noexcept {}  // a copy has not begun to wait
  TimerNode& operator=(const TimerNode&) = delete;

  bool is_linked() const noexcept { return prev != this; }
};

/// A hierarchical timing wheel. A tick is a number of ten digits, and the wheel has one level for each digit. A timer
/// stands at the level of the highest digit in which its tick differs from the current tick, and moves to lower levels
/// as its time comes near.
///
/// A timer never fires early. It fires at the first advance() that reaches its tick, which is its deadline rounded up.
/// Timers of the same tick fire in the order of insertion.
///
/// Thread-safety: may be called at once from any thread, unless the wheel was made for one thread.
/// Complexity: O(1) for insert() and remove(); a timer moves at most 9 times, and mostly once if it is set for a few
///   seconds.
/// Source: G. Varghese, T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
class TimerWheel {
 public:
  enum class Users { one_thread, many_threads };  ///< how many threads use the wheel at a time

  /// `tick_shift`: a tick is 2^tick_shift nanoseconds. `start`: the time of tick 0.
  TimerWheel(unsigned tick_shift, Instant start, Users users = Users::many_threads) noexcept;

  /// Adds a timer. If the deadline is in the past, the timer fires at the next tick. Requires: the node is not linked.
  /// Returns: true if this timer is now the first one to fire.
  bool insert(TimerNode& node, Instant deadline) noexcept;
  /// Removes a timer, if it has not fired.
  void remove(TimerNode& node) noexcept;
  /// Returns: the tick at which the timer fires, or has fired. Requires: the caller owns the timer, and
  ///   inserted it.
  Instant time_of(const TimerNode& node) const noexcept;
  /// Fires all timers that are due at `now`. Returns: how many fired.
  std::size_t advance(Instant now, WakeBatch& batch) noexcept;
  /// Returns: when to call advance() next, at or before the time at which the first timer fires; none without timers.
  /// The value may be stale at once. Any thread may call it.
  std::optional<Instant> approx_next() const noexcept;

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  /// The timers of one slot, in the order of insertion. A walk along the list would wait for the memory of each node,
  /// so each node keeps the address of a node that is kLead places further on, to prefetch it. `mark` is the node that
  /// is kLead places before the end, or fewer after removals.
  struct Slot {
    static constexpr std::uint32_t kLead = 8;
    TimerNode* first = nullptr;
    TimerNode* last = nullptr;
    TimerNode* mark = nullptr;
    std::uint32_t lead = 0;

    void push_back(TimerNode& node) noexcept;
    void remove(TimerNode& node) noexcept;
  };
  /// One level: where its digit is in a tick, and where its slots are among the slots of all levels.
  struct Level {
    unsigned shift;  ///< the position of the lowest bit of the digit
    unsigned bits;   ///< how many bits the digit has
    unsigned first_slot;
  };
  // Level 0 is small, so that the timers that move down to it together are still in the caches when they fire. Level 1
  // covers several seconds, so that most timers move only once.
  static constexpr std::array<Level, 10> kLevels = [] {
    std::array<Level, 10> levels{};
    unsigned shift = 0;
    unsigned slot = 0;
    for (unsigned i = 0; i < levels.size(); ++i) {
      const unsigned bits = i == 1 ? 10 : 6;
      levels[i] = {shift, bits, slot};
      shift += bits;
      slot += 1u << bits;
    }
    return levels;
  }();
  static constexpr unsigned kSlots = kLevels.back().first_slot + (1u << kLevels.back().bits);
  static_assert(kLevels.back().shift + kLevels.back().bits == 64, "the digits make up a tick");
  static_assert(kSlots % 64 == 0 && kSlots / 64 <= 32, "occupied_words_ has a bit for each word");
  struct Expiration {
    unsigned slot;
    std::uint64_t tick;
  };

  /// Returns: the beginning of the tick; the end of time for a tick beyond it.
  Instant time_at(std::uint64_t tick) const noexcept;
  unsigned level_of(std::uint64_t tick) const noexcept;
  unsigned slot_of(std::uint64_t tick) const noexcept;
  void mark_empty_locked(unsigned slot) noexcept;
  void link_locked(TimerNode& node) noexcept;
  void unlink_locked(TimerNode& node) noexcept;
  std::size_t fire_locked(TimerNode* first, WakeBatch& batch) noexcept;
  void move_down_locked(TimerNode* first) noexcept;
  std::optional<Expiration> next_locked() const noexcept;
  void publish_next_locked() noexcept;

  const unsigned shift_;
  const bool shared_;
  const Instant start_;
  Lock lock_;
  std::uint64_t elapsed_ = 0;                          // the current tick: advance() has fired all up to it
  Atomic<std::uint64_t> next_{kNever};                 // the tick of the next expiration, for approx_next()
  std::array<std::uint64_t, kSlots / 64> occupied_{};  // one bit for each slot: it has timers
  std::uint32_t occupied_words_ = 0;                   // one bit for each word of occupied_: it is not 0
  std::array<Slot, kSlots> slots_;
};

}  // namespace corokit::detail
