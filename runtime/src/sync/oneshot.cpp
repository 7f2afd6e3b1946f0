#include <corokit/detail/sync/oneshot_state.hpp>

#include <cassert>
#include <utility>

namespace corokit::detail {

bool OneshotCore::wait(Branch& branch, Branch*& place, std::uint32_t waits, std::uint32_t until) noexcept {
  Locked locked(lock_);
  assert(!place && "corokit: an end of a oneshot channel allows one wait at a time");
  std::uint32_t word = state_.load(std::memory_order_acquire);  // [done]
  do {
    if (word & until) return false;
    // [done] acquire: takes effect if the exchange fails because the other side is done. The flag publishes nothing,
    // since the branch is read under the lock.
  } while (!state_.compare_exchange_weak(word, word | waits, std::memory_order_acquire));
  place = &branch;
  return true;
}

void OneshotCore::stop_waiting(Branch*& place, std::uint32_t waits) noexcept {
  Locked locked(lock_);
  place = nullptr;
  // Relaxed: if the other side still saw the flag, it finds no branch.
  state_.fetch_and(~waits, std::memory_order_relaxed);
}

void OneshotCore::wake(Branch*& place) noexcept {
  TaskHeader* task = nullptr;
  {
    Locked locked(lock_);
    if (Branch* branch = std::exchange(place, nullptr)) task = mark_ready(*branch);
  }
  schedule(task);
}

}  // namespace corokit::detail
