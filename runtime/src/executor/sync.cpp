#include <corokit/detail/sync.hpp>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <ctime>

namespace corokit::detail {

#ifdef COROKIT_MODEL

void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept {
  if (model::World* world = model::World::current())
    world->futex_wait(word.location(), expected, timeout_ns >= 0);
}

void futex_wake_one(const Atomic<std::uint32_t>& word) noexcept {
  if (model::World* world = model::World::current()) world->futex_wake_one(word.location());
}

#else

void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept {
  timespec limit{};
  limit.tv_sec = static_cast<time_t>(timeout_ns / 1'000'000'000);
  limit.tv_nsec = static_cast<long>(timeout_ns % 1'000'000'000);
  ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? nullptr : &limit, nullptr, 0);
}

void futex_wake_one(const Atomic<std::uint32_t>& word) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

#endif

void Lock::lock_slow() noexcept {
  // Each look takes the cache line from the holder, who needs it to unlock: so look seldom, and ever more so.
  constexpr int kFirstPause = kModel ? 1 : 16;
  constexpr int kLastPause = kModel ? 1 : 128;
  for (int pause = kFirstPause; pause <= kLastPause; pause *= 2) {
    for (int i = 0; i < pause; ++i) cpu_relax();
    // Relaxed: only a hint that a try is worth it; try_lock() acquires.
    if (state_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
  }
  // From here on this thread may sleep, so it always leaves kContended behind: unlock() must look for
  // sleepers.
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree) futex_wait(state_, kContended, -1);
}

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
