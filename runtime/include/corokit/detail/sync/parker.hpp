#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <cstdint>

namespace corokit::detail {

/// Puts one thread to sleep until another thread calls unpark(). An unpark() that comes first leaves a token.
class Parker {
 public:
  /// Takes the token, after sleeping until there is one, or for at most `timeout_ns` nanoseconds; a negative value
  /// means no limit. It may wake early. Returns: true if it took a token.
  bool park(std::int64_t timeout_ns) noexcept;
  /// Leaves a token. Returns: true if the owner waits elsewhere, where the caller must wake it.
  bool unpark() noexcept;

  /// Takes the token, if there is one. Else the owner is about to wait elsewhere, and then calls end_elsewhere().
  /// Returns: true in that case.
  [[nodiscard]] bool begin_elsewhere() noexcept;
  /// Takes the token, if there is one.
  void end_elsewhere() noexcept;

 private:
  static constexpr std::uint32_t kEmpty = 0;   // the owner runs
  static constexpr std::uint32_t kParked = 1;  // the owner sleeps, or is about to; set by the owner
  static constexpr std::uint32_t kToken = 2;   // there is a token; set by any thread, cleared by the owner
  static constexpr std::uint32_t kElsewhere =
      3;  // the owner waits elsewhere, or is about to; set by the owner
  Atomic<std::uint32_t> state_{kEmpty};
};

}  // namespace corokit::detail
