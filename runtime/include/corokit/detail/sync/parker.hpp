#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <cstdint>

namespace corokit::detail {

/// Puts one thread to sleep until another one calls unpark(); an unpark() that comes first is remembered.
class Parker {
 public:
  /// Returns at once if a token is there, else sleeps until unpark() or for `timeout_ns` (negative: no
  /// limit). Returns: whether a token was taken.
  bool park(std::int64_t timeout_ns) noexcept;
  void unpark() noexcept;

 private:
  static constexpr std::uint32_t kEmpty = 0;   // owner runs
  static constexpr std::uint32_t kParked = 1;  // owner sleeps or is about to; set by the owner
  static constexpr std::uint32_t kToken = 2;   // unparked; set by any thread, cleared by the owner
  Atomic<std::uint32_t> state_{kEmpty};
};

}  // namespace corokit::detail
