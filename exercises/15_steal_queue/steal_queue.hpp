#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mini {

/// A ring of pointers. Its owner, one thread, pushes and pops; any other thread steals. All take the oldest item.
template <class T, std::size_t Capacity>
class StealQueue {
  static_assert(std::has_single_bit(Capacity), "the capacity is a power of two");

 public:
  /// For the owner. Returns: false, without pushing, if the queue is full.
  bool push(T* item) noexcept {
    (void)item;  // TODO: look for room; store the item in its slot; publish it
    return false;
  }

  /// For the owner. Returns: the oldest item; null if there is none.
  T* pop() noexcept {
    return nullptr;  // TODO: read the oldest item, then take it: one compare_exchange decides whose it is
  }

  /// For all other threads. Returns: the oldest item; null if there is none.
  T* steal() noexcept {
    return nullptr;  // TODO: as pop(), but the owner may push meanwhile
  }

  /// For all threads. What it returns may be out of date as soon as it is known.
  bool empty() const noexcept {
    return true;  // TODO: compare the two counters
  }

 private:
  std::atomic<std::uint32_t> head_ = 0;  // how many items were taken so far
  std::atomic<std::uint32_t> tail_ = 0;  // how many items were pushed so far
  std::array<std::atomic<T*>, Capacity> slots_{};
};

}  // namespace mini
