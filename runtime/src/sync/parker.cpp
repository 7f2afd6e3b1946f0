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

void Parker::unpark() noexcept {
  // [park] release: publishes the reason of the wake-up. Pairs with: [park] acquire in park().
  if (state_.exchange(kToken, std::memory_order_release) == kParked) futex_wake_one(state_);
}

}  // namespace corokit::detail
