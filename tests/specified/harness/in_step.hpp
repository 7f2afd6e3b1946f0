#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <vector>

namespace corokit::specified {

/// Lets tasks on different threads go on in the same moment, two by two. What they do next without a lock, they do at
/// once, so a few thousand pairs show a data race that a few thousand tasks hardly ever show.
///
/// Thread-safety: any thread may call meet().
class InStep {
 public:
  /// For tasks whose places are below `count`.
  explicit InStep(std::size_t count) : pairs_(count / 2 + 1) {}

  /// Keeps the thread busy until the task of the other place of this pair comes, but not for long: the other one may have
  /// no thread. Each place comes once.
  ///
  /// Returns: whether the other one came.
  bool meet(std::size_t place) {
    Pair& pair = pairs_[place / 2];
    const Clock::time_point patience = Clock::now() + std::chrono::microseconds(20);
    if (pair.is_waiting.exchange(true)) pair.go = Clock::now() + std::chrono::microseconds(1);
    while (pair.go.load() == Clock::time_point{})
      if (Clock::now() > patience) return false;
    while (Clock::now() < pair.go.load()) {
    }
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Pair {
    std::atomic<bool> is_waiting{false};
    std::atomic<Clock::time_point> go{};  // zero until both are here
  };
  std::vector<Pair> pairs_;
};

}  // namespace corokit::specified
