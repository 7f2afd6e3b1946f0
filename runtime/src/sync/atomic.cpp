#include <corokit/detail/sync/atomic.hpp>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <ctime>

namespace corokit::detail {

#ifdef COROKIT_MODEL

void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t timeout_ns) noexcept {
  if (model::World* world = model::World::current()) world->futex_wait(word.location(), expected, timeout_ns);
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

}  // namespace corokit::detail
