#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

/// A mutex for two threads, number 0 and number 1, that needs no more than loads and stores.
/// Source: Th. J. Dekker, as told by E. W. Dijkstra in "Cooperating sequential processes".
class Dekker {
 public:
  void lock(std::size_t me) {
    const std::size_t other = 1 - me;
    // [wants] seq_cst: of two threads that write their own and then read the other's, one sees the other.
    wants_[me].store(true, std::memory_order_seq_cst);
    while (wants_[other].load(std::memory_order_seq_cst)) {
      if (turn_.load(std::memory_order_relaxed) == me) {
        std::this_thread::yield();
        continue;
      }
      // turn_ orders nothing: it says who gives way. [unlock] release: what this thread wrote when it was the owner.
      wants_[me].store(false, std::memory_order_release);
      while (turn_.load(std::memory_order_relaxed) != me) std::this_thread::yield();
      wants_[me].store(true, std::memory_order_seq_cst);
    }
  }

  void unlock(std::size_t me) {
    turn_.store(1 - me, std::memory_order_relaxed);
    // [unlock] release: what the owner wrote. Pairs with the load of wants_[other] in lock(), which acquires it.
    wants_[me].store(false, std::memory_order_release);
  }

 private:
  std::array<std::atomic<bool>, 2> wants_{};
  std::atomic<std::size_t> turn_ = 0;
};
