#pragma once
#include <corokit/clock.hpp>
#include <corokit/detail/strand.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace corokit::detail {

class TimerWheel;

/// One timer, in the frame of the coroutine that sleeps. The links are guarded by the wheel's lock.
struct TimerNode {
  TimerNode* prev = this;  ///< itself: in no list
  TimerNode* next = nullptr;
  Strand* strand = nullptr;
  TimerWheel* wheel = nullptr;  ///< set by insert(); belongs to the task that sleeps
  union {
    std::uint64_t tick = 0;  ///< from insert() on: when to fire, in ticks of the wheel
    Instant deadline;        ///< until then; belongs to the task
  };

  TimerNode() noexcept {}
  TimerNode(const TimerNode&) noexcept {}  // a copy has not begun to wait
  TimerNode& operator=(const TimerNode&) = delete;

  bool is_linked() const noexcept { return prev != this; }
};

/// A hierarchical timing wheel: level n has 64 slots of 64^n ticks each; a timer starts at the level that its
/// distance asks for and moves down as its time comes near.
///
/// A timer never fires early. It fires at the first turn of the wheel past its deadline, at most one tick
/// later. Timers of the same tick fire in the order of insertion. Thread-safety: any thread. Complexity:
/// insert and remove O(1); a timer moves at most 11 times. Source: G. Varghese, T. Lauck, "Hashed and
/// hierarchical timing wheels", SOSP 1987.
class TimerWheel {
 public:
  /// `tick_shift`: a tick is 2^tick_shift nanoseconds. `start`: the time that the wheel begins at.
  TimerWheel(unsigned tick_shift, Instant start) noexcept;

  /// Requires: the node is not linked; `deadline` lies after every time given to advance().
  /// Returns: true if this timer is now the first to fire.
  bool insert(TimerNode& node, Instant deadline) noexcept;
  /// Takes a timer out, if it has not fired.
  void remove(TimerNode& node) noexcept;
  /// Fires all timers whose time has come.
  void advance(Instant now, WakeBatch& batch) noexcept;
  /// When to call advance() next; a lower bound of the first deadline. None without timers.
  /// Any thread; stale at once.
  std::optional<Instant> approx_next() const noexcept;

 private:
  static constexpr unsigned kBits = 6;
  static constexpr unsigned kSlots = 1u << kBits;
  static constexpr unsigned kLevels = 11;  // 66 bits: any 64-bit tick finds a level
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  struct Slot {
    TimerNode* first = nullptr;
    TimerNode* last = nullptr;
  };
  struct Level {
    std::uint64_t occupied = 0;  // bit n: slot n has timers
    std::array<Slot, kSlots> slots;
  };
  struct Expiration {
    unsigned level;
    unsigned slot;
    std::uint64_t tick;
  };

  unsigned level_of(std::uint64_t tick) const noexcept;
  void link_locked(TimerNode& node) noexcept;
  void unlink_locked(TimerNode& node) noexcept;
  std::optional<Expiration> next_locked() const noexcept;
  void publish_next_locked() noexcept;

  const unsigned shift_;
  const Instant start_;
  Lock lock_;
  std::uint64_t elapsed_ = 0;           // ticks that advance() has been through
  Atomic<std::uint64_t> next_{kNever};  // tick of the next expiration, for approx_next()
  std::array<Level, kLevels> levels_;
};

}  // namespace corokit::detail
