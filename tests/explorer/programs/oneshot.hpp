#pragma once
#include <atomic>
#include <optional>
#include <utility>

/// Carries one value from one thread to another.
template <class T>
class Oneshot {
 public:
  /// May be called once.
  void send(T value) {
    value_ = std::move(value);
    // [publish] release: value_. Pairs with try_take().
    state_.store(kFull, std::memory_order_release);
  }

  /// Returns: the value, for the first that comes after send().
  std::optional<T> try_take() {
    int seen = kFull;
    // [publish] acquire: value_. Pairs with send(). Who fails looks at nothing else, so any order will do.
    if (!state_.compare_exchange_strong(seen, kTaken, std::memory_order_acquire, std::memory_order_relaxed)) {
      return std::nullopt;
    }
    return std::move(value_);
  }

 private:
  enum : int { kEmpty, kFull, kTaken };
  std::atomic<int> state_ =
      kEmpty;  // kEmpty → kFull by send(), kFull → kTaken by the one that takes the value
  std::optional<T> value_;
};
