#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <corokit/detail/task/task_header.hpp>

#include <array>
#include <cstdint>

namespace corokit::detail {

/// The run queue of one worker: a ring of fixed size. Its owner pushes and pops; any other worker may steal half of it.
///
/// The head is two counters in one word: `real`, the next task to take, and `steal`, the oldest slot that a thief may
/// still be copying. They differ only while a thief is at work. Slots from `steal` on must not be overwritten. The
/// counters never stop and wrap around; a slot is counter % Capacity.
///
///   [slot]   From the owner, which pushed a task, to the thread that takes it. Release of tail_ in push(), acquire of
///            tail_ in steal_into().
///   [taken]  From a thread that has read slots, to the owner, which overwrites them. Release of head_ after the read,
///            acquire of head_ in push().
/// Source: the layout follows the run queues of Go (D. Vyukov) and tokio.
template <std::uint32_t Capacity>
class LocalQueue {
  static_assert((Capacity & (Capacity - 1)) == 0 && Capacity >= 2, "the capacity is a power of two");

 public:
  /// Pushes a task. Only the owner may call it. Returns: false, without pushing the task, if there is no room.
  bool push(TaskHeader& task) noexcept {
    const Head head = unpack(head_.load(std::memory_order_acquire));   // [taken]
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // only the owner writes it
    if (tail - head.steal >= Capacity) return false;
    slots_[tail % Capacity].set(&task);
    // [slot] release. Sequentially consistent, because the owner looks for sleeping workers next, and a worker that
    // goes to sleep looks here last: one of the two must see the other (see Idle).
    tail_.store(tail + 1, std::memory_order_seq_cst);
    return true;
  }

  /// Takes the older half out, for the shared queue. Only the owner may call it, after a push() that failed.
  /// Returns: how many tasks are in `out`; 0 if a thief is at work, in which case there will be room soon.
  std::uint32_t pop_half(std::array<TaskHeader*, Capacity / 2>& out) noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    const Head head = unpack(seen);
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (head.steal != head.real || tail - head.real < Capacity / 2) return 0;
    const std::uint32_t end = head.real + Capacity / 2;
    if (!head_.compare_exchange_strong(seen, pack({end, end}), std::memory_order_acq_rel,
                                       std::memory_order_relaxed))
      return 0;
    // The slots belong to the owner now: thieves start at `end`, and only the owner overwrites slots.
    for (std::uint32_t i = 0; i < Capacity / 2; ++i) out[i] = slots_[(head.real + i) % Capacity].get();
    return Capacity / 2;
  }

  /// Takes the oldest task. Only the owner may call it. Returns: the task; null if the queue is empty.
  TaskHeader* pop() noexcept {
    std::uint64_t seen = head_.load(std::memory_order_acquire);
    for (;;) {
      const Head head = unpack(seen);
      if (head.real == tail_.load(std::memory_order_relaxed)) return nullptr;
      const std::uint32_t next = head.real + 1;
      // While a thief is copying, `steal` stays as it is.
      const Head wanted = head.steal == head.real ? Head{next, next} : Head{head.steal, next};
      if (head_.compare_exchange_weak(seen, pack(wanted), std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return slots_[head.real % Capacity].get();
    }
  }

  /// Takes half of this queue, rounded up, for the owner of `thief`, which calls it. `count`: receives the number of
  /// stolen tasks. Only one thief can steal at a time; a second one gets nothing.
  /// Returns: the stolen task to run at once, while the others are in `thief`; or null.
  TaskHeader* steal_into(LocalQueue& thief, std::uint32_t& count) noexcept {
    count = 0;
    const std::uint32_t room_from = thief.tail_.load(std::memory_order_relaxed);
    if (room_from - unpack(thief.head_.load(std::memory_order_acquire)).steal > Capacity / 2) return nullptr;
    std::uint32_t first = 0;
    if (!claim_half(first, count)) return nullptr;
    for (std::uint32_t i = 0; i < count; ++i)
      thief.slots_[(room_from + i) % Capacity].set(slots_[(first + i) % Capacity].get());
    release_claim();
    TaskHeader* last = thief.slots_[(room_from + count - 1) % Capacity].get();
    if (count > 1) thief.tail_.store(room_from + count - 1, std::memory_order_seq_cst);  // [slot]
    return last;
  }

  TaskHeader* steal_into(LocalQueue& thief) noexcept {
    std::uint32_t count;
    return steal_into(thief, count);
  }

  /// Any thread may call these. The value may be stale at once. Sequentially consistent, for the last look (see Idle).
  bool approx_empty() const noexcept { return approx_size() == 0; }
  std::uint32_t approx_size() const noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_seq_cst);
    const std::uint32_t real = unpack(head_.load(std::memory_order_seq_cst)).real;
    // The head may have moved on between the two loads, so the difference may be negative.
    const auto size = static_cast<std::int32_t>(tail - real);
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
      if (available == 0 || available > Capacity) return false;  // more than Capacity: the head is stale
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
      // [taken] release: the thief's reads of the slots come before the owner's next writes.
      if (head_.compare_exchange_weak(seen, pack({real, real}), std::memory_order_acq_rel,
                                      std::memory_order_relaxed))
        return;
    }
  }

  alignas(64) Atomic<std::uint64_t> head_{0};
  alignas(64) Atomic<std::uint32_t> tail_{0};
  std::array<Plain<TaskHeader*>, Capacity> slots_{};
};

}  // namespace corokit::detail
