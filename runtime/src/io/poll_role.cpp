#include <corokit/detail/io/poll_role.hpp>

namespace corokit::detail {

bool PollRole::begin_poll() noexcept {
  for (;;) {
    std::uint32_t user = kNobody;
    // [role] acquire: sees what the last user did with the events. Pairs with: [role] release in end().
    if (user_.compare_exchange_strong(user, kPolls, std::memory_order_acquire, std::memory_order_relaxed))
      return true;
    if (user != kLooks) return false;
    // [role] release: the thread that looks in sees that the caller sleeps. Pairs with: [role] acquire in end().
    if (user_.compare_exchange_strong(user, kWanted, std::memory_order_release, std::memory_order_relaxed))
      return false;
  }
}

bool PollRole::begin_look() noexcept {
  std::uint32_t user = user_.load(std::memory_order_relaxed);
  // [role] acquire: as in begin_poll().
  return user == kNobody &&
         user_.compare_exchange_strong(user, kLooks, std::memory_order_acquire, std::memory_order_relaxed);
}

}  // namespace corokit::detail
