#include <corokit/detail/oneshot_state.hpp>

#include <cassert>
#include <utility>

namespace corokit::detail {

bool OneshotCore::wait(Strand& strand, Strand*& place, std::uint32_t waits, std::uint32_t until) noexcept {
  Locked locked(lock_);
  assert(!place && "corokit: one wait at a time on an end of a oneshot channel");
  std::uint32_t word = state_.load(std::memory_order_acquire);  // [done]
  do {
    if (word & until) return false;
    // [done] acquire, when it fails because the other side is done. The flag publishes nothing: the strand is
    // read under the lock.
  } while (!state_.compare_exchange_weak(word, word | waits, std::memory_order_acquire));
  place = &strand;
  return true;
}

void OneshotCore::stop_waiting(Strand*& place, std::uint32_t waits) noexcept {
  Locked locked(lock_);
  place = nullptr;
  // Relaxed: a side that still saw the flag finds no strand.
  state_.fetch_and(~waits, std::memory_order_relaxed);
}

void OneshotCore::wake(Strand*& place) noexcept {
  TaskHeader* task = nullptr;
  {
    Locked locked(lock_);
    if (Strand* strand = std::exchange(place, nullptr)) task = mark_ready(*strand);
  }
  schedule(task);
}

}  // namespace corokit::detail
