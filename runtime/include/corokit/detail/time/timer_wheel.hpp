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

/// One timer, in the frame of the coroutine that sleeps. The links are guarded by the wheel's lock.
struct TimerNode {
  TimerNode* prev = this;  ///< itself: in no list
  TimerNode* next = nullptr;
  Branch* branch = nullptr;
  TimerWheel* wheel = nullptr;  ///< set by insert(); belongs to the task that sleeps
  union {
    std::uint64_t tick = 0;  ///< from insert() on: when to fire, in ticks of the wheel
    Instant deadline;        ///< until then; belongs to the task
  };
  union {
    /// From insert() on: where another timer of the same slot stood, Slot::kLead places further on. It may be gone, and is
    /// only prefetched.
    const void* ahead = nullptr;
    bool was_ahead;  ///< until then: the deadline lay ahead when it was made; belongs to the task
  };

  TimerNode() noexcept {}
  TimerNode(const TimerNode&) noexcept {}  // a copy has not begun to wait
  TimerNode& operator=(const TimerNode&) = delete;

  bool is_linked() const noexcept { return prev != this; }
};

/// A hierarchical timing wheel: a tick is a number of ten digits, a level for each; a timer stands at the level of the
/// highest digit in which its tick differs from now, and moves down as its time comes near.
///
/// A timer never fires early. It fires at the first turn of the wheel past its deadline, at most one tick later. Timers of
/// the same tick fire in the order of insertion.
/// Thread-safety: any thread, unless it was made for one. Complexity: insert and remove O(1); a timer moves at most 9 times,
/// mostly once if it is set for a few seconds.
/// Source: G. Varghese, T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
class TimerWheel {
 public:
  enum class Users { one_thread, many_threads };  ///< at a time

  /// `tick_shift`: a tick is 2^tick_shift nanoseconds. `start`: the time that the wheel begins at.
  TimerWheel(unsigned tick_shift, Instant start, Users users = Users::many_threads) noexcept;

  /// A deadline that is past fires at the next tick. Requires: the node is not linked.
  /// Returns: true if this timer is now the first to fire.
  bool insert(TimerNode& node, Instant deadline) noexcept;
  /// Takes a timer out, if it has not fired.
  void remove(TimerNode& node) noexcept;
  /// Fires all timers whose time has come. Returns: how many.
  std::size_t advance(Instant now, WakeBatch& batch) noexcept;
  /// When to call advance() next; a lower bound of the first deadline. None without timers.
  /// Any thread; stale at once.
  std::optional<Instant> approx_next() const noexcept;

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  /// The timers of one slot, in the order of insertion. Whoever walks the list waits for the memory of each of them, unless
  /// it was told early where the next ones lie: `mark` is kLead places before the end, or less after removals.
  struct Slot {
    static constexpr std::uint32_t kLead = 8;
    TimerNode* first = nullptr;
    TimerNode* last = nullptr;
    TimerNode* mark = nullptr;
    std::uint32_t lead = 0;

    void push_back(TimerNode& node) noexcept;
    void remove(TimerNode& node) noexcept;
  };
  /// Where a level finds its digit in a tick, and its slots among those of all levels.
  struct Level {
    unsigned shift;  ///< where the bits of the digit begin
    unsigned bits;
    unsigned first_slot;
  };
  // Level 0 is small, so that what moves down to it at once is still in the caches when it fires; level 1 reaches over
  // seconds, so that most timers move once.
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
  static_assert(kLevels.back().shift + kLevels.back().bits == 64, "each tick has its digits");
  static_assert(kSlots % 64 == 0 && kSlots / 64 <= 32, "a bit for each slot, and one for each word of these");
  struct Expiration {
    unsigned slot;
    std::uint64_t tick;
  };

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
  std::uint64_t elapsed_ = 0;                          // ticks that advance() has been through
  Atomic<std::uint64_t> next_{kNever};                 // tick of the next expiration, for approx_next()
  std::array<std::uint64_t, kSlots / 64> occupied_{};  // a bit for each slot that has timers
  std::uint32_t occupied_words_ = 0;                   // a bit for each of these words that is not 0
  std::array<Slot, kSlots> slots_;
};

}  // namespace corokit::detail
