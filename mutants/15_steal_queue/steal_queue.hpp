#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mini {

/// A ring of pointers. Its owner, one thread, pushes and pops; any other thread steals. All take the oldest item.
///
/// Item number n lies in slot n % Capacity. The counters never go back; they wrap round after 2^32 items, which is a
/// multiple of the capacity, so that also then tail - head is the number of items.
///   [item]  From the owner, which pushed an item, to the thread that takes it: release of tail_, acquire of tail_.
///   [taken] From a thread that has taken an item to whoever sees the new head: that the slot was read, for the owner,
///           which writes into it again; and that tail_ is beyond that head, for the next thief.
template <class T, std::size_t Capacity>
class StealQueue {
  static_assert(std::has_single_bit(Capacity), "the capacity is a power of two");

 public:
  /// For the owner. Returns: false, without pushing, if the queue is full.
  bool push(T* item) noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == Capacity) return false;  // [taken]
    slot(tail).store(item, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);  // [item]
    return true;
  }

  /// For the owner. Returns: the oldest item; null if there is none.
  T* pop() noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    std::uint32_t head = head_.load(std::memory_order_relaxed);
    while (head != tail) {
      T* const item = slot(head).load(std::memory_order_relaxed);
      // [taken] If head is old, this fails, and loads the new one.
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_release)) return item;
    }
    return nullptr;
  }

  /// For all other threads. Returns: the oldest item; null if there is none.
  T* steal() noexcept {
    // [taken] acquire, also where the exchange fails: tail_ must not be seen older than head_.
    std::uint32_t head = head_.load(std::memory_order_acquire);
    while (head != tail_.load(std::memory_order_acquire)) {  // [item]
      // It may be an item of a later round already: then head_ has moved, and the exchange fails.
      T* const item = slot(head).load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel)) return item;
    }
    return nullptr;
  }

  /// For all threads. What it returns may be out of date as soon as it is known.
  bool empty() const noexcept {
    const std::uint32_t head = head_.load(std::memory_order_acquire);
    return head == tail_.load(std::memory_order_acquire);
  }

 private:
  std::atomic<T*>& slot(std::uint32_t number) noexcept { return slots_[number % Capacity]; }

  std::atomic<std::uint32_t> head_ = 0;  // how many items were taken so far; grows by one, from any thread
  std::atomic<std::uint32_t> tail_ = 0;  // how many items were pushed so far; only the owner writes it
  std::array<std::atomic<T*>, Capacity> slots_{};
};

}  // namespace mini
