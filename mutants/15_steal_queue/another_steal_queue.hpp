#pragma once
// A lock instead of orders. The ring and its two counters are the same, but plain variables: one mutex guards them, so
// that nothing about memory orders or about a slot of a later round has to be argued. What it costs: owner and thieves
// exclude each other also where they want different items, each operation locks and unlocks, which are two
// read-modify-writes where pop() needs one and push() none, and a thief that is taken off its processor inside steal()
// makes the owner wait.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace mini {

/// A ring of pointers. Its owner, one thread, pushes and pops; any other thread steals. All take the oldest item.
template <class T, std::size_t Capacity>
class StealQueue {
  static_assert(std::has_single_bit(Capacity), "the capacity is a power of two");

 public:
  bool push(T* item) noexcept {
    const std::lock_guard lock(mutex_);
    if (tail_ - head_ == Capacity) return false;
    slots_[tail_++ % Capacity] = item;
    return true;
  }

  T* pop() noexcept { return steal(); }

  T* steal() noexcept {
    const std::lock_guard lock(mutex_);
    return head_ == tail_ ? nullptr : slots_[head_++ % Capacity];
  }

  bool empty() const noexcept {
    const std::lock_guard lock(mutex_);
    return head_ == tail_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint32_t head_ = 0;  // how many items were taken so far
  std::uint32_t tail_ = 0;  // how many items were pushed so far
  std::array<T*, Capacity> slots_{};
};

}  // namespace mini
