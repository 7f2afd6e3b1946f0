#pragma once
#include <09_mpsc/given.hpp>

#include <cstdint>
#include <variant>

namespace mini::broadcast {

/// The receiver was too slow: so many messages were overwritten before it read them.
struct Lagged {
  explicit Lagged(std::uint64_t n) noexcept : missed(n) {}
  std::uint64_t missed;
  friend bool operator==(const Lagged&, const Lagged&) = default;
};

/// The sender is gone, and the receiver has read every message.
struct Closed {
  friend bool operator==(const Closed&, const Closed&) = default;
};

/// What recv() gives.
template <class T>
using Received = std::variant<T, Lagged, Closed>;

}  // namespace mini::broadcast
