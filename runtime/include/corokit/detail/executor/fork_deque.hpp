#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <array>
#include <cstdint>

namespace corokit::detail {

/// The forked children of a worker that nobody has begun: a deque of fixed size. Its owner pushes and pops the newest;
/// any other thread may steal the oldest, which is near the root of a tree of forks, and so has the most below it.
///
///   [slot]   From the owner, which pushed a child, to the thread that steals it. Release of bottom_ in push(), acquire
///            in steal().
///   [taken]  From a thread that has read a slot, to the owner, which overwrites it. Release of top_ in steal(), acquire
///            in push().
///   [last]   Between the owner that takes the newest child and a thief that takes the oldest, where that is the same
///            one: the owner lowers bottom_, and then looks at top_; the thief looks at top_, and then at bottom_. All
///            four are sequentially consistent, so one of them sees the other, or both try to raise top_.
/// Source: D. Chase and Y. Lev, Dynamic Circular Work-Stealing Deque, SPAA 2005; here without the growth.
class ForkDeque {
 public:
  static constexpr std::uint32_t kCapacity = kModel ? 2 : 256;

  /// Pushes a child. Only the owner may call it. Returns: false, without pushing it, if there is no room.
  bool push(TaskHeader& child) noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);          // only the owner writes it
    if (bottom - top_.load(std::memory_order_acquire) >= kCapacity) return false;  // [taken]
    slots_[bottom % kCapacity].store(&child, std::memory_order_relaxed);
    bottom_.store(bottom + 1, std::memory_order_release);  // [slot]
    return true;
  }

  /// Takes the newest child if it is this one. Only the owner may call it.
  bool pop(const TaskHeader& child) noexcept {
    // A slot below bottom_ that holds what was there before has been stolen: take_newest() then finds nothing.
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);
    return slots_[(bottom - 1) % kCapacity].load(std::memory_order_relaxed) == &child && take_newest(bottom);
  }

  /// Takes the newest child. Only the owner may call it. Returns: null if there is none.
  TaskHeader* pop() noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);
    if (top_.load(std::memory_order_relaxed) >= bottom) return nullptr;
    TaskHeader* const child = slots_[(bottom - 1) % kCapacity].load(std::memory_order_relaxed);
    return take_newest(bottom) ? child : nullptr;
  }

  /// Takes the oldest child. Any thread may call it. Returns: null if there is none, or another thread takes it.
  TaskHeader* steal() noexcept {
    std::uint64_t top = top_.load(std::memory_order_seq_cst);            // [last]
    if (top >= bottom_.load(std::memory_order_seq_cst)) return nullptr;  // [last], [slot]
    // The owner may overwrite the slot only once top_ is higher, and then this thief gets nothing.
    TaskHeader* const child = slots_[top % kCapacity].load(std::memory_order_relaxed);
    return raise(top) ? child : nullptr;
  }

  /// Any thread may call these. The value may be stale at once. Sequentially consistent, for the last look (see Idle).
  bool approx_empty() const noexcept { return approx_size() == 0; }
  std::uint32_t approx_size() const noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_seq_cst);
    const std::uint64_t top = top_.load(std::memory_order_seq_cst);
    return bottom > top ? static_cast<std::uint32_t>(bottom - top) : 0;
  }

 private:
  bool take_newest(std::uint64_t bottom) noexcept {
    bottom_.store(bottom - 1, std::memory_order_seq_cst);      // [last]
    std::uint64_t top = top_.load(std::memory_order_seq_cst);  // [last]
    if (top < bottom - 1) return true;
    const bool is_mine = top == bottom - 1 && raise(top);
    bottom_.store(bottom, std::memory_order_relaxed);  // empty: top_ is the same
    return is_mine;
  }
  bool raise(std::uint64_t top) noexcept {
    // [taken] release, [last].
    return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed);
  }

  // They begin at 1, so that bottom_ - 1 is never negative.
  alignas(64) Atomic<std::uint64_t> top_{1};
  alignas(64) Atomic<std::uint64_t> bottom_{1};
  std::array<Atomic<TaskHeader*>, kCapacity> slots_{};
};

}  // namespace corokit::detail
