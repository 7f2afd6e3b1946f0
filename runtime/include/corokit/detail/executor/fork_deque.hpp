#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace corokit::detail {

/// The forked children of a worker that nobody has begun. Its owner pushes and pops the newest; any other thread may
/// steal the oldest, which is near the root of a tree of forks, and so has the most below it.
///
/// A child stands in slot `number % size` of a ring. A ring that is full is replaced by one of twice the size; it stays
/// as it is for thieves that still read it.
///
///   [slot]   From the owner, which pushed a child, to the thread that steals it. Release of bottom_ in push(), acquire
///            in steal().
///   [ring]   From the owner, which filled a new ring, to thieves. Release and acquire of ring_.
///   [taken]  From a thread that has read a slot, to the owner, which overwrites it. Release of top_ in steal(), acquire
///            in push().
///   [last]   Between the owner that takes the newest child and a thief that takes the oldest, where that is the same
///            one: the owner lowers bottom_, and then looks at top_; the thief looks at top_, and then at bottom_. All
///            four are sequentially consistent, so one of them sees the other, or both try to raise top_.
/// Source: D. Chase and Y. Lev, Dynamic Circular Work-Stealing Deque, SPAA 2005.
class ForkDeque {
 public:
  ForkDeque() {
    ring_.store(rings_.emplace_back(std::make_unique<Ring>(kSize)).get(), std::memory_order_relaxed);
  }

  /// Pushes a child. Only the owner may call it. Returns: false, without pushing it, if the ring is full.
  bool push(TaskHeader& child) noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);          // only the owner writes it
    Ring& ring = *ring_.load(std::memory_order_relaxed);                           // the same
    if (bottom - top_.load(std::memory_order_acquire) >= ring.size) return false;  // [taken]
    ring[bottom].store(&child, std::memory_order_relaxed);
    bottom_.store(bottom + 1, std::memory_order_release);  // [slot]
    ++pushes_;
    return true;
  }

  /// Makes room for twice as many. Only the owner may call it. Returns: false if there is no memory.
  bool grow() noexcept try {
    Ring& old = *rings_.back();
    rings_.reserve(rings_.size() + 1);
    Ring& ring = *rings_.emplace_back(std::make_unique<Ring>(2 * old.size));
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);
    for (std::uint64_t i = bottom - old.size; i != bottom; ++i)
      ring[i].store(old[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
    ring_.store(&ring, std::memory_order_release);  // [ring]
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }

  /// Takes the newest child if it is this one. Only the owner may call it.
  bool pop(const TaskHeader& child) noexcept {
    // A slot below bottom_ that holds what was there before has been stolen: take_newest() then finds nothing.
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);
    return newest(bottom) == &child && take_newest(bottom);
  }

  /// Takes the newest child. Only the owner may call it. Returns: null if there is none.
  TaskHeader* pop() noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_relaxed);
    if (top_.load(std::memory_order_relaxed) >= bottom) return nullptr;
    TaskHeader* const child = newest(bottom);
    return take_newest(bottom) ? child : nullptr;
  }

  /// Takes the oldest child. Any thread may call it. Returns: null if there is none, or another thread takes it.
  TaskHeader* steal() noexcept {
    const std::uint64_t top = top_.load(std::memory_order_seq_cst);      // [last]
    if (top >= bottom_.load(std::memory_order_seq_cst)) return nullptr;  // [last], [slot]
    // The owner may overwrite the slot only once top_ is higher, and then this thief gets nothing.
    TaskHeader* const child =
        (*ring_.load(std::memory_order_acquire))[top].load(std::memory_order_relaxed);  // [ring]
    return raise(top) ? child : nullptr;
  }

  /// As steal(), if nothing was pushed since the last call, or in a long row of calls: the owner calls it every so often,
  /// so that each child begins at last. As long as the owner pushes, and takes back, the trees that stand here grow one
  /// path at a time, and few frames are alive; a child that begins early is one path more.
  TaskHeader* take_rested() noexcept {
    constexpr std::uint32_t kLong = 64;
    if (std::exchange(seen_pushes_, pushes_) != pushes_ && ++busy_looks_ < kLong) return nullptr;
    busy_looks_ = 0;
    return steal();
  }

  /// Any thread may call these. The value may be stale at once. Sequentially consistent, for the last look (see Idle).
  bool approx_empty() const noexcept { return approx_size() == 0; }
  std::uint32_t approx_size() const noexcept {
    const std::uint64_t bottom = bottom_.load(std::memory_order_seq_cst);
    const std::uint64_t top = top_.load(std::memory_order_seq_cst);
    return bottom > top ? static_cast<std::uint32_t>(bottom - top) : 0;
  }

 private:
  static constexpr std::size_t kSize = kModel ? 2 : 256;
  struct Ring {
    using Slot = Atomic<TaskHeader*>;
    explicit Ring(std::size_t of) : size(of), slots(std::make_unique<Slot[]>(of)) {}
    Slot& operator[](std::uint64_t number) const noexcept { return slots[number & (size - 1)]; }

    const std::size_t size;  // a power of two
    const std::unique_ptr<Slot[]> slots;
  };

  TaskHeader* newest(std::uint64_t bottom) const noexcept {
    return (*ring_.load(std::memory_order_relaxed))[bottom - 1].load(std::memory_order_relaxed);
  }
  bool take_newest(std::uint64_t bottom) noexcept {
    bottom_.store(bottom - 1, std::memory_order_seq_cst);            // [last]
    const std::uint64_t top = top_.load(std::memory_order_seq_cst);  // [last]
    if (top < bottom - 1) return true;
    const bool is_mine = top == bottom - 1 && raise(top);
    bottom_.store(bottom, std::memory_order_relaxed);  // empty: top_ is the same
    return is_mine;
  }
  bool raise(std::uint64_t top) noexcept {
    // [taken] release, [last].
    return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed);
  }

  // They begin at kSize, so that no number is negative.
  alignas(64) Atomic<std::uint64_t> top_{kSize};
  alignas(64) Atomic<std::uint64_t> bottom_{kSize};
  Atomic<Ring*> ring_{nullptr};  // the last one of rings_
  // These belong to the owner.
  std::uint64_t pushes_ = 0;
  std::uint64_t seen_pushes_ = 0;
  std::uint32_t busy_looks_ = 0;
  std::vector<std::unique_ptr<Ring>> rings_;
};

}  // namespace corokit::detail
