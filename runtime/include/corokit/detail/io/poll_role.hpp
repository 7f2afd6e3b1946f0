#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cstdint>

namespace corokit::detail {

/// Who uses an IoDriver's events: at most one thread, which polls and may wait, or looks in and does not.
///
/// No call waits. A thread that would poll while another one looks in goes to sleep, and the other one is told.
///
/// Thread-safety: may be called at once from any thread.
class PollRole {
 public:
  /// Makes the caller the thread that polls. Returns: false if another thread has the role: that one sees to it, when it
  /// ends its use, that a thread polls.
  bool begin_poll() noexcept;
  /// Makes the caller the thread that looks in. Returns: false if another thread has the role.
  bool begin_look() noexcept;
  /// Ends the caller's use. Returns: true if it looked in, and another thread was refused meanwhile.
  bool end() noexcept {
    // [role] release: hands the events on. [role] acquire: sees what the refused thread did before.
    return user_.exchange(kNobody, std::memory_order_acq_rel) == kWanted;
  }

 private:
  static constexpr std::uint32_t kNobody = 0;
  static constexpr std::uint32_t kPolls = 1;
  static constexpr std::uint32_t kLooks = 2;
  static constexpr std::uint32_t kWanted = 3;  // a thread looks in, and another one was refused meanwhile
  Atomic<std::uint32_t> user_{kNobody};
};

}  // namespace corokit::detail
