#pragma once
#include <array>
#include <atomic>
#include <cstddef>

/// A ring of pointers that its owner uses as a stack, and from whose other end thieves steal.
/// Source: D. Chase and Y. Lev, "Dynamic circular work-stealing deque"; N. M. Lê and others, "Correct and efficient
/// work-stealing for weak memory models".
template <class T, std::ptrdiff_t Capacity>
class Ring {
 public:
  /// For the owner. Returns: false if the ring is full.
  bool push(T* item) {
    const std::ptrdiff_t bottom = bottom_.load(std::memory_order_relaxed);  // nobody else writes it
    // [free] acquire: the thief has read the slot. Pairs with the exchange in steal(). If relaxed: the thief may
    // read what is written here later. The explorer does not show that: with it, no load sees a later store.
    if (bottom - top_.load(std::memory_order_acquire) == Capacity) return false;
    slots_[bottom % Capacity].store(item, std::memory_order_relaxed);  // is published by the next line
    bottom_.store(bottom + 1, std::memory_order_release);  // [publish] the slot and *item, for steal()
    return true;
  }

  /// For the owner. Returns: the newest item; null if there is none.
  T* pop() {
    const std::ptrdiff_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(bottom, std::memory_order_release);  // [publish] what was pushed before, for steal()
    // [last item] Either the thieves see the new bottom_, or this thread sees their top_. Pairs with steal().
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::ptrdiff_t top = top_.load(std::memory_order_relaxed);
    T* item = top <= bottom ? slots_[bottom % Capacity].load(std::memory_order_relaxed) : nullptr;
    if (top < bottom) return item;
    // The thieves want the last item as well. It belongs to whoever moves top_: that is one thread, with any order.
    if (top == bottom && !top_.compare_exchange_strong(top, top + 1, std::memory_order_relaxed))
      item = nullptr;
    bottom_.store(bottom + 1, std::memory_order_relaxed);  // [publish] by the fence above
    return item;
  }

  /// For all threads. Returns: the oldest item; null if there is none, or if another thread was faster.
  T* steal() {
    std::ptrdiff_t top = top_.load(std::memory_order_relaxed);  // the fence makes it acquire
    std::atomic_thread_fence(std::memory_order_seq_cst);        // [last item] pairs with pop()
    // [publish] acquire: the slot and *item. Pairs with push() and pop().
    if (top >= bottom_.load(std::memory_order_acquire)) return nullptr;
    T* const item = slots_[top % Capacity].load(std::memory_order_relaxed);
    // [free] release: the slot was read. If top_ has moved, another thread has the item.
    return top_.compare_exchange_strong(top, top + 1, std::memory_order_release) ? item : nullptr;
  }

 private:
  std::atomic<std::ptrdiff_t> top_ = 0;     // the oldest item; only grows
  std::atomic<std::ptrdiff_t> bottom_ = 0;  // the one after the newest item; is written by the owner
  std::array<std::atomic<T*>, Capacity> slots_{};
};
