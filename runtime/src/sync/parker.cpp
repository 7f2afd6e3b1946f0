#include <corokit/detail/sync/parker.hpp>

namespace corokit::detail {

bool Parker::park(std::int64_t timeout_ns) noexcept {
  std::uint32_t expected = kEmpty;
  // [park] acquire: sees what the unparking thread did. Pairs with: [park] release in unpark().
  if (state_.compare_exchange_strong(expected, kParked, std::memory_order_acquire)) {
    futex_wait(state_, kParked, timeout_ns);
  }
  return state_.exchange(kEmpty, std::memory_order_acquire) == kToken;
}

bool Parker::unpark() noexcept {
  // [park] release: publishes the reason of the wake-up. Pairs with: [park] acquire in park() and end_elsewhere().
  const std::uint32_t owner = state_.exchange(kToken, std::memory_order_release);
  if (owner == kParked) futex_wake_one(state_);
  return owner == kElsewhere;
}

bool Parker::begin_elsewhere() noexcept {
  std::uint32_t expected = kEmpty;
  // [park] acquire: as in park().
  if (state_.compare_exchange_strong(expected, kElsewhere, std::memory_order_acquire)) return true;
  state_.exchange(kEmpty, std::memory_order_acquire);
  return false;
}

void Parker::end_elsewhere() noexcept {
  state_.exchange(kEmpty, std::memory_order_acquire);
}

}  // namespace corokit::detail
