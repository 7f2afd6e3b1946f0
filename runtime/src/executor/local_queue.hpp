#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <array>
#include <cstdint>

namespace corokit::detail {

/// The run queue of one worker: a ring of fixed size. Its owner pushes and pops; any other worker may steal
/// half.
///
/// The head is two counters in one word: `real`, the next task to take, and `steal`, the oldest slot that a
/// thief may still be copying. They differ only while somebody steals; slots from `steal` on may not be
/// overwritten. Counters run freely and wrap; a slot is counter % Capacity.
///
///   [slot]   a task pushed by the owner -> whoever takes it: release of tail_ in push(), acquire in
///   steal_into(). [taken]  slots read by a thief or popped -> the owner may overwrite them: release of head_
///   after reading,
///            acquire of head_ in push().
/// Source: the layout follows Go's run queue (D. Vyukov) and tokio's.
template <std::uint32_t Capacity>
class LocalQueue {
  static_assert((Capacity & (Capacity - 1)) == 0 && Capacity >= 2, "a power of two");

 public:
  /// Owner only. Returns: false if there is no room; the queue is as before.
  bool push(TaskHeader& task) noexcept {
    const Head head = unpack(head_.load(std::memory_order_acquire));   // [taken]
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // only the owner writes it
    if (tail - head.steal >= Capacity) return false;
    slots_[tail % Capacity].store(&task, std::memory_order_relaxed);
    // [slot] release. Sequentially consistent, because the owner looks for sleeping workers next, and a
    // worker that goes to sleep looks here last: one of the two must see the other (Idle).
    tail_.store(tail + 1, std::memory_order_seq_cst);
    return true;
  }

  /// Owner only, when push() failed: takes out the older half, for the shared queue.
  /// Returns: how many of `out` were filled; 0 if a thief is at work (then there will be room soon).
  std::uint32_t pop_half(std::array<TaskHeader*, Capacity / 2>& out) noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    const Head head = unpack(seen);
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (head.steal != head.real || tail - head.real < Capacity / 2) return 0;
    const std::uint32_t end = head.real + Capacity / 2;
    if (!head_.compare_exchange_strong(seen, pack({end, end}), std::memory_order_acq_rel,
                                       std::memory_order_relaxed))
      return 0;
    // The slots are ours: thieves start at `end`, and only we overwrite.
    for (std::uint32_t i = 0; i < Capacity / 2; ++i)
      out[i] = slots_[(head.real + i) % Capacity].load(std::memory_order_relaxed);
    return Capacity / 2;
  }

  /// Owner only. Returns: the oldest task, or null.
  TaskHeader* pop() noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    for (;;) {
      const Head head = unpack(seen);
      if (head.real == tail_.load(std::memory_order_relaxed)) return nullptr;
      const std::uint32_t next = head.real + 1;
      // While a thief copies, its mark stays.
      const Head wanted = head.steal == head.real ? Head{next, next} : Head{head.steal, next};
      if (head_.compare_exchange_weak(seen, pack(wanted), std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return slots_[head.real % Capacity].load(std::memory_order_relaxed);
    }
  }

  /// The owner of `thief` takes half of this queue (rounded up), `count` tasks. One thief at a time; another one gets
  /// nothing. Returns: one of the stolen tasks, to be run at once (the others are in `thief`), or null.
  TaskHeader* steal_into(LocalQueue& thief, std::uint32_t& count) noexcept {
    count = 0;
    const std::uint32_t room_from = thief.tail_.load(std::memory_order_relaxed);
    if (room_from - unpack(thief.head_.load(std::memory_order_acquire)).steal > Capacity / 2) return nullptr;
    std::uint32_t first = 0;
    if (!claim_half(first, count)) return nullptr;
    for (std::uint32_t i = 0; i < count; ++i)
      thief.slots_[(room_from + i) % Capacity].store(
          slots_[(first + i) % Capacity].load(std::memory_order_relaxed), std::memory_order_relaxed);
    release_claim();
    TaskHeader* last = thief.slots_[(room_from + count - 1) % Capacity].load(std::memory_order_relaxed);
    if (count > 1) thief.tail_.store(room_from + count - 1, std::memory_order_seq_cst);  // [slot]
    return last;
  }

  TaskHeader* steal_into(LocalQueue& thief) noexcept {
    std::uint32_t count;
    return steal_into(thief, count);
  }

  /// Any thread; stale at once. Sequentially consistent for Idle's last look.
  bool approx_empty() const noexcept { return approx_size() == 0; }
  std::uint32_t approx_size() const noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_seq_cst);
    const std::uint32_t real = unpack(head_.load(std::memory_order_seq_cst)).real;
    const auto size =
        static_cast<std::int32_t>(tail - real);  // the head may have moved on between the two loads
    return size > 0 ? static_cast<std::uint32_t>(size) : 0;
  }

 private:
  struct Head {
    std::uint32_t steal;
    std::uint32_t real;
  };
  static std::uint64_t pack(Head head) noexcept { return (std::uint64_t{head.steal} << 32) | head.real; }
  static Head unpack(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
  }

  bool claim_half(std::uint32_t& first, std::uint32_t& count) noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    for (;;) {
      const Head head = unpack(seen);
      if (head.steal != head.real) return false;
      const std::uint32_t available = tail_.load(std::memory_order_acquire) - head.real;  // [slot]
      if (available == 0 || available > Capacity) return false;  // more: the head is stale
      first = head.real;
      count = available - available / 2;
      if (head_.compare_exchange_weak(seen, pack({head.steal, head.real + count}), std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return true;
    }
  }

  void release_claim() noexcept {
    std::uint64_t seen = head_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint32_t real = unpack(seen).real;
      // [taken] release: our reads of the slots come before the owner's next writes.
      if (head_.compare_exchange_weak(seen, pack({real, real}), std::memory_order_acq_rel,
                                      std::memory_order_relaxed))
        return;
    }
  }

  alignas(64) Atomic<std::uint64_t> head_{0};
  alignas(64) Atomic<std::uint32_t> tail_{0};
  std::array<Atomic<TaskHeader*>, Capacity> slots_{};
};

}  // namespace corokit::detail
