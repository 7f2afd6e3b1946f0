#include <corokit/detail/sync/lock.hpp>

namespace corokit::detail {

void Lock::lock_slow() noexcept {
  // Each look takes the cache line from the holder, which needs it to unlock, so the pauses between looks grow.
  constexpr int kFirstPause = kModel ? 1 : 16;
  constexpr int kLastPause = kModel ? 1 : 128;
  for (int pause = kFirstPause; pause <= kLastPause; pause *= 2) {
    for (int i = 0; i < pause; ++i) cpu_relax();
    // Relaxed: this is only a hint that a try is worth it; try_lock() acquires.
    if (state_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
  }
  // From here on this thread or another one may sleep, so the lock is taken as kContended: unlock() must wake a thread.
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree) futex_wait(state_, kContended, -1);
}

}  // namespace corokit::detail
